"""Windows of dialogues as a batch of the colocated model: what is denoised, and what is known about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Final

import numpy as np
import torch
from torch import Tensor

from backend.engines.colocated.conditioning import Condition
from backend.engines.colocated.stream import NECK, STREAM, scale_floors

from ..examples import perturbed_speaking
from .audio_features import AudioFeatures
from .config import ColocatedSettings
from .data import Recording

_MOST_TURNING: Final = 0.8
"""The quantile of windows above which heads are said to turn much: a fifth of them, as in the paper."""
_LOOKED_AT: Final = 400
"""Windows from which that is estimated."""


@dataclass(frozen=True)
class Dialogue:
    """A recording and the features of its audio."""

    recording: Recording
    audio: AudioFeatures


@dataclass(frozen=True)
class Material:
    """What is learned from and what is held out; `turning` radians of head motion in a window that a fifth exceed."""

    learned: Sequence[Dialogue]
    held_out: Sequence[Dialogue]
    turning: float
    fingerprint: str


@dataclass(frozen=True)
class Example:
    """One window, or B of them stacked. `clean` [2, T, 65] raw; `features` [2, 2 T, 512] of each person's audio (the
    same twice for a mix); `given` without a batch axis (or with); `active` [2, T] 1 where a person truly speaks;
    `people` [2] 1 for whom the loss counts; `turns` 1 where heads turn much; `level` of noise, 0 to 1; `noise`
    [2, T, 65]; `audio_drop_mask`, `staging_drop_mask` 1 where that condition is dropped.
    """

    clean: Tensor
    features: Tensor
    given: Condition
    active: Tensor
    people: Tensor
    turns: Tensor
    level: Tensor
    noise: Tensor
    audio_drop_mask: Tensor
    staging_drop_mask: Tensor

    def to(self, device: str) -> Example:
        """Copy to `device`."""
        return _mapped([self], lambda tensors: tensors[0].to(device))


def stacked(examples: Sequence[Example]) -> Example:
    """B windows as one batch."""
    return _mapped(examples, torch.stack)


def turning_of(stream: np.ndarray) -> float:
    """Radians that both heads turn in a window [2, T, 65], added up over its frames."""
    return float(np.linalg.norm(np.diff(stream[..., NECK], axis=1), axis=-1).sum())


def turning_limit(recordings: Sequence[Recording], window: int) -> float:
    """Amount of turning that a fifth of all windows exceed."""
    rng = np.random.default_rng(0)
    found = []
    for _ in range(_LOOKED_AT):
        recording = recordings[int(rng.integers(len(recordings)))]
        start = int(rng.integers(recording.frames - window + 1))
        found.append(turning_of(recording.stream[:, start : start + window]))
    return float(np.quantile(found, _MOST_TURNING))


def stream_units(recordings: Sequence[Recording]) -> tuple[np.ndarray, np.ndarray]:
    """Mean and spread [65] of all frames; the spread not below `scale_floors`."""
    count = sum(2 * recording.frames for recording in recordings)
    mean = (
        sum((recording.stream.sum(axis=(0, 1), dtype=np.float64) for recording in recordings), np.zeros(STREAM)) / count
    )
    squares = (np.square(recording.stream - mean).sum(axis=(0, 1)) for recording in recordings)
    spread = np.sqrt(sum(squares, np.zeros(STREAM)) / count)
    return mean.astype(np.float32), np.maximum(spread, scale_floors()).astype(np.float32)


def draw_dialogue(
    rng: np.random.Generator, material: Sequence[Dialogue], turning: float, settings: ColocatedSettings, level: float
) -> Example:
    """A window of a dialogue in one of its takes, anywhere; who speaks is perturbed as at run time."""
    dialogue = material[int(rng.integers(len(material)))]
    recording = dialogue.recording
    start = int(rng.integers(recording.frames - settings.window + 1))
    mix = bool(rng.random() < settings.mix_share)
    window = slice(start, start + settings.window)
    clean = np.asarray(recording.take(int(rng.integers(recording.takes)))[:, window], np.float32)
    features = np.stack([dialogue.audio.feature_window(person, mix=mix, window=window) for person in range(2)])
    given = Condition(
        speaking=tensor(perturbed_speaking(rng, recording.speaking[:, window].T, mix).T),
        mouth=tensor(np.stack([dialogue.audio.mouth_window(person, mix=mix, window=window) for person in range(2)])),
        traits=tensor(recording.traits),
        mood=tensor(recording.mood),
        layout=tensor(recording.layout),
    )
    people = np.eye(2)[int(rng.integers(2))] if settings.alone else np.ones(2)
    active = recording.speaking[:, window] > 0.5  # noqa: PLR2004  (likelier than not)
    drawn = with_noise(rng, clean, features, given, active, people, settings, level)
    drawn = replace(drawn, turns=torch.tensor(float(turning_of(clean) > turning)))
    return without_partner(drawn) if settings.alone else drawn


def with_noise(
    rng: np.random.Generator,
    clean: np.ndarray,
    features: np.ndarray,
    given: Condition,
    active: np.ndarray,
    people: np.ndarray,
    settings: ColocatedSettings,
    level: float,
) -> Example:
    """Add noise and drawn drop masks to a window."""
    drop_masks = [float(rng.random() < share) for share in (settings.without_audio, settings.without_staging)]
    arrays = (clean, active, people, 0.0, level, rng.standard_normal(clean.shape), *drop_masks)
    stream, *rest = (tensor(np.asarray(array)) for array in arrays)
    return Example(stream, tensor(features), given, *rest)


def without_partner(example: Example) -> Example:
    """Set all that is known of the person whose loss does not count to zero; a mix of both stays."""
    kept = example.people[:, None]  # [2, 1]
    given = replace(
        example.given,
        speaking=example.given.speaking * kept,
        mouth=example.given.mouth * kept[..., None],
        traits=example.given.traits * kept,
        mood=example.given.mood * kept,
    )
    rows = {name: getattr(example, name) * kept[..., None] for name in ("clean", "features", "noise")}
    return replace(example, **rows, given=given)


def _mapped(examples: Sequence[Example], joined: Callable[[list[Tensor]], Tensor]) -> Example:
    given = Condition(
        *(joined([getattr(example.given, name.name) for example in examples]) for name in fields(Condition))
    )
    rest = {
        name.name: joined([getattr(example, name.name) for example in examples])
        for name in fields(Example)
        if name.name != "given"
    }
    return Example(given=given, **rest)


def tensor(array: np.ndarray) -> Tensor:
    """float32, whatever it was."""
    return torch.from_numpy(np.array(array, np.float32, order="C"))  # a copy: mapped files cannot be written to
