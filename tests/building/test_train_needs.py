"""What `build.py train` installs before it runs."""

import pytest

import build
from building import training
from building.training import needed_programs

EVERY = ("flite", "festival", "espeak-ng")


@pytest.mark.parametrize(
    ("words", "programs"),
    [
        ([], EVERY),
        (["--hours", "1"], EVERY),
        (["--corpus", "DIR"], ()),
        (["rehearse"], EVERY),
        (["rehearse", "--voices", "every"], EVERY),
        (["rehearse", "--voices", "flite"], ("flite",)),
        (["rehearse", "--voices=flite"], ("flite",)),
        (["rehearse", "--help"], ()),
        (["statistics"], ("flite",)),
        (["dualtalk", "--data", "DIR"], ()),
    ],
)
def test_only_programs_that_will_speak_are_needed(words, programs):
    assert needed_programs(words) == programs


def test_programs_and_python_are_missed_in_one_go(monkeypatch):
    asked: list[str] = []
    monkeypatch.setattr(training.shutil, "which", lambda _program: None)
    monkeypatch.setattr(training, "set_up_backend", lambda *, packages, development: asked.extend(packages))
    monkeypatch.setattr(training, "run", lambda *_, **__: None)

    build.main(["train", "rehearse"])

    assert {"flite", "festival", "espeak-ng"} <= set(asked)
