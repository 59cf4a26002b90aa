"""`animate --engine dualtalk-official`: from files to a take on FLAME heads, and what it refuses."""

from dataclasses import replace

import numpy as np
import pytest

from backend.command.entry import main
from backend.contract.errors import ExitCode
from backend.contract.performance import load_performance, save_performance
from backend.engines.dualtalk_official.checkpoint import official_state
from backend.engines.dualtalk_official.conversion import convert_checkpoint
from tests.support.official_models import TINY, tiny_model


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    """Random weights of a tiny model, converted, so that the file says its sizes."""
    import torch

    folder = tmp_path_factory.mktemp("checkpoint")
    torch.save(official_state(tiny_model()), folder / "DualTalk.pth")
    convert_checkpoint(folder / "DualTalk.pth", folder / "DualTalk.safetensors", TINY)
    return folder / "DualTalk.safetensors"


@pytest.fixture
def animate(dialogue, checkpoint, tmp_path):
    """Run the command on the dialogue's tracks; the exit code and where the take goes."""
    out = tmp_path / "take.npz"

    def run(*words, audio=("--a", str(dialogue["a"]), "--b", str(dialogue["b"])), weights=checkpoint):
        chosen = [] if weights is None else ["--checkpoint", str(weights)]
        fixed = ["animate", "--engine", "dualtalk-official", "--device", "cpu", "--out", str(out)]
        return main([*fixed, *audio, *chosen, *words]), out

    return run


def test_two_tracks_become_a_take_on_flame_heads(animate):
    code, out = animate()

    assert code == ExitCode.OK
    take = load_performance(out)
    assert (take.face, take.frame_count, take.expression.shape[2]) == ("flame", 100, 50)
    assert take.speaking.max() > 0.5
    assert take.meta["engine"] == "dualtalk-official"


def test_nothing_is_listened_for_that_heads_without_a_place_do_not_use(animate, monkeypatch):
    def unwanted(*_arguments, **_options):
        raise AssertionError

    monkeypatch.setattr("backend.job.pipeline.moments_heard", unwanted)

    assert animate()[0] == ExitCode.OK


def test_a_mix_is_shared_out_by_who_speaks(animate, dialogue, capsys):
    code, out = animate(audio=("--mix", str(dialogue["mix"])))

    assert code == ExitCode.OK
    assert "of the mix each gets what is said while they speak" in capsys.readouterr().err
    take = load_performance(out)
    assert np.abs(take.expression[0] - take.expression[1]).max() > 0.0


def test_one_person_reacts_to_a_take_of_the_other(animate, tmp_path):
    _, out = animate()
    rolled, partner = load_performance(out), tmp_path / "partner.npz"
    given = replace(rolled, expression=np.ones_like(rolled.expression))
    save_performance(partner, given)

    code, out = animate("--partner", str(partner), "--only", "Anna")

    assert code == ExitCode.OK
    take = load_performance(out)
    assert np.array_equal(take.expression[1], given.expression[1])
    assert np.abs(take.expression[0] - rolled.expression[0]).max() > 1e-6
    assert take.meta["partner_motion"] == "given for Ben"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"face": "open-head-1"}, "not on FLAME"),
        ({"fps": 30.0}, "30 frames a second"),
        ({"expression": np.zeros((2, 100, 20), np.float32)}, "not on FLAME"),
    ],
)
def test_a_partners_take_that_does_not_fit_is_refused(animate, tmp_path, capsys, change, reason):
    _, out = animate()
    partner = tmp_path / "partner.npz"
    save_performance(partner, replace(load_performance(out), **change))
    out.unlink()

    code, out = animate("--partner", str(partner), "--only", "b")

    assert code == ExitCode.BAD_REQUEST
    assert reason in capsys.readouterr().err
    assert not out.exists()


def test_a_partners_take_that_ends_early_is_held_and_that_is_told(animate, tmp_path, capsys):
    _, out = animate()
    whole, partner = load_performance(out), tmp_path / "partner.npz"
    arrays = {name: getattr(whole, name)[:, :40] for name in ("expression", "pose", "translation", "speaking")}
    save_performance(partner, replace(whole, **arrays))

    code, out = animate("--partner", str(partner), "--only", "Ben")

    assert code == ExitCode.OK
    assert "Anna's motion ends after 1.6 of 4.0 s" in capsys.readouterr().err
    take = load_performance(out)
    assert (take.expression[0, 40:] == whole.expression[0, 39]).all()


def test_who_speaks_may_be_said_and_swapped(animate, dialogue, tmp_path):
    said = tmp_path / "said.json"

    code, out = animate("--segments-out", str(said))
    found = load_performance(out).speaking
    again, out = animate("--segments", str(said), "--swap-speakers")

    assert (code, again) == (ExitCode.OK, ExitCode.OK)
    speaking = load_performance(out).speaking
    assert np.abs(speaking[::-1] - found).mean() < np.abs(speaking - found).mean()


@pytest.mark.parametrize(
    "words", [("--only", "Ben"), ("--partner", "take.npz"), ("--partner", "take.npz", "--only", "Zoe")]
)
def test_words_that_do_not_go_together_are_refused(animate, words):
    code, out = animate(*words)

    assert code == ExitCode.BAD_REQUEST
    assert not out.exists()


def test_without_a_checkpoint_or_with_another_file_nothing_is_written(animate, dialogue, capsys):
    code, out = animate(weights=None)
    other, out = animate(weights=dialogue["a"])

    assert (code, other) == (ExitCode.BAD_REQUEST, ExitCode.WEIGHTS_INVALID)
    assert "There is no --checkpoint." in capsys.readouterr().err
    assert not out.exists()
