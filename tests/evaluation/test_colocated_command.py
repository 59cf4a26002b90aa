"""The command: what it is given, what its trials say of an engine that is known, and what it writes."""

import json
from dataclasses import replace

import numpy as np
import pytest

from backend.contract.errors import ExitCode
from backend.engines.base import DialogueAudio, keep
from backend.engines.colocated.stream import stream_rows
from lab.__main__ import main as lab_main
from lab.evaluation.colocated import trials as colocated_trials
from lab.evaluation.colocated.benchmark import named_weights
from lab.evaluation.colocated.dialogues import INPUTS, Dialogue, in_order_of, one_after_the_other
from lab.evaluation.colocated.performers import Performed
from lab.evaluation.colocated.report import Pictured, as_text, check, draw_performances, write_numbers
from lab.evaluation.colocated.trials import Trials
from tests.support.made_motion import FRAMES, face_of_arkit, lively, table_for_two, turns
from tests.support.refusals import refused


class Actor:
    """An engine that plays `lively`; heads by seed, lips by the sound."""

    def __init__(self) -> None:
        self.performed = 0

    def perform(self, audio, staging, habits, seed, kept=None):
        self.performed += 1
        motion = lively(100 + seed, audio.speaking.shape[1], lips_seed=int(audio.tracks[0, 0]))
        motion = motion if kept is None else keep(motion, kept)
        return Performed(motion, stream_rows(motion, 1.0))

    def seams(self, frames):
        return list(range(100, frames, 100))


def dialogue(index):
    tracks = np.full((2, FRAMES * 640), float(index), np.float32)
    return Dialogue(
        name=f"{index:04d}",
        truth=lively(index, lips_seed=index),
        tracks=DialogueAudio(tracks, turns(), separate=True),
        mix=DialogueAudio(tracks, turns(), separate=False),
        staging=table_for_two(),
        habits=({}, {}),
    )


@pytest.fixture
def trials():
    return Trials(face_of_arkit(), [dialogue(1), dialogue(2)], lambda _what, _done, _total: None)


def test_lips_of_the_engine_that_hears_are_right_and_those_of_another_dialogue_are_not(trials):
    rows = colocated_trials.table(trials, {"actor": Actor()})

    assert rows["actor"]["two tracks"]["lip"] == pytest.approx(0.0, abs=1e-3)
    assert rows["another dialogue"]["two tracks"]["lip"] > 1.0
    assert rows["actor"]["one mix"]["mse_rotation"] > 0.0
    assert rows["actor"]["two tracks"]["lip_settled"] == rows["actor"]["two tracks"]["lip"]


def test_everything_is_performed_once(trials):
    actor = Actor()

    colocated_trials.behaviour(trials, actor)
    colocated_trials.table(trials, {"actor": actor})

    assert actor.performed == 2 * len(INPUTS)


def test_prompts_leave_an_actor_alone_who_does_not_read_them_and_seeds_do_not(trials):
    same = colocated_trials.prompts(trials, Actor(), 1)
    other = colocated_trials.variations(trials, Actor(), 1)

    assert same["head"]["largest"] == 0.0
    assert other["opening in speech"]["correlation"] == pytest.approx(1.0)
    assert other["head"]["correlation"] < 0.5


def test_seams_keeping_and_mouths_are_told_for_a_report(trials, tmp_path):
    actor = Actor()

    found = {
        "seams": colocated_trials.seams(trials, actor, seconds=60.0),
        "keeping": colocated_trials.keeping(trials, actor, 1),
        "mouths": colocated_trials.mouths(trials, actor),
        "rates": colocated_trials.behaviour(trials, actor),
        "prompts": colocated_trials.prompts(trials, actor, 1),
        "seeds": colocated_trials.variations(trials, actor, 1),
        "table": colocated_trials.table(trials, {"actor": actor}),
    }
    path = write_numbers(tmp_path, found)

    written = json.loads(path.read_text(encoding="utf-8"))
    assert found["seams"]["landmarks"]["above"] < 0.1
    assert written["mouths"]["one mix"]["share"] == 0.0
    assert found["keeping"]["all but 4 s kept"]["made_above"] > 0.5
    assert written["asked"]["all but 4 s kept: jumps at borders above the 99th"]["met"] is True
    assert "largest jump, two tracks" in as_text(found)


def test_what_could_not_be_measured_is_neither_met_nor_missed(tmp_path):
    found = {"mouths": {kind: {"share": float("nan"), "frames": 0} for kind in INPUTS}}

    (checked,) = check(found)

    assert checked.met is None
    assert "not measured" in checked.text()
    assert json.loads(write_numbers(tmp_path, found).read_text(encoding="utf-8"))["mouths"]["one mix"]["share"] is None


def test_joined_dialogues_keep_sound_floor_and_motion_together():
    joined = one_after_the_other([dialogue(1), dialogue(2)], round(2.5 * FRAMES))

    assert joined.truth.frames == joined.tracks.speaking.shape[1] == 1250
    assert joined.tracks.tracks.shape == (2, 1250 * 640)
    assert joined.tracks.tracks[0, 640 * (FRAMES + 5)] == 2.0
    assert joined.tracks.tracks[0, 640 * (2 * FRAMES + 5)] == 1.0
    assert np.array_equal(joined.truth.sway[:, :FRAMES], dialogue(1).truth.sway)


def test_joined_dialogues_of_which_one_does_not_sway_do_not_sway():
    still = replace(dialogue(2), truth=replace(dialogue(2).truth, sway=None))

    assert one_after_the_other([dialogue(1), still], 2 * FRAMES).truth.sway is None


def test_voices_of_a_mix_are_put_in_the_order_that_fits():
    true = turns()

    assert np.array_equal(in_order_of(true[::-1].copy(), true), true)
    assert np.array_equal(in_order_of(true.copy(), true), true)


def test_a_picture_is_drawn(tmp_path):
    still = replace(lively(1), sway=None)

    draw_performances(tmp_path / "it.png", [Pictured("a", lively(1)), Pictured("b", still)], turns(), face_of_arkit())

    assert (tmp_path / "it.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("words", [["full"], ["=x"], ["full="], ["full=a", "full=b"]])
def test_weights_need_a_name_of_their_own_and_a_file(words, tmp_path):
    (tmp_path / "a").write_bytes(b"")
    given = [word.replace("=a", f"={tmp_path / 'a'}") for word in words]

    with refused(ExitCode.BAD_REQUEST):
        named_weights(given)


def test_weights_that_are_not_there_are_named(tmp_path, capsys):
    code = lab_main(["evaluate", "colocated", "--weights", f"full={tmp_path / 'none.safetensors'}"])

    assert code == ExitCode.WEIGHTS_INVALID
    assert "none.safetensors" in capsys.readouterr().err
