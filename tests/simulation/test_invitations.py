"""The voice's pitch, and the moments at which it invites a listener."""

import numpy as np
import pytest

from backend.animation.phones import PAUSE
from backend.contract.constants import SAMPLE_RATE
from backend.prosody.pitch import PITCH_RATE, pitch_of, semitones
from lab.simulation.script.invitations import invitations_of


def _voice(hertz):
    """A buzz [N] whose fundamental is `hertz` [N], with some overtones."""
    phase = 2 * np.pi * np.cumsum(hertz) / SAMPLE_RATE
    return sum(np.sin(order * phase) / order for order in range(1, 6)).astype(np.float32)


@pytest.mark.parametrize("hertz", [80.0, 120.0, 210.0, 350.0])
def test_the_pitch_of_a_steady_voice_is_found(hertz):
    pitch = pitch_of(_voice(np.full(SAMPLE_RATE, hertz)))

    inside = pitch[5:-8]
    assert np.isfinite(inside).all()
    assert np.abs(12 * np.log2(inside / hertz)).max() < 0.6


def test_noise_and_silence_have_no_pitch():
    rng = np.random.default_rng(0)

    assert np.isnan(pitch_of(np.zeros(SAMPLE_RATE, np.float32))).all()
    assert np.isfinite(pitch_of(rng.standard_normal(SAMPLE_RATE).astype(np.float32))).mean() < 0.2


def test_semitones_are_relative_to_the_median():
    assert semitones(np.array([100.0, 200.0, np.nan, 200.0, 400.0]))[[0, 1, 4]] == pytest.approx([-12, 0, 12])
    assert np.isnan(semitones(np.array([np.nan, np.nan]))).all()


def _invited(last_semitones, *, asks=False):
    """Invitations of 2 s of speech that starts at 10 s and whose last 0.4 s lie at `last_semitones`."""
    pitch = np.zeros(2 * PITCH_RATE)
    pitch[-round(0.4 * PITCH_RATE) :] = last_semitones
    return invitations_of(0, 10.0, ((10.0, 12.0, "aa"),), pitch, asks=asks)


def test_a_falling_voice_invites_more_than_a_rising_one():
    falls, rises = _invited(-4.0)[-1], _invited(4.0)[-1]

    assert falls.time == rises.time == 12.0
    assert falls.strength > 2 * rises.strength


def test_a_question_wants_an_answer_rather_than_a_nod():
    assert _invited(-1.0, asks=True)[-1].strength < _invited(-1.0)[-1].strength


def test_a_pause_after_enough_speech_invites():
    phones = ((0.0, 0.3, "aa"), (0.3, 0.5, PAUSE), (0.5, 2.0, "ow"), (2.0, 2.3, PAUSE), (2.3, 3.0, "iy"))

    times = [invitation.time for invitation in invitations_of(1, 0.0, phones, np.zeros(3 * PITCH_RATE), asks=False)]

    assert 2.0 in times
    assert 3.0 in times
    assert 0.3 not in times
