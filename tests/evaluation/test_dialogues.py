"""Dialogues put together from clips keep sound and phones together."""

import numpy as np
import pytest

from lab.evaluation.recordings.clips import Clip
from lab.evaluation.recordings.dialogues import cut_at_pauses, take_turns


def _clip(name: str, seconds: float = 4.0) -> Clip:
    """A click in the middle of each `b`, a pause between them."""
    samples = np.zeros(round(seconds * 16_000), np.float32)
    phones = []
    for second in range(int(seconds)):
        samples[round((second + 0.25) * 16_000)] = 1.0
        phones += [(second + 0.2, second + 0.3, "b"), (second + 0.3, second + 1.2, "pau")]
    return Clip(name, samples, tuple(phones))


def _clicks(track: np.ndarray) -> np.ndarray:
    return np.flatnonzero(track > 0.5) / 16_000


def test_each_person_is_on_a_track_and_phones_follow_the_sound() -> None:
    dialogue = take_turns([_clip("one")], [_clip("two"), _clip("three")])

    for track, phones in zip(dialogue.tracks, dialogue.phones, strict=True):
        middles = [(start + end) / 2 for start, end, name in phones if name == "b"]
        np.testing.assert_allclose(_clicks(track), middles, atol=1e-3)
    assert len(_clicks(dialogue.tracks[1])) == 8


@pytest.mark.parametrize("pieces", [1, 2, 4])
def test_a_clip_cut_at_its_pauses_loses_no_phone(pieces: int) -> None:
    parts = cut_at_pauses(_clip("long"), pieces)

    assert len(parts) == pieces
    assert sum(name == "b" for part in parts for *_, name in part.phones) == 4
    for part in parts:
        middles = [(start + end) / 2 for start, end, name in part.phones if name == "b"]
        np.testing.assert_allclose(_clicks(part.samples), middles, atol=1e-3)
