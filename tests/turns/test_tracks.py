import numpy as np
import pytest
from scipy.signal import fftconvolve

from backend.turns import speaking_from_tracks
from backend.turns.tracks import frame_levels


def accuracy(speaking, truth):
    return ((speaking > 0.5) == truth).mean()


def heard_across_the_room(track, decibels, seed):
    """What the other's microphone gets: quieter, a little later, with a short room."""
    generator = np.random.default_rng(seed)
    echo = generator.normal(size=4000) * np.exp(-np.arange(4000) / 600.0)
    echo /= np.linalg.norm(echo) * 2.0
    echo[48] += 1.0
    return 10 ** (decibels / 20) * fftconvolve(track, echo)[: len(track)].astype(np.float32)


def test_clean_tracks(models, demo_tracks, demo_turns):
    speaking = speaking_from_tracks(demo_tracks, models)

    assert speaking.shape == demo_turns.shape
    assert 0.0 <= speaking.min() <= speaking.max() <= 1.0
    assert accuracy(speaking, demo_turns) > 0.94


def test_speech_that_leaks_from_the_other_microphone_is_not_ones_own(models, demo_tracks, demo_turns):
    leak = np.stack([heard_across_the_room(demo_tracks[1], -15, 1), heard_across_the_room(demo_tracks[0], -15, 2)])

    speaking = speaking_from_tracks(demo_tracks + leak, models)

    assert accuracy(speaking, demo_turns) > 0.90


def test_a_quiet_microphone_counts_as_much_as_a_loud_one(models, demo_tracks, demo_turns):
    speaking = speaking_from_tracks(demo_tracks * np.array([[1.0], [0.05]], np.float32), models)

    assert accuracy(speaking, demo_turns) > 0.94


def test_noise_is_no_speech(models, demo_tracks, demo_turns):
    noise = np.random.default_rng(3).normal(0.0, 0.003, demo_tracks.shape).astype(np.float32)

    speaking = speaking_from_tracks(demo_tracks + noise, models)

    assert accuracy(speaking, demo_turns) > 0.90


def test_a_silent_track_never_speaks(models, demo_tracks):
    speaking = speaking_from_tracks(np.stack([demo_tracks[0], np.zeros_like(demo_tracks[0])]), models)

    assert speaking[0].max() > 0.9
    assert speaking[1].max() == 0.0


def test_the_last_frame_may_be_incomplete(models, demo_tracks):
    assert speaking_from_tracks(demo_tracks[:, : 640 * 30 + 1], models).shape == (2, 31)


def test_levels_are_decibels_of_full_scale():
    levels = frame_levels(np.full(6400, 0.1))

    assert np.allclose(levels, -20.0)


@pytest.mark.parametrize("decibels", [-20, -12])
def test_crosstalk_costs_at_most_three_frames_in_a_hundred(models, demo_tracks, demo_turns, decibels):
    across = np.stack([heard_across_the_room(demo_tracks[1 - who], decibels, 5 + who) for who in (0, 1)])

    speaking = speaking_from_tracks(demo_tracks + across, models)

    assert accuracy(speaking, demo_turns) > 0.97


def test_one_microphone_that_only_hears_the_other_person_never_speaks(models, demo_tracks):
    across = heard_across_the_room(demo_tracks[0], -12, 1)
    hum = np.random.default_rng(4).normal(0.0, 1e-3, len(across)).astype(np.float32)

    speaking = speaking_from_tracks(np.stack([demo_tracks[0], across + hum]), models)

    assert (speaking[0] > 0.5).mean() > 0.3
    assert (speaking[1] > 0.5).mean() < 0.03
