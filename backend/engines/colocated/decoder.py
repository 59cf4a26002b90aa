"""Decoding of a raw stream of 65 numbers a frame to one person's motion.

    mouth that was read ───────────────────────────────┬▶ assembled_face ─▶ expression, jaw
    stream ─┬─ expression less the lips ─▶ smoothed ───┤
            ├─ eyelids ─▶ blink onsets ────────────────┘
            ├─ eyes ─▶ gaze spells and fixations ─▶ rendered gaze ─▶ gaze
            ├─ neck ─▶ smoothed, less the share of the gaze that is learned ─▶ poses, gestures; accents of the voice;
            │          the head's share of the gaze, in time with the eyes ─▶ neck
            └─ translation ─▶ smoothed ─▶ sway

Diffusion gives smooth curves where a face moves in jumps: so a blink gets the length of a measured blink, a gaze rests
on one target and jumps to the next, and a gaze at the partner meets the partner's eyes, a direction that the staging
makes geometry of. T frames at 25 Hz.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.ndimage import median_filter

from ...animation.curves import smoothed
from ...animation.face_assembly import ReadMouth, assembled_face
from ...animation.gaze import Gaze, draw_fixations, head_share, render_gaze
from ...animation.head_following import head_goal
from ...contract.arkit import ARKIT_INDEX, SPOKEN_COMPONENTS
from ...contract.constants import FRAME_RATE
from ...contract.segments import runs_of
from ..acting import MUTE, Speaker, acted_brows, acted_head
from .stream import EXPRESSION, NECK, TRANSLATION, gaze_of

_BLINK_FROM: Final = 0.42
"""Lid closure of the stream, 0 to 1, above which it is a blink."""

_BLINKS_APART: Final = 0.3
"""Seconds between the beginnings of two blinks, at least."""

_CLOSING_FRAMES: Final = 2
"""Frames from a blink's beginning to shut lids."""

_AWAY_FROM, _BACK_WITHIN = np.radians(8.0), np.radians(5.5)
"""A gaze beyond the first is away until it is within the second. Streams waver by some 5°: with these the partner is
looked at as often as by those the model learned from."""

_LEAST_AWAY, _LEAST_BACK = 0.28, 0.44
"""Seconds below which a look away, or back, does not count (docs/developers/rehearsals.md)."""

_NEXT_TARGET: Final = np.radians(5.0)
"""Radians between the mean of a fixation and a gaze that belongs to the next target."""

_GAZE_FRAMES: Final = 9
"""Frames of the median filter over the gaze."""

_LEARNED_FOLLOWING: Final = 14
"""Frames in which the heads that the weights were trained on followed their eyes, by a raised cosine from the saccade
on. Heads of rehearsals follow by `head_share` now; once weights are trained on those, this rule goes."""

_FACE_SECONDS, _NECK_SECONDS, _SWAY_SECONDS = 0.1, 0.035, 0.3
"""Standard deviations of the smoothing of the upper face, the head and the trunk; with more, nods are smoothed away."""


@dataclass(frozen=True)
class Decoded:
    """Motion of one person, as in `Motion`."""

    expression: np.ndarray  # [T, 52]
    jaw: np.ndarray  # [T, 3] radians
    neck: np.ndarray  # [T, 3] radians
    gaze: np.ndarray  # [T, 2] radians
    sway: np.ndarray  # [T, 3] metres


def decode_person(
    stream: np.ndarray,
    mouth: ReadMouth,
    speaking: np.ndarray,
    rng: np.random.Generator,
    voice: Speaker = MUTE,
) -> Decoded:
    """Decode `stream` [T, 65] raw; `speaking` [T]. `rng` draws what is too fine for a stream: fixations, blink lengths.

    The mouth follows `mouth` and is as sharp; the stream adds the expression that is no speech. Head and brows stress
    what `voice` stresses.
    """
    other = stream[:, EXPRESSION].copy()  # [T, 52], beside speech
    other[:, SPOKEN_COMPONENTS] -= mouth.expression[:, SPOKEN_COMPONENTS]
    other = np.clip(smoothed(other, _FACE_SECONDS, axis=0), 0, 1)
    head_rng, brow_rng, face_rng = rng.spawn(3)  # their own, so that the gaze of a seed depends on none of them
    other = np.maximum(other, acted_brows(brow_rng, len(stream), voice))
    closed = (stream[:, ARKIT_INDEX["eyeBlinkLeft"]] + stream[:, ARKIT_INDEX["eyeBlinkRight"]]) / 2  # [T] 0 to 1
    onsets = blink_onsets(closed)  # [T]
    expression, jaw = assembled_face(
        mouth, other, onsets, speaking, face_rng, voice.stressed
    )  # [T, 52], [T, 3] radians
    gaze = gaze_of(stream)  # [T, 2] radians
    looks = settle_gaze(gaze, rng)
    posture = smoothed(stream[:, NECK], _NECK_SECONDS, axis=0) - _learned_share(gaze)  # [T, 3] radians
    neck = acted_head(head_rng, posture, voice) + head_share(looks)
    sway = smoothed(stream[:, TRANSLATION], _SWAY_SECONDS, axis=0)  # [T, 3] metres
    return Decoded(expression, jaw, neck.astype(np.float32), render_gaze(looks), sway.astype(np.float32))


