"""The engine with one person known: that one stays as it is, the other answers to it."""

import numpy as np
import pytest
import torch

from backend.engines import generate
from backend.engines.base import Conditions, DialogueAudio, KnownPerson
from backend.engines.lip_reader import listening
from backend.speech.encoder import SpeechEncoder

SECONDS, FRAMES = 13, 325


@pytest.fixture(autouse=True)
def _small_encoder(monkeypatch):
    torch.manual_seed(0)
    encoder = SpeechEncoder()
    encoder.layers = encoder.layers[:1]
    encoder.requires_grad_(False).eval()
    monkeypatch.setattr(listening, "load_encoder", lambda _path, _device: encoder)


def known_person(person, frames=FRAMES, seed=0, size=1.0):
    random = np.random.default_rng(seed)
    wave = random.normal(size=60)[None] * np.sin(np.arange(frames) * 0.1)[:, None] * size  # [T, 60]
    parts = (0.3 * np.abs(wave[:, :52]), 0.1 * wave[:, 52:55], 0.1 * wave[:, 55:58], 0.1 * wave[:, 58:])
    return KnownPerson(person, *(part.astype(np.float32) for part in parts))


def generated(known):
    tracks = np.random.default_rng(0).standard_normal((2, SECONDS * 16_000)).astype(np.float32) * 0.05
    speaking = np.zeros((2, FRAMES), np.float32)
    speaking[0, 20:150] = 1
    audio = DialogueAudio(tracks, speaking, separate=True)
    return generate("dualtalk", Conditions(audio, partner=known))


@pytest.mark.parametrize("person", [0, 1])
def test_who_is_known_does_exactly_so_and_the_other_answers(person):
    first, second = known_person(person, seed=1), known_person(person, seed=2)

    one, other = generated(first), generated(second)

    for name in ("expression", "jaw", "neck", "gaze"):
        np.testing.assert_array_equal(getattr(one, name)[person], getattr(first, name))
        assert np.isfinite(getattr(one, name)).all()
    assert np.abs(one.neck[1 - person] - other.neck[1 - person]).max() > 1e-4


def test_the_same_partner_gives_the_same_reaction():
    known = known_person(0)

    np.testing.assert_array_equal(generated(known).neck, generated(known).neck)


def test_another_length_than_the_sound_is_refused():
    with pytest.raises(ValueError, match=r"300 .* 325"):
        generated(known_person(0, frames=300))
