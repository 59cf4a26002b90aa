"""`train` and its sub-commands: which module runs, and that the shipped engine trains on a corpus that is there."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from safetensors import safe_open

from backend.contract.errors import ExitCode
from lab.training import command

ASSETS = Path(__file__).resolve().parents[2] / ".assets"


@pytest.mark.parametrize(
    ("words", "module", "rest"),
    [
        (["rehearse", "--hours", "1"], "rehearse_command", ["--hours", "1"]),
        (["statistics", "DIR"], "statistics_command", ["DIR"]),
        (["dualtalk", "--data", "DIR"], "dualtalk_command", ["--data", "DIR"]),
        (["ablations", "--corpus", "DIR"], "listener_ablations", ["--corpus", "DIR"]),
        (["--hours", "1"], "engine_command", ["--hours", "1"]),
        ([], "engine_command", []),
    ],
)
def test_the_first_word_says_which_command_runs(monkeypatch, words, module, rest):
    asked = []
    stand_in = SimpleNamespace(main=lambda given: asked.append(list(given)) or 7)
    monkeypatch.setitem(sys.modules, f"lab.training.{module}", stand_in)

    assert command.main(words) == 7
    assert asked == [rest]


def test_the_engine_is_trained_on_a_corpus_that_is_there(tmp_path, capsys):
    short = ["--hours", str(22 / 3600), "--seconds", "11", "--workers", "1", "--voices", "flite"]
    made = command.main(["rehearse", *short, "--assets", str(ASSETS), "--out", str(tmp_path / "corpus")])
    steps = ["--lip-steps", "1", "--behaviour-steps", "1", "--work", str(tmp_path / "work")]
    weights = tmp_path / "weights.safetensors"

    trained = command.main(
        [*steps, "--corpus", str(tmp_path / "corpus"), "--assets", str(ASSETS), "--out", str(weights)]
    )

    assert (made, trained) == (ExitCode.OK, ExitCode.OK)
    assert capsys.readouterr().out.splitlines()[-1] == str(weights)
    with safe_open(weights, framework="np") as file:
        assert any(name.startswith("lips") for name in file.keys())  # noqa: SIM118 (it is no dictionary)
    assert {path.stem for path in (tmp_path / "work" / "features-corpus").iterdir()} == {"0000", "0001"}


def test_a_folder_without_rehearsals_is_told(tmp_path, capsys):
    code = command.main(["--corpus", str(tmp_path), "--work", str(tmp_path / "work"), "--assets", str(ASSETS)])

    assert code == ExitCode.BAD_REQUEST
    assert "train rehearse" in capsys.readouterr().err
