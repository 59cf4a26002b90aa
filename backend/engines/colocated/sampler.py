"""Sampling of a dialogue of any length: each step of the sampler goes over overlapping windows and blends them.

    noise [2, L, 65] ─▶ sample ─▶ raw streams [2, T, 65]
                         │   ▲
         noisy [2, L, 65]▼   │ clean [2, L, 65]: weighted mean over the windows that hold a frame
                    windows [K, 2, 256, 65] ─▶ Conditioning + denoise ─▶ clean windows, guided
                                                   ▲
    audio features, mouth, speaking ─▶ Listening ──┘ context [2, L, D], once for all steps

All windows take the same step before any takes the next one, and where two overlap the mean of both clean predictions
is used (MultiDiffusion, Bar-Tal et al. 2023), so a window's edge leaves no seam. A few windows are a batch; in full
length only the streams and the context are in memory.

T frames at 25 Hz, L the length of T padded to whole windows, K windows of a batch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import torch
from torch import Tensor

from ...windows import BlendedWindows, pieces_with_context
from .conditioning import REACH, Condition
from .diffusion import STEPS, sample
from .model import WINDOW, Colocated
from .stream import MOUTH_IN_STREAM, STREAM

DENOISER_WINDOWS: Final = BlendedWindows(length=WINDOW, step=192)
"""Neighbours share 64 frames, 2.56 s, in which one fades into the other."""

TEMPERATURE: Final = 1.2
"""Spread of the noise that the sampler starts from. From noise of its own spread a small network makes people who move
and blink less than those it learned from; from this one as much (docs/developers/colocated.md)."""

_BATCH: Final = 4
"""Windows of a batch."""

_PIECE: Final = 1024
"""Frames whose context is encoded at once."""


@dataclass(frozen=True)
class Guidance:
    """Guidance scales of the audio and of the staging (classifier-free, Ho & Salimans 2022).

    1 is the prediction as trained; each other scale costs a pass more. The mouth is not guided: the lip reader's
    prediction places it in any case.
    """

    audio: float = 1.5
    staging: float = 1.0


USUAL: Final = Guidance()


@dataclass(frozen=True)
class DialogueConditions:
    """All conditions of a dialogue of T frames on the model's device; `given` has no batch axis."""

    audio_features: Tensor  # [2, T, D] of `Colocated.encode_audio`
    given: Condition


def perform_dialogue(
    model: Colocated,
    conditions: DialogueConditions,
    seed: int,
    guidance: Guidance = USUAL,
    steps: int = STEPS,
    kept: tuple[Tensor, Tensor] | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Tensor:
    """Sample both people's streams [2, T, 65], raw. The same arguments give the same streams.

    `kept`: raw streams [2, T, 65] and a mask [2, T, 1], 1 where the result must be these streams. `progress` counts
    windows over all steps.
    """
    given = conditions.given
    frames = given.speaking.shape[1]
    starts = DENOISER_WINDOWS.starts(frames)
    length = starts[-1] + WINDOW
    rng = torch.Generator().manual_seed(seed)
    noise = torch.randn(2, length, STREAM, generator=rng).mul_(TEMPERATURE).to(given.speaking)  # [2, L, 65]
    if kept is not None:
        stream, mask = kept
        kept = _padded(model.normalised(stream), length), _padded(mask.to(stream), length)
    given = replace(given, speaking=_padded(given.speaking, length), mouth=_padded(given.mouth, length))
    with torch.inference_mode():
        context = _context(model, _padded(conditions.audio_features, length), given)  # [2, L, D]
    weight = torch.from_numpy(DENOISER_WINDOWS.weights()[:, None]).to(model.offset.device)  # [256, 1]
    counted = 0

    def denoise(noisy: Tensor, level: float) -> Tensor:
        nonlocal counted
        total, weights = torch.zeros_like(noisy), noisy.new_zeros(length, 1)  # [2, L, 65] and [L, 1]
        for first in range(0, len(starts), _BATCH):
            batch = starts[first : first + _BATCH]
            progress(counted, steps * len(starts))
            noisy_windows, contexts = _windows(noisy, batch), _windows(context, batch)  # [K, 2, 256, 65 and D]
            clean = _guided(model, noisy_windows, level, contexts, _condition_windows(given, batch), guidance)
            for start, window in zip(batch, clean, strict=True):
                total[:, start : start + WINDOW] += weight * window
                weights[start : start + WINDOW] += weight
            counted += len(batch)
        return total.div_(weights)  # [2, L, 65]

    with torch.inference_mode():
        return model.raw(sample(denoise, noise, steps, kept))[:, :frames]


def _guided(
    model: Colocated, noisy: Tensor, level: float, context: Tensor, given: Condition, guidance: Guidance
) -> Tensor:
    """Predict clean windows [K, 2, 256, 65], moved away from the prediction without audio, or without staging."""
    levels = noisy.new_full((len(noisy),), level)  # [K]

    def predict(audio_drop: float, staging_drop: float) -> Tensor:
        audio_drop_mask = levels.new_full(levels.shape, audio_drop)  # [K]
        staging_drop_mask = levels.new_full(levels.shape, staging_drop)  # [K]
        cond = model.conditioning(context, given, audio_drop_mask, staging_drop_mask)  # [K, 2, 256, D]
        return model.denoise(noisy, levels, cond, given.mouth, audio_drop_mask)

    clean = predict(0.0, 0.0)  # [K, 2, 256, 65]
    shift = torch.zeros_like(clean)
    if guidance.audio != 1.0:
        shift += (guidance.audio - 1.0) * (clean - predict(1.0, 0.0))
    if guidance.staging != 1.0:
        shift += (guidance.staging - 1.0) * (clean - predict(0.0, 1.0))
    shift[..., MOUTH_IN_STREAM] = 0.0
    return clean + shift


def _context(model: Colocated, audio_features: Tensor, given: Condition) -> Tensor:
    """Encode the context [2, L, D] piece by piece, each with `REACH` frames around it; L even."""
    contexts = []
    for around, inner in pieces_with_context(audio_features.shape[1], _PIECE, REACH):
        piece = (rows[None, :, around].float() for rows in (audio_features, given.mouth, given.speaking))
        context = model.conditioning.listening(*piece)  # [1, 2, before + piece + after, D]
        contexts.append(context[0, :, inner].to(audio_features))
    return torch.cat(contexts, dim=1)


def _condition_windows(given: Condition, starts: Sequence[int]) -> Condition:
    """Cut a batch of windows out of `given`: [2, …] → [K, 2, …]."""
    constant = (rows.expand(len(starts), *rows.shape) for rows in (given.traits, given.mood, given.layout))
    return Condition(_windows(given.speaking, starts), _windows(given.mouth, starts), *constant)


def _windows(rows: Tensor, starts: Sequence[int]) -> Tensor:
    """Cut a batch of windows as float32: [2, L, …] → [K, 2, 256, …]."""
    return torch.stack([rows[:, start : start + WINDOW] for start in starts]).float()


def _padded(rows: Tensor, length: int) -> Tensor:
    """Repeat the last frame: [2, T, …] → [2, length, …]."""
    padding = rows[:, -1:].expand(-1, length - rows.shape[1], *rows.shape[2:])
    return torch.cat((rows, padding), dim=1)
