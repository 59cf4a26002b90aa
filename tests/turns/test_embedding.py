import numpy as np
import pytest

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


def test_voices_of_all_lengths_come_back_in_their_order(models, demo_tracks):
    anna, ben = (mel_features(track[np.abs(track) > 1e-4]) for track in demo_tracks)
    voices = [anna[:400], ben[:90], anna[400:650], ben[100:500], anna[700:830], ben[500:720]]

    together = voice_embeddings(voices, models.voice)

    alone = np.concatenate([voice_embeddings([voice], models.voice) for voice in voices])
    assert np.allclose(together, alone, atol=1e-4)
    assert np.allclose(np.linalg.norm(together, axis=1), 1.0)


def test_no_voices_are_no_embeddings(models):
    assert voice_embeddings([], models.voice).shape == (0, 192)


def test_embedding_stops_where_the_caller_raises(models, demo_tracks):
    features = mel_features(demo_tracks[0])
    detected = []

    def stop(done, total):
        detected.append((done, total))
        raise InterruptedError

    with pytest.raises(InterruptedError):
        voice_embeddings([features[:400]] * 30, models.voice, after_step=stop)

    assert detected == [(8, 30)]
