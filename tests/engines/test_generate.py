"""The engine as the worker calls it, with the trained weights and a stand-in for the speech encoder."""

import numpy as np
import pytest
import torch

from backend.contract.errors import ExitCode
from backend.engines import generate
from backend.engines.base import Conditions, DialogueAudio, Motion
from backend.engines.lip_reader import listening
from backend.speech.encoder import SpeechEncoder
from tests.support.refusals import refused

SECONDS = 13


@pytest.fixture(autouse=True)
def _small_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    encoder = SpeechEncoder()
    encoder.layers = encoder.layers[:1]
    encoder.requires_grad_(False).eval()
    monkeypatch.setattr(listening, "load_encoder", lambda _path, _device: encoder)


def _audio(seconds: float = SECONDS, *, separate: bool = True, segmented: bool = True) -> DialogueAudio:
    samples = round(seconds * 16_000)
    tracks = np.random.default_rng(0).standard_normal((2, samples)).astype(np.float32) * 0.05
    speaking = np.zeros((2, -(-samples // 640)), np.float32)
    speaking[0, 20:150] = 1
    return DialogueAudio(
        tracks if separate else np.stack((tracks[0], tracks[0])), speaking if segmented else None, separate
    )


def _generate(audio: DialogueAudio, seed: int = 0, **options: object) -> Motion:
    return generate("dualtalk", Conditions(audio), seed, **options)


@pytest.mark.parametrize("seconds", [0.5, SECONDS, 18.0])
def test_motion_is_as_long_as_the_sound(seconds: float) -> None:
    motion = _generate(_audio(seconds))

    frames = -(-round(seconds * 16_000) // 640)
    assert motion.expression.shape == (2, frames, 52)
    assert motion.jaw.shape == motion.neck.shape == (2, frames, 3)
    assert motion.gaze.shape == (2, frames, 2)
    assert all(np.isfinite(array).all() for array in (motion.expression, motion.jaw, motion.neck, motion.gaze))


def test_the_same_seed_gives_the_same_motion_and_another_one_another() -> None:
    first, again, other = _generate(_audio(), 1), _generate(_audio(), 1), _generate(_audio(), 2)

    for name in ("expression", "jaw", "neck", "gaze"):
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))
    assert not np.array_equal(first.gaze, other.gaze)


def test_nobody_is_ever_frozen() -> None:
    motion = _generate(_audio())

    moved = np.abs(np.diff(motion.neck, axis=1)).max(axis=-1)
    assert (moved.reshape(2, -1)[:, :300].reshape(2, 12, 25).max(axis=-1) > 1e-4).all()


@pytest.mark.parametrize("audio", [_audio(separate=False), _audio(segmented=False)], ids=["one mix", "floor unknown"])
def test_a_mix_and_an_unknown_floor_are_taken(audio: DialogueAudio) -> None:
    assert _generate(audio).frames == SECONDS * 25


def test_progress_is_told_in_order_and_cancelling_is_heard() -> None:
    stages: list[str] = []
    asked: list[None] = []

    _generate(
        _audio(), progress=lambda stage, _done, _total: stages.append(stage), check_cancel=lambda: asked.append(None)
    )

    assert stages == sorted(stages)
    assert {"features", "model"} == set(stages)
    assert asked


def test_an_unknown_engine_is_named() -> None:
    with refused(ExitCode.ENGINE_UNKNOWN) as caught:
        generate("nobody", Conditions(_audio()))

    assert "dualtalk" in caught.value.fix
