"""Raised voices and laughs in made-up sound."""

import numpy as np

from backend.contract.constants import SAMPLES_PER_FRAME
from backend.prosody.outbursts import outbursts_of

FRAMES = 500


def sound(*parts):
    """Noise of an `amplitude` from frame to frame."""
    rng = np.random.default_rng(0)
    track = np.zeros(FRAMES * SAMPLES_PER_FRAME, np.float32)
    for start, stop, amplitude in parts:
        count = (stop - start) * SAMPLES_PER_FRAME
        track[start * SAMPLES_PER_FRAME : stop * SAMPLES_PER_FRAME] += amplitude * rng.standard_normal(count)
    return track


def speech(*spans):
    speaking = np.zeros((2, FRAMES))
    for start, stop in spans:
        speaking[0, start:stop] = 1.0
    return speaking


def test_a_voice_four_times_as_loud_is_raised_from_that_frame_on():
    track = sound((50, 150, 0.05), (150, 180, 0.2), (180, 250, 0.05))

    for other in (None, np.zeros_like(track)):
        (frame,) = outbursts_of(track, other, speech((50, 250)))
        assert abs(frame - 150) <= 1


def test_ordinary_speech_is_not_raised_and_its_beginning_is_no_outburst():
    assert outbursts_of(sound((50, 150, 0.05), (200, 300, 0.07)), None, speech((50, 150), (200, 300))) == ()


def test_a_laugh_of_somebody_who_does_not_speak_is_heard_on_their_own_track_alone():
    track, said = sound((50, 150, 0.05), (300, 330, 0.04)), speech((50, 150))

    (frame,) = outbursts_of(track, np.zeros_like(track), said)
    assert abs(frame - 300) <= 1
    assert outbursts_of(track, None, said) == ()


def test_what_leaks_from_the_others_microphone_is_nobodys_outburst():
    track = sound((50, 150, 0.05), (300, 400, 0.03))

    assert outbursts_of(track, sound((300, 400, 0.1)), speech((50, 150))) == ()


def test_silence_and_a_track_that_is_too_short_have_none():
    assert outbursts_of(np.zeros(10, np.float32), None, speech()) == ()
    assert outbursts_of(np.zeros(10, np.float32), np.zeros(0, np.float32), speech((10, 20))) == ()
