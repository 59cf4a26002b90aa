"""Transcripts in a job: sharper lips, and nothing lost whatever they are."""

import sys

import numpy as np
import pytest

from backend.command.entry import main
from backend.contract.arkit import ARKIT_NAMES
from backend.contract.errors import ExitCode
from backend.contract.job import PERFORMANCE_FILE, AudioInput, KnownPartner, read_events
from backend.contract.performance import load_performance
from backend.worker import run_job

# What the four seconds of the bundled dialogue hold, cut in the middle of a line at both ends.
SCRIPT = "Anna: the new place?\nBen: Last weekend! Boxes everywhere. I still can't\n"
MOUTH = [index for index, name in enumerate(ARKIT_NAMES) if name.startswith(("mouth", "tongue", "jaw", "cheekPuff"))]
REST = [index for index in range(len(ARKIT_NAMES)) if index not in MOUTH]


@pytest.fixture
def write(tmp_path):
    def make(content, name="said.txt"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return make


def done(folder):
    assert run_job(folder) == ExitCode.OK
    events = read_events(folder)[0]
    warnings = [event["message"] for event in events if event["event"] == "warning"]
    stages = [event["stage"] for event in events if event["event"] == "progress"]
    return load_performance(folder / PERFORMANCE_FILE), warnings, stages


def test_the_mouth_follows_the_words_and_nothing_else_changes(request_for, job, write):
    pytest.importorskip("pocketsphinx")
    before, _, _ = done(job(request_for()))

    after, warnings, stages = done(job(request_for(transcripts=(write(SCRIPT), None))))

    assert not [warning for warning in warnings if "does not" in warning]
    assert "words" in stages
    assert np.abs(after.expression[1][:, MOUTH] - before.expression[1][:, MOUTH]).max() > 0.1
    np.testing.assert_array_equal(after.expression[..., REST], before.expression[..., REST])
    np.testing.assert_array_equal(after.translation, before.translation)
    assert after.meta["transcripts"]["files"] == ["said.txt", None]
    assert after.meta["transcripts"]["people"][1]["heard"] >= 5


def test_a_mix_is_cut_into_each_one_s_own_words(request_for, job, write, dialogue):
    pytest.importorskip("pocketsphinx")
    mix = AudioInput("mix", (str(dialogue["mix"]),))

    performance, _, _ = done(job(request_for(audio=mix, transcripts=(write(SCRIPT), None))))

    assert performance.meta["transcripts"]["people"][1]["heard"] >= 4


def test_without_transcripts_the_library_is_never_asked_for(request_for, job, monkeypatch):
    monkeypatch.setitem(sys.modules, "pocketsphinx", None)

    performance, _, stages = done(job(request_for(transcripts=(None, None))))

    assert "words" not in stages
    assert "transcripts" not in performance.meta


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("It was the season of light, it was the season of darkness, it was the spring of hope.", "does not fit"),
        ("Gestern bin ich mit meiner Schwester im Garten spazieren gegangen.", "does not look English"),
    ],
)
def test_a_transcript_of_something_else_changes_no_lips(request_for, job, write, text, reason):
    pytest.importorskip("pocketsphinx")
    before, _, _ = done(job(request_for()))

    after, warnings, _ = done(job(request_for(transcripts=(None, write(text)))))

    assert reason in " ".join(warnings)
    np.testing.assert_array_equal(after.expression, before.expression)
    np.testing.assert_array_equal(after.pose, before.pose)


@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01\x02", b"word " * 200_000, None], ids=["empty", "binary", "1 MB", "not there"]
)
def test_what_is_no_transcript_is_refused_before_any_work(request_for, job, write, tmp_path, content):
    path = str(tmp_path / "none.txt") if content is None else write(content)
    folder = job(request_for(transcripts=(path, None)))

    assert run_job(folder) == ExitCode.TRANSCRIPT_INVALID

    stages = [event.get("stage") for event in read_events(folder)[0]]
    assert "turns" not in stages
    assert not (folder / PERFORMANCE_FILE).exists()


@pytest.mark.parametrize(("built", "remedy"), [(True, "build.py setup"), (False, "Python 3.11 or 3.13")])
def test_without_the_library_the_words_are_left_out_and_that_is_told(
    request_for, job, write, monkeypatch, built, remedy
):
    before, _, _ = done(job(request_for()))
    monkeypatch.setitem(sys.modules, "pocketsphinx", None)
    monkeypatch.setattr("backend.words.aligner.has_aligner_build", lambda: built)

    after, warnings, _ = done(job(request_for(transcripts=(write(SCRIPT), None))))

    reason = [warning for warning in warnings if "pocketsphinx" in warning]
    assert len(reason) == 1
    assert remedy in reason[0]
    np.testing.assert_array_equal(after.expression, before.expression)
    assert "transcripts" not in after.meta


def test_a_partner_whose_motion_is_known_keeps_it(request_for, job, write, tmp_path):
    pytest.importorskip("pocketsphinx")
    done(job(request_for()))
    take = tmp_path / "partner.npz"
    (tmp_path / "job" / PERFORMANCE_FILE).rename(take)

    partner = KnownPartner(str(take), 1)
    after, _, _ = done(job(request_for(transcripts=(write(SCRIPT), None), partner=partner)))

    assert after.meta["transcripts"]["people"][1] is None


def test_the_command_line_takes_a_transcript_of_each(dialogue, write, tmp_path, capsys):
    pytest.importorskip("pocketsphinx")
    out = tmp_path / "take.npz"
    words = ["--a", str(dialogue["a"]), "--b", str(dialogue["b"]), "--out", str(out), "--device", "cpu"]

    code = main(["animate", *words, "--transcript", "-", write("Last weekend! Boxes everywhere. I still can't")])

    assert code == ExitCode.OK
    assert load_performance(out).meta["transcripts"]["files"] == [None, "said.txt"]


def test_three_transcripts_are_refused(dialogue, tmp_path, capsys):
    words = ["--mix", str(dialogue["mix"]), "--out", str(tmp_path / "take.npz")]

    code = main(["animate", *words, "--transcript", "a.txt", "b.txt", "c.txt"])

    assert code == ExitCode.BAD_REQUEST
    assert "--transcript" in capsys.readouterr().err
