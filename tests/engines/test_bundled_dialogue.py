"""The shipped weights on the bundled dialogue, through the real speech encoder."""

import numpy as np
import pytest

from backend.animation.lip_closure import lip_gap
from backend.audio.dialogue import read_dialogue
from backend.contract.job import AudioInput
from backend.engines import generate
from backend.engines.base import Conditions, DialogueAudio, Motion
from backend.engines.dualtalk.engine import WEIGHTS
from lab.evaluation.measures.behaviour import behaviour_rates


@pytest.fixture(scope="module")
def motion() -> Motion:
    audio = AudioInput("tracks", ("presets/demo/anna.flac", "presets/demo/ben.flac"))
    tracks = read_dialogue(audio).tracks
    loudness = np.sqrt(np.square(tracks.reshape(2, -1, 640)).mean(axis=2))  # [2, T]
    speaking = np.stack([np.convolve(level > 0.005, np.ones(9), mode="same") > 0 for level in loudness])
    sound = DialogueAudio(tracks, speaking.astype(np.float32), separate=True)
    return generate("dualtalk", Conditions(sound))


def _gap(motion: Motion) -> np.ndarray:
    return lip_gap(motion.expression, motion.jaw[..., 0])


def test_who_is_silent_keeps_the_mouth_shut(motion: Motion) -> None:
    silent = motion.speaking < 0.5

    assert (_gap(motion)[silent] < 1.5).mean() > 0.95


def test_who_speaks_opens_and_closes_the_mouth(motion: Motion) -> None:
    for gap, speaking in zip(_gap(motion), motion.speaking > 0.5, strict=True):
        assert (gap[speaking] > 5).mean() > 0.1
        assert (gap[speaking] < 0.5).mean() > 0.05


def test_lips_do_not_pass_through_each_other(motion: Motion) -> None:
    assert _gap(motion).min() > -3


def test_people_blink_look_at_each_other_and_are_never_frozen(motion: Motion) -> None:
    rates = behaviour_rates(motion)

    assert 5 < rates["blinks_per_minute"] < 40
    assert 0.2 < rates["mutual_gaze"] < 0.8
    assert rates["longest_frozen_seconds"] < 0.3


def test_weights_are_small_enough_to_ship() -> None:
    assert WEIGHTS.stat().st_size < 25_000_000
    assert WEIGHTS.with_suffix(".md").is_file()
