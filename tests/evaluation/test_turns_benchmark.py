"""The measures of detected turns, on dialogues whose turns are known."""

import zipfile

import numpy as np
import pytest
import soundfile

from lab.evaluation.recordings.dialogues import RealDialogue
from lab.evaluation.recordings.turns_benchmark import spoken_frames, telephone_call, with_crosstalk

RATE = 16_000


def dialogue(*phones_of_each, seconds=2.0):
    return RealDialogue(np.zeros((2, int(seconds * RATE)), np.float32), phones_of_each)


def test_short_pauses_belong_to_the_speech_around_them_and_long_ones_do_not():
    first = ((0.2, 0.4, "ae"), (0.4, 0.6, "pau"), (0.6, 0.8, "t"), (1.4, 1.6, "iy"))

    spoken = spoken_frames(dialogue(first, ()))

    assert np.flatnonzero(spoken[0]).tolist() == [*range(5, 20), *range(35, 40)]
    assert not spoken[1].any()


@pytest.mark.parametrize("decibels", [-20.0, -12.0])
def test_crosstalk_has_the_level_that_is_asked_for(decibels):
    tracks = np.zeros((2, RATE), np.float32)
    tracks[0] = np.random.default_rng(0).normal(0.0, 0.1, RATE)

    mixed = with_crosstalk(tracks, decibels)

    assert np.array_equal(mixed[0], tracks[0])
    assert 10 * np.log10((mixed[1] ** 2).mean() / (tracks[0] ** 2).mean()) == pytest.approx(decibels, abs=0.01)


def test_the_call_is_taken_out_of_a_wheel_that_is_already_there(tmp_path):
    soundfile.write(tmp_path / "s.wav", np.random.default_rng(0).normal(0.0, 0.1, RATE), RATE)
    with zipfile.ZipFile(tmp_path / "pyannote_audio-4.0.7-py3-none-any.whl", "w") as wheel:
        wheel.write(tmp_path / "s.wav", "pyannote/audio/sample/sample.wav")
        lines = [f"SPEAKER sample 1 {start} 0.4 <NA> <NA> {who} <NA> <NA>" for start, who in ((0.1, "x"), (0.5, "y"))]
        wheel.writestr("pyannote/audio/sample/sample.rttm", "\n".join(lines))

    call = telephone_call(tmp_path)

    assert call.samples.shape == (RATE,)
    assert call.said.speakers == ("x", "y")
    assert [segment.end for segment in call.said.segments] == pytest.approx([0.5, 0.9])