def _learned_share(gaze: np.ndarray) -> np.ndarray:
    """[T, 3] radians of the head's rotation that go with `gaze` [T, 2] radians of a stream."""
    steady = median_filter(gaze, size=(_GAZE_FRAMES, 1), mode="nearest")
    goal = head_goal(np.where(np.linalg.norm(steady, axis=1, keepdims=True) > _BACK_WITHIN, steady, 0.0))
    kernel = np.hanning(_LEARNED_FOLLOWING + 2)[1:-1]
    padded = np.concatenate((np.repeat(goal[:1], _LEARNED_FOLLOWING - 1, axis=0), goal))
    turn = np.stack([np.convolve(column, kernel / kernel.sum(), mode="valid") for column in padded.T], axis=1)
    return np.stack((-turn[:, 1], turn[:, 0], np.zeros(len(turn))), axis=1)


def blink_onsets(lids: np.ndarray) -> np.ndarray:
    """Find where blinks begin: lid closure of a stream [T] → [T], 1 on the first frame of each blink."""
    onsets = np.zeros(len(lids), np.float32)
    last = -np.inf
    for first, stop in runs_of(lids > _BLINK_FROM):
        begin = max(first + int(lids[first:stop].argmax()) - _CLOSING_FRAMES, 0)
        if begin - last > _BLINKS_APART * FRAME_RATE:
            onsets[begin] = 1
            last = begin
    return onsets


def settle_gaze(gaze: np.ndarray, rng: np.random.Generator) -> Gaze:
    """Turn `gaze` [T, 2] radians of a stream into looks at the partner and away, with a fixation on each target."""
    steady = median_filter(gaze, size=(_GAZE_FRAMES, 1), mode="nearest")  # [T, 2]
    away = _aversions(np.linalg.norm(steady, axis=1))  # [T]
    target = np.zeros((len(gaze), 2))  # [T, 2] radians
    moves = np.zeros(len(gaze), np.float32)  # [T] 1 where a saccade begins
    moves[1:] = away[1:] != away[:-1]
    for first, stop in runs_of(away > 0):
        for begin, end in _fixations(steady[first:stop]):
            target[first + begin : first + end] = np.median(steady[first + begin : first + end], axis=0)
            moves[first + begin] = 1
    fixation, saccades = draw_fixations(rng, away, target)
    saccades[moves > 0] = 0
    return Gaze(away, target, fixation, moves, saccades)


def _aversions(angle: np.ndarray) -> np.ndarray:
    """Classify the gaze by its `angle` [T] to the partner: [T], 1 away and 0 at the partner, without short spells."""
    away = np.zeros(len(angle), bool)
    is_away = bool(len(angle)) and bool(angle[0] > _AWAY_FROM)
    for frame, radians in enumerate(angle.tolist()):
        is_away = radians > (_BACK_WITHIN if is_away else _AWAY_FROM)
        away[frame] = is_away
    for kind, least in ((False, _LEAST_BACK), (True, _LEAST_AWAY)):
        for first, stop in runs_of(away == kind):
            if stop - first < least * FRAME_RATE and first > 0 and stop < len(away):
                away[first:stop] = not kind
    return away.astype(np.float32)


def _fixations(path: np.ndarray) -> list[tuple[int, int]]:
    """Split `path` [n, 2] radians into fixations, first and stop frame of each; none is shorter than 0.24 s."""
    least = round(0.24 * FRAME_RATE)
    begins = [0]
    for frame in range(len(path)):
        centre = path[begins[-1] : frame + 1].mean(axis=0)
        if frame - begins[-1] >= least and np.linalg.norm(path[frame] - centre) > _NEXT_TARGET:
            begins.append(frame)
    if len(begins) > 1 and len(path) - begins[-1] < least:
        begins.pop()
    return list(zip(begins, [*begins[1:], len(path)], strict=True))
