"""A dialogue of any length out of noise: every step of the sampler goes over windows that are blended into each other.

All windows take the same step before any takes the next one, and where two overlap they agree on the mean of what both
say (MultiDiffusion, Bar-Tal et al. 2023). So there is nothing to join afterwards: a window's edge leaves no seam.
Windows are looked at a few at a time; beside them only the streams of the whole dialogue are held.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import torch
from torch import Tensor

from .diffusion import STEPS, sample
from .model import REACH, WINDOW, Colocated, Condition
from .stream import MOUTH_IN_STREAM, STREAM

STRIDE: Final = 192
"""Frames from one window to the next; neighbours share 64, 2.56 s, in which one fades into the other."""

TEMPERATURE: Final = 1.2
"""Spread of the noise that the sampler starts from. From noise of its own spread a small network makes people who move
and blink less than those it learned from; from this one as much (docs/developers/colocated.md)."""

_BATCH: Final = 4
_PIECE: Final = 1024
"""Frames whose sound is understood at once."""


@dataclass(frozen=True)
class Guidance:
    """How much more than by itself the model follows the sound and the staging (classifier-free, Ho & Salimans 2022).

    1 is as trained; each other number costs a pass more. The mouth is not guided: it is where the sound says anyway.
    """

    audio: float = 1.5
    staging: float = 1.0


USUAL: Final = Guidance()


@dataclass(frozen=True)
class Told:
    """A dialogue of T frames, on the model's device: `heard` [2, T, D] of `Conditioning.hear`, and what is `known`
    about both people, without a batch axis.
    """

    heard: Tensor
    known: Condition


def perform_dialogue(
    model: Colocated,
    told: Told,
    seed: int,
    guidance: Guidance = USUAL,
    steps: int = STEPS,
    kept: tuple[Tensor, Tensor] | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Tensor:
    """Both people's streams [2, T, 65], raw. The same seed gives the same performance.

    `kept`: raw streams [2, T, 65] and a mask [2, T, 1], 1 where they stay as they are. `progress` counts windows of
    all steps.
    """
    frames = told.known.speaking.shape[1]
    starts = window_starts(frames)
    length = starts[-1] + WINDOW
    drawn = torch.randn(2, length, STREAM, generator=torch.Generator().manual_seed(seed)).mul_(TEMPERATURE)
    noise = drawn.to(told.known.speaking)
    if kept is not None:
        stream, mask = kept
        kept = _stretched(model.normalised(stream), length), _stretched(mask.to(stream), length)
    known = replace(
        told.known, speaking=_stretched(told.known.speaking, length), mouth=_stretched(told.known.mouth, length)
    )
    with torch.inference_mode():
        understood = _understood(model, _stretched(told.heard, length), known)
    weight = _window_weight(model.offset.device)
    counted = 0

    def denoise(noisy: Tensor, level: float) -> Tensor:
        nonlocal counted
        total, share = torch.zeros_like(noisy), noisy.new_zeros(length, 1)
        for batch in _batches(starts):
            progress(counted, steps * len(starts))
            pieces = _windows(noisy, batch)
            clean = _guided(model, pieces, level, _windows(understood, batch), _known_windows(known, batch), guidance)
            for start, piece in zip(batch, clean, strict=True):
                total[:, start : start + WINDOW] += weight * piece
                share[start : start + WINDOW] += weight
            counted += len(batch)
        return total.div_(share)

    with torch.inference_mode():
        return model.raw(sample(denoise, noise, steps, kept))[:, :frames]


def window_starts(frames: int) -> list[int]:
    """First frames of the windows that cover `frames`; the last one may reach beyond."""
    more = max(0, -(-(frames - WINDOW) // STRIDE))
    return [STRIDE * index for index in range(more + 1)]


def _guided(
    model: Colocated, noisy: Tensor, level: float, understood: Tensor, known: Condition, guidance: Guidance
) -> Tensor:
    """The clean streams of a batch of windows, moved away from what they would be without the sound, or the place."""
    levels = noisy.new_full((len(noisy),), level)

    def clean(audio: float, staging: float) -> Tensor:
        with_audio, with_staging = levels.new_full(levels.shape, audio), levels.new_full(levels.shape, staging)
        condition = model.conditioning(understood, known, with_audio, with_staging)
        return model.denoise(noisy, levels, condition, known.mouth, with_audio)

    told = clean(1.0, 1.0)
    more = torch.zeros_like(told)
    if guidance.audio != 1.0:
        more += (guidance.audio - 1.0) * (told - clean(0.0, 1.0))
    if guidance.staging != 1.0:
        more += (guidance.staging - 1.0) * (told - clean(1.0, 0.0))
    more[..., MOUTH_IN_STREAM] = 0.0
    return told + more


def _understood(model: Colocated, heard: Tensor, known: Condition) -> Tensor:
    """[2, T, D] of everything that is `heard`, piece by piece, each with what can be heard from it; T even."""
    frames, pieces = heard.shape[1], []
    for start in range(0, frames, _PIECE):
        before = min(REACH, start)
        around = slice(start - before, start + _PIECE + REACH)
        piece = (one[None, :, around].float() for one in (heard, known.mouth, known.speaking))
        understood = model.conditioning.listening(*piece)
        pieces.append(understood[0, :, before : before + _PIECE].to(heard))
    return torch.cat(pieces, dim=1)


def _known_windows(known: Condition, starts: Sequence[int]) -> Condition:
    """A batch of windows: [2, …] → [K, 2, …]."""
    whole = (one.expand(len(starts), *one.shape) for one in (known.traits, known.mood, known.layout))
    return Condition(_windows(known.speaking, starts), _windows(known.mouth, starts), *whole)


def _windows(rows: Tensor, starts: Sequence[int]) -> Tensor:
    """A batch of windows as float32: [2, T, …] → [K, 2, 256, …]."""
    return torch.stack([rows[:, start : start + WINDOW] for start in starts]).float()


def _stretched(rows: Tensor, length: int) -> Tensor:
    """[2, T, …] → [2, length, …]; the last frame is repeated."""
    last = rows[:, -1:].expand(-1, length - rows.shape[1], *rows.shape[2:])
    return torch.cat((rows, last), dim=1)


def _window_weight(device: torch.device) -> Tensor:
    """[256, 1] 1 in the middle, falling off over what neighbours share, never 0."""
    shared = WINDOW - STRIDE
    place = torch.arange(WINDOW, device=device)
    edge = torch.minimum(place + 1, WINDOW - place)
    return (edge / (shared + 1)).clamp_max(1.0)[:, None]


def _batches(starts: Sequence[int]) -> Iterator[Sequence[int]]:
    for first in range(0, len(starts), _BATCH):
        yield starts[first : first + _BATCH]
