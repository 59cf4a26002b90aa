"""Rehearsals as tensors: their speech features, computed once and kept, and windows that models are fitted on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor

from backend.contract.files import write_whole
from backend.engines.dualtalk.motion_numbers import motion_numbers
from backend.engines.traits import trait_vector
from backend.speech.encoder import SpeechEncoder
from backend.speech.features import speech_features

from ..simulation.event_targets import EventTargets, event_targets
from ..simulation.rehearsal_files import load_rehearsal

MIX_SHARE: Final = 0.3
"""Share of examples whose features are of one recording of both people."""

_UNKNOWN_FLOOR: Final = 0.1
"""Share of two-track examples in which who speaks is unknown."""
_MIX_GAIN: Final = 4.0
"""Standard deviation in dB of how much louder one person is than the other in a mix."""


@dataclass(frozen=True)
class Material:
    """One rehearsal: `features` [3, 2 T, 512] float16 (first, second, mix), everything else [2, T, …] by person.

    `motion` has the 61 numbers of `motion_numbers`.
    """

    features: np.ndarray
    speaking: np.ndarray
    expression: np.ndarray
    jaw: np.ndarray
    closure: np.ndarray
    touch: np.ndarray
    viseme: np.ndarray
    motion: np.ndarray
    beats: np.ndarray
    posture: np.ndarray
    traits: np.ndarray
    targets: EventTargets

    @property
    def frames(self) -> int:
        """T."""
        return int(self.speaking.shape[1])


@dataclass(frozen=True)
class SpeechInput:
    """The input of a batch: `features` [B, 2 T, 512], `speaking` [B, T, 2] own first."""

    features: Tensor
    speaking: Tensor


def load_material(rehearsal: Path, features: Path) -> Material:
    """Read a rehearsal and its features; the features stay on disk until they are used."""
    loaded = load_rehearsal(rehearsal)
    motion, events = loaded.motion, loaded.events
    return Material(
        features=np.load(features, mmap_mode="r"),
        speaking=motion.speaking,
        expression=events["spoken"],
        jaw=motion.jaw[..., 0],
        closure=events["closure"].astype(np.float32),
        touch=events["touch"].astype(np.float32),
        viseme=events["viseme"].astype(np.int64),
        motion=motion_numbers(motion.expression, motion.jaw, motion.neck, motion.gaze),
        beats=events["neck_beats"],
        posture=events["neck_posture"],
        traits=np.stack([trait_vector(asdict(habits)) for habits in loaded.habits]),
        targets=event_targets(events),
    )


def speech_input(
    rng: np.random.Generator, material: Material, person: int, start: int, frames: int, mix: bool
) -> SpeechInput:
    """The input for `person` in a window, without a batch axis.

    Who speaks is as imperfect as at run time (`perturbed_speaking`).
    """
    source = 2 if mix else person
    features = material.features[source, 2 * start : 2 * (start + frames)].astype(np.float32)
    order = (person, 1 - person)
    speaking = material.speaking[order, start : start + frames].T  # [T, 2]
    return SpeechInput(torch.from_numpy(features), torch.from_numpy(perturbed_speaking(rng, speaking, mix)))


def perturbed_speaking(rng: np.random.Generator, speaking: np.ndarray, mix: bool) -> np.ndarray:
    """`speaking` [T, 2] with the errors of voice activity detection at run time.

    Moved by up to 80 ms, less certain, with the odd gap bridged or false start; sometimes not known at all.
    """
    if not mix and rng.random() < _UNKNOWN_FLOOR:
        return np.full(speaking.shape, 0.5, np.float32)
    moved = np.stack([np.roll(person, rng.integers(-2, 3)) for person in speaking.T], axis=1)
    if rng.random() < 0.3:  # noqa: PLR2004  (a detector that hangs over)
        padded = np.pad(moved, ((4, 4), (0, 0)), mode="edge")
        moved = np.max([padded[k : k + len(moved)] for k in range(9)], axis=0)
    low, high = rng.uniform(0, 0.1), rng.uniform(0.85, 1)
    return np.asarray(low + (high - low) * moved, np.float32)


def write_features(
    rehearsals: list[Path], folder: Path, encoder: SpeechEncoder, progress: Callable[[int, int], None]
) -> list[Path]:
    """One file of [3, 2 T, 512] float16 for each rehearsal: first track, second track, mix. Files there are kept.

    Raises DuologueError (DISK_FULL, OUTPUT_NOT_WRITABLE).
    """
    paths = [folder / f"{rehearsal.stem}.npy" for rehearsal in rehearsals]
    for index, (rehearsal, path) in enumerate(zip(rehearsals, paths, strict=True)):
        if not path.is_file():
            _write_one(rehearsal, path, encoder)
        progress(index + 1, len(paths))
    return paths


def _write_one(rehearsal: Path, path: Path, encoder: SpeechEncoder) -> None:
    loaded = load_rehearsal(rehearsal)
    gain = 10 ** (np.random.default_rng(loaded.seed).normal(0, _MIX_GAIN) / 20)
    mix = (loaded.audio[0] * gain + loaded.audio[1]) / 2
    sounds = (loaded.audio[0], loaded.audio[1], mix.astype(np.float32))
    # Two and a half times as fast, and off by a hundredth of the features' spread: less than dropout takes away.
    with torch.autocast("cpu", torch.bfloat16):
        features = np.stack([speech_features(sound, encoder) for sound in sounds]).astype(np.float16)
    write_whole(path, lambda file: np.save(file, features))
