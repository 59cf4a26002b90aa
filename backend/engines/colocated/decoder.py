"""From a stream of numbers to a person: lips shut where they must, lids shut wholly, eyes at what they look at.

Diffusion gives smooth curves that mean something sudden. A blink is a blink of the length that blinks have; a gaze
rests on something and jumps to the next thing; where it means the partner's eyes, it is at the partner's eyes, and
staging makes that geometry.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.ndimage import median_filter

from ...animation.blinks import draw_blink_lengths, render_blinks
from ...animation.gaze import Gaze, draw_fixations, render_gaze
from ...animation.lip_closure import settle_mouth
from ...animation.lip_smoothing import smoothed, steady_lips
from ...contract.arkit import ARKIT_INDEX, SPOKEN_COMPONENTS
from ...contract.constants import FRAME_RATE
from ...contract.runs import runs_of
from .stream import EXPRESSION, NECK, TRANSLATION, gaze_of

_BLINK_FROM: Final = 0.42
"""Lid closure of the stream that means a blink."""

_BLINKS_APART: Final = 0.3
_CLOSING_FRAMES: Final = 2
"""Frames from a blink's beginning to shut lids."""

_AWAY_FROM, _BACK_WITHIN = np.radians(8.0), np.radians(5.5)
"""A gaze beyond the first is away until it is within the second. Streams waver by some 5°: with these the partner is
looked at as often as by those the model learned from."""

_LEAST_AWAY, _LEAST_BACK = 0.28, 0.44
"""Seconds below which a look away, or back, is none (docs/developers/rehearsals.md)."""

_OTHER_THING: Final = np.radians(5.0)
"""A gaze that has moved so far from where it rests rests on something else."""

_GAZE_FRAMES: Final = 9
"""Frames whose median a gaze is, before it is told where it rests."""

_LIFE_SECONDS, _NECK_SECONDS, _SWAY_SECONDS = 0.1, 0.035, 0.3
"""Standard deviations of what keeps the face's life, the head and the trunk from trembling; more of the head's, and
nods are smoothed away."""


@dataclass(frozen=True)
class Read:
    """What the lip reader says of one person: `expression` [T, 52], `jaw`, `closure` and `touch` [T]."""

    expression: np.ndarray
    jaw: np.ndarray
    closure: np.ndarray
    touch: np.ndarray


@dataclass(frozen=True)
class Decoded:
    """One person as in `Motion`: `expression` [T, 52], `jaw`, `neck` and `sway` [T, 3], `gaze` [T, 2]."""

    expression: np.ndarray
    jaw: np.ndarray
    neck: np.ndarray
    gaze: np.ndarray
    sway: np.ndarray


def decode_person(stream: np.ndarray, read: Read, speaking: np.ndarray, rng: np.random.Generator) -> Decoded:
    """`stream` [T, 65] raw, `speaking` [T]; `rng` draws what is too fine for a stream, fixations and blinks' lengths.

    The mouth follows the lip reader and is as sharp as there; the stream adds what a face does beside speaking.
    """
    lips, opening = steady_lips(read.expression, read.jaw, speaking)
    expression, opening = settle_mouth(lips, opening, read.closure, read.touch, _life(stream, read.expression))
    blinks = blink_onsets(_lids(stream))
    lids = render_blinks(blinks, draw_blink_lengths(rng, blinks, tempo=1.0))
    for side in ("Left", "Right"):
        expression[:, ARKIT_INDEX[f"eyeBlink{side}"]] = lids
        expression[:, ARKIT_INDEX[f"eyeWide{side}"]] *= 1 - lids
    jaw = np.zeros((len(stream), 3), np.float32)
    jaw[:, 0] = opening
    neck = smoothed(stream[:, NECK], _NECK_SECONDS)
    sway = smoothed(stream[:, TRANSLATION], _SWAY_SECONDS)
    gaze = render_gaze(settle_gaze(gaze_of(stream), rng))
    return Decoded(expression, jaw, neck.astype(np.float32), gaze, sway.astype(np.float32))


def blink_onsets(lids: np.ndarray) -> np.ndarray:
    """[T] lid closure of a stream → [T] 1 on the frames where a blink begins."""
    onsets = np.zeros(len(lids), np.float32)
    last = -np.inf
    for first, stop in runs_of(lids > _BLINK_FROM):
        begin = max(first + int(lids[first:stop].argmax()) - _CLOSING_FRAMES, 0)
        if begin - last > _BLINKS_APART * FRAME_RATE:
            onsets[begin] = 1
            last = begin
    return onsets


def settle_gaze(gaze: np.ndarray, rng: np.random.Generator) -> Gaze:
    """`gaze` [T, 2] radians of a stream → looks at the partner and away, resting on one thing after the other."""
    steady = median_filter(gaze, size=(_GAZE_FRAMES, 1), mode="nearest")
    away = _spells(np.linalg.norm(steady, axis=1))
    target = np.zeros((len(gaze), 2))
    moves = np.zeros(len(gaze), np.float32)
    moves[1:] = away[1:] != away[:-1]
    for first, stop in runs_of(away > 0):
        for begin, end in _things(steady[first:stop]):
            target[first + begin : first + end] = np.median(steady[first + begin : first + end], axis=0)
            moves[first + begin] = 1
    fixation, saccades = draw_fixations(rng, away, target)
    saccades[moves > 0] = 0
    return Gaze(away, target, fixation, moves, saccades)


def _spells(size: np.ndarray) -> np.ndarray:
    """[T] 1 away and 0 at the partner, from how far off the gaze is, without scraps."""
    away = np.zeros(len(size), bool)
    is_away = bool(len(size)) and bool(size[0] > _AWAY_FROM)
    for frame, off in enumerate(size.tolist()):
        is_away = off > (_BACK_WITHIN if is_away else _AWAY_FROM)
        away[frame] = is_away
    for kind, least in ((False, _LEAST_BACK), (True, _LEAST_AWAY)):
        for first, stop in runs_of(away == kind):
            if stop - first < least * FRAME_RATE and first > 0 and stop < len(away):
                away[first:stop] = not kind
    return away.astype(np.float32)


def _things(path: np.ndarray) -> list[tuple[int, int]]:
    """Stretches of `path` [n, 2] that rest on one thing each; none shorter than a fixation."""
    least = round(0.24 * FRAME_RATE)
    begins = [0]
    for frame in range(len(path)):
        centre = path[begins[-1] : frame + 1].mean(axis=0)
        if frame - begins[-1] >= least and np.linalg.norm(path[frame] - centre) > _OTHER_THING:
            begins.append(frame)
    if len(begins) > 1 and len(path) - begins[-1] < least:
        begins.pop()
    return list(zip(begins, [*begins[1:], len(path)], strict=True))


def _life(stream: np.ndarray, spoken: np.ndarray) -> np.ndarray:
    """[T, 52] what the face does beside speaking: the stream, less what the lip reader said of the mouth."""
    life = stream[:, EXPRESSION].copy()
    life[:, SPOKEN_COMPONENTS] -= spoken[:, SPOKEN_COMPONENTS]
    return np.asarray(np.clip(smoothed(life, _LIFE_SECONDS), 0, 1))


def _lids(stream: np.ndarray) -> np.ndarray:
    return np.asarray((stream[:, ARKIT_INDEX["eyeBlinkLeft"]] + stream[:, ARKIT_INDEX["eyeBlinkRight"]]) / 2)
