import numpy as np

from backend.turns.embedding import mel_features, voice_embeddings


def test_voices_of_one_person_are_alike_and_of_two_are_not(models, demo_tracks):
    anna, ben = (mel_features(track[np.abs(track) > 1e-4]) for track in demo_tracks)

    found = voice_embeddings([anna[:400], anna[400:800], ben[:400], ben[400:800]], models.voice)

    similarity = found @ found.T
    assert min(similarity[0, 1], similarity[2, 3]) > 0.6
    assert similarity[:2, 2:].max() < 0.4


def test_a_tone_is_loudest_in_its_own_mel_band():
    time = np.arange(16_000) / 16_000

    low, high = (mel_features(np.sin(2 * np.pi * hertz * time))[50].argmax() for hertz in (300.0, 3000.0))

    assert mel_features(np.sin(time)).shape == (98, 80)
    assert 8 < low < 16
    assert 45 < high < 60


def test_too_little_for_one_frame_gives_none():
    assert mel_features(np.zeros(399)).shape == (0, 80)
