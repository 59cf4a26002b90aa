"""The labelled corpus against the reader: tables at a shell, failures on demand, and verdicts as JSON."""

import json

import pytest

from backend.contract.errors import ExitCode
from lab.__main__ import main as lab_main
from lab.evaluation import sentence_scores
from lab.sentences.corpus import Label, Sentence

SENTENCES = (
    Sentence("t-1", "Dana stands.", ("Dana", "Rob"), (Label("stands", 0, "posture", "standing"),)),
    Sentence("t-2", "Dana yodels.", ("Dana", "Rob"), (Label("yodels", 0, "mood", "happy"),)),
    Sentence("t-3", "In a lift.", ("", ""), (Label("lift", "both", "posture", "seated", implied=True),)),
    Sentence("t-4", "", ("", ""), ()),
)
"""The first is read rightly, the second not and said, the third (labelled wrongly on purpose) silently not."""


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(sentence_scores, "read_batch", lambda name: {"film": SENTENCES[:2]}.get(name, SENTENCES[2:]))


def evaluate(tmp_path, *words):
    assets = ("--assets", str(tmp_path))
    return lab_main(["evaluate", "sentences", "--batch", "film", "hard", *words, *assets])


def test_right_said_and_silent_sentences_are_counted_per_batch_with_and_without_what_is_implied(few, tmp_path):
    assert evaluate(tmp_path, "--json", str(tmp_path / "score.json")) == ExitCode.OK

    explicit, everything = json.loads((tmp_path / "score.json").read_text()).values()
    assert everything["sentences"]["film"] == {"n": 2, "met": 1, "said": 1, "inferred": 0, "silent": 0, "idle": 0}
    assert everything["sentences"]["hard"] == {"n": 2, "met": 1, "said": 0, "inferred": 0, "silent": 1, "idle": 2}
    assert everything["sentences"]["all"] == {"n": 4, "met": 2, "said": 1, "inferred": 0, "silent": 1, "idle": 2}
    assert everything["constraints"]["posture"] == {"n": 3, "met": 1, "said": 0, "inferred": 0, "silent": 2, "idle": 2}
    assert everything["constraints"]["nothing"]["met"] == 1
    assert everything["unasked"]["mood"] == {"n": 5, "unasked": 0}
    assert [each["id"] for each in everything["each"]] == ["t-1", "t-2", "t-3", "t-4"]
    assert everything["each"][2]["verdicts"][0]["silent"]
    assert explicit["sentences"]["hard"] == {"n": 1, "met": 1, "said": 0, "inferred": 0, "silent": 0, "idle": 1}


def test_failures_are_printed_with_what_was_wanted_and_what_is_there(few, tmp_path, capsys):
    assert evaluate(tmp_path, "--failures", "9") == ExitCode.OK

    printed = capsys.readouterr().out
    assert "t-1" not in printed
    assert "mood of 0: happy “yodels”; it is neutral\n" in printed
    assert "posture of 0: seated “lift”; it is standing (SILENT)\n" in printed


def test_explicit_leaves_out_the_rest_and_a_seed_draws_the_failures(few, tmp_path, capsys):
    assert evaluate(tmp_path, "--explicit", "--failures", "1", "--seed", "3") == ExitCode.OK

    printed = capsys.readouterr().out
    assert printed.count("## Judged") == 1
    assert "| hard          | 1 | 1 (100%) | 0 (0%) |" in printed
    assert [line for line in printed.splitlines() if line.startswith("- ")] == ["- t-2 Dana yodels."]


def test_only_silent_failures_are_printed_where_those_are_asked_for(few, tmp_path, capsys):
    assert evaluate(tmp_path, "--failures", "9", "--silent") == ExitCode.OK

    assert [line for line in capsys.readouterr().out.splitlines() if line.startswith("- ")] == ["- t-3 In a lift."]


def test_an_unknown_batch_is_refused(tmp_path):
    assert lab_main(["evaluate", "sentences", "--batch", "opera"]) == ExitCode.BAD_REQUEST
