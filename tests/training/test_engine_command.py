"""`train` and its sub-commands: which module runs, and that the shipped engine trains on a corpus that is there."""

import importlib
from pathlib import Path

import pytest
from safetensors import safe_open

from backend.contract.errors import ExitCode
from lab.__main__ import main as lab_main

ASSETS = Path(__file__).resolve().parents[2] / ".assets"


@pytest.mark.parametrize(
    ("words", "module", "expected"),
    [
        (["rehearse", "--hours", "1"], "lab.training.rehearse_command", {"hours": 1.0}),
        (["statistics", "DIR"], "lab.simulation.statistics.report", {"corpus": Path("DIR")}),
        (
            ["dualtalk", "--data", "DIR", "--group", "x"],
            "lab.training.dualtalk_official.command",
            {"data": Path("DIR"), "rate": 1e-4},
        ),
        (
            ["colocated", "--data", "DIR"],
            "lab.training.colocated.command",
            {"stage_two_steps": 400, "batch": 12, "rate": 8e-4},
        ),
        (["ablations", "--corpus", "DIR"], "lab.training.dualtalk.ablations", {"corpus": Path("DIR")}),
        (["--hours", "1"], "lab.training.dualtalk.command", {"hours": 1.0}),
        ([], "lab.training.dualtalk.command", {"lip_steps": 1500, "behaviour_steps": 1800}),
    ],
)
def test_the_first_word_says_which_command_runs(monkeypatch, words, module, expected):
    asked = []
    found = importlib.import_module(module)
    monkeypatch.setattr(found, "run", lambda arguments, *_group: asked.append(arguments))

    assert lab_main(["train", *words]) == ExitCode.OK
    assert len(asked) == 1
    assert {name: getattr(asked[0], name) for name in expected} == expected


def test_the_engine_is_trained_on_a_corpus_that_is_there(tmp_path, capsys):
    short = ["--hours", str(22 / 3600), "--seconds", "11", "--workers", "1", "--voices", "flite"]
    made = lab_main(["train", "rehearse", *short, "--assets", str(ASSETS), "--out", str(tmp_path / "corpus")])
    steps = ["--lip-steps", "1", "--behaviour-steps", "1", "--work", str(tmp_path / "work")]
    weights = tmp_path / "weights.safetensors"

    trained = lab_main(
        ["train", *steps, "--corpus", str(tmp_path / "corpus"), "--assets", str(ASSETS), "--out", str(weights)]
    )

    assert (made, trained) == (ExitCode.OK, ExitCode.OK)
    assert capsys.readouterr().out.splitlines()[-1] == str(weights)
    for path, part in ((weights, "synthesis_module"), (tmp_path / "lip-reader.safetensors", "")):
        with safe_open(path, framework="np") as file:
            assert any(name.startswith(part) for name in file.keys())  # noqa: SIM118 (it is no dictionary)
    assert {path.stem for path in (tmp_path / "work" / "features-corpus").iterdir()} == {"0000", "0001"}


def test_a_folder_without_rehearsals_is_reported(tmp_path, capsys):
    code = lab_main(["train", "--corpus", str(tmp_path), "--work", str(tmp_path / "work"), "--assets", str(ASSETS)])

    assert code == ExitCode.BAD_REQUEST
    assert "train rehearse" in capsys.readouterr().err
