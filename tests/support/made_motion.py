"""Motions whose numbers are known, and a small face that ARKit's names move."""

from dataclasses import replace

import numpy as np

from backend.contract.arkit import ARKIT_INDEX
from backend.engines.base import Motion
from backend.staging.stage import Place, Staging
from tests.support.made_dialogue import small_face

FRAMES = 20 * 25
JAW_OPEN = ARKIT_INDEX["jawOpen"]


def face_of_arkit():
    """One unit of jawOpen parts the lips by 10 mm, mouthPucker narrows the mouth by 10 mm, eyeBlinkLeft shuts lids."""
    return replace(small_face(), expression_names=("jawOpen", "mouthPucker", "eyeBlinkLeft"))


def turns(frames=FRAMES):
    """[2, T] the first speaks in the first half, the second in the second."""
    speaking = np.zeros((2, frames), np.float32)
    speaking[0, : frames // 2] = 1
    speaking[1, frames // 2 :] = 1
    return speaking


def lively(seed, frames=FRAMES, lips_seed=0):
    """Lips that move while their owner speaks, the same for one `lips_seed`; head, eyes, brows and sway by `seed`."""
    rng, lips = np.random.default_rng(seed), np.random.default_rng(lips_seed)
    speaking = turns(frames)
    expression = np.zeros((2, frames, 52), np.float32)
    expression[..., JAW_OPEN] = speaking * np.abs(_smooth(lips, (2, frames, 1), 2)[..., 0])
    expression[..., ARKIT_INDEX["browInnerUp"]] = np.abs(_smooth(rng, (2, frames, 1), 10)[..., 0])
    return Motion(
        expression=expression,
        jaw=np.zeros((2, frames, 3), np.float32),
        neck=(0.05 * _smooth(rng, (2, frames, 3), 8)).astype(np.float32),
        gaze=(0.1 * _smooth(rng, (2, frames, 2), 5)).astype(np.float32),
        speaking=speaking,
        sway=(0.01 * _smooth(rng, (2, frames, 3), 20)).astype(np.float32),
    )


def _smooth(rng, shape, width):
    """Noise of about unit size that changes over `width` frames."""
    kernel = np.hanning(2 * width + 3)[1:-1]
    white = rng.standard_normal((shape[0], shape[1] + len(kernel) - 1, shape[2]))
    rows = [
        [np.convolve(white[who, :, column], kernel, mode="valid") for column in range(shape[2])]
        for who in range(shape[0])
    ]
    return np.moveaxis(np.array(rows), 1, 2) / np.linalg.norm(kernel)


def table_for_two():
    """Two people who sit a metre apart and face each other."""
    return Staging("test", (Place((-0.5, 1.2, 0.0), np.pi / 2), Place((0.5, 1.2, 0.0), -np.pi / 2)))
