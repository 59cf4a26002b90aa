"""Whether gaze has a logic: how long people look away, whether they look when it counts, and how the head follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from backend.animation.moments import Moments
from backend.contract.constants import FRAME_RATE
from backend.contract.segments import runs_of
from backend.staging.rotation import wrapped, yaw_and_pitch

CONTACT: Final = np.radians(8.0)
"""Radians from the partner's eyes within which somebody has not looked away: a face spans as much at a metre."""

_SAME_SPOT: Final = np.radians(3.0)
"""Radians within which eyes rest on one spot; the partner's own sway at a metre takes 1–2 of them."""

_JUMP: Final = np.radians(3.0)
"""Radians a frame from which eyes jump: 75 °/s, faster than any head in talk."""

_WORTH_FOLLOWING: Final = np.radians(10.0)
_LARGE: Final = np.radians(20.0)
_TURNED: Final = np.radians(1.5)
"""Radians from which a gaze shift is followed by the head, goes with a blink, and from which a head has turned."""

_BEFORE, _AFTER = 0.5, 1.0
_SETTLED: Final = 0.35
_MOVING: Final = 0.1
"""Seconds around a gaze shift in which the head's turn is looked for; after its end until it has settled; and the share
of its peak speed from which it moves."""

_LOST: Final = 3.0
"""Seconds after which an onset has not been answered."""

_AT_ENDS: Final = (0.3, 0.2)
_MOSTLY: Final = 0.8
"""Seconds before and after a last word, and share of them in which the eyes must be at the partner."""

_BLINK_NEAR: Final = 0.2


def looks_away(angle: np.ndarray, fps: float) -> np.ndarray:
    """[N] seconds of each look away in `angle` [T] radians to the partner."""
    return np.array([(stop - start) / fps for start, stop in runs_of(angle > CONTACT)])


def longest_spot(sight: np.ndarray, to_partner: np.ndarray, fps: float) -> float:
    """Seconds for which eyes that look away rest on one spot, at most; `sight`, `to_partner` [T, 3]."""
    yaw, pitch = yaw_and_pitch(sight)
    partner_yaw, partner_pitch = yaw_and_pitch(to_partner)
    place = np.stack([wrapped(yaw - partner_yaw), pitch - partner_pitch], axis=-1)  # [T, 2]
    longest = 0
    for start, stop in runs_of(np.linalg.norm(place, axis=-1) > CONTACT):
        begin = start
        for frame in range(start, stop):
            if np.linalg.norm(place[frame] - place[begin : frame + 1].mean(axis=0)) > _SAME_SPOT:
                begin = frame
            longest = max(longest, frame + 1 - begin)
    return longest / fps


def contact_at_last_words(angle: np.ndarray, moments: Moments, person: int, fps: float) -> float:
    """Share of the turns that `person` lands in eye contact, 0.3 s before their end to 0.2 s after; nan without any."""
    found = []
    for said in moments.utterances[person]:
        if said.last:
            end = said.stop * fps / FRAME_RATE
            first, last = max(round(end - _AT_ENDS[0] * fps), 0), round(end + _AT_ENDS[1] * fps)
            found.append((angle[first:last] <= CONTACT).mean() >= _MOSTLY)
    return float(np.mean(found)) if found else float("nan")


def answer_seconds(angle: np.ndarray, onsets: Sequence[int], fps: float) -> np.ndarray:
    """[N] seconds until the eyes are at the partner after each of `onsets` (frames at FRAME_RATE) at which they were
    not; inf where they do not come within 3 s.
    """
    found = []
    for onset in onsets:
        frame = round(onset * fps / FRAME_RATE)
        if frame < len(angle) and angle[frame] > CONTACT:
            there = np.flatnonzero(angle[frame : frame + round(_LOST * fps)] <= CONTACT)
            found.append(there[0] / fps if len(there) else np.inf)
    return np.array(found)


@dataclass(frozen=True)
class HeadTurn:
    """A turn of the head with a gaze shift of `degrees`: `lag` seconds after the eyes, negative where it comes first;
    `seconds` long; `overshoot` as a share of it, nan where the eyes move on before it has settled.
    """

    degrees: float
    lag: float
    seconds: float
    overshoot: float


def gaze_shifts(sight: np.ndarray) -> list[tuple[int, int]]:
    """Frames of the jumps in `sight` [T, 3] unit: the first and the last frame on which the eyes have moved."""
    step = np.arccos(np.clip((sight[1:] * sight[:-1]).sum(axis=-1), -1.0, 1.0))  # [T - 1]
    return [(start + 1, stop) for start, stop in runs_of(step > _JUMP)]


def head_turns(sight: np.ndarray, head: np.ndarray, fps: float) -> list[HeadTurn]:
    """How the head goes along with each gaze shift of 10° and more; `sight` [T, 3] unit, `head` [T, 3, 3].

    Along the shift's own direction; shifts with which the head hardly turns are left out.
    """
    eyes = np.stack(yaw_and_pitch(sight), axis=-1)
    face = np.stack(yaw_and_pitch(head[:, :, 2]), axis=-1)  # [T, 2] radians
    face[:, 0] = np.unwrap(face[:, 0])
    shifts = gaze_shifts(sight)
    found = []
    for index, (first, last) in enumerate(shifts):
        way = eyes[last] - eyes[first - 1]
        way[0] = wrapped(way[0])
        size = float(np.linalg.norm(way))
        begin = max(first - round(_BEFORE * fps), shifts[index - 1][1] if index else 0)
        end = min(first + round(_AFTER * fps), shifts[index + 1][0] if index + 1 < len(shifts) else len(face))
        if size < _WORTH_FOLLOWING or end - begin < 3:  # noqa: PLR2004  (a speed needs three frames)
            continue
        turn = _turn(face[begin:end] @ (way / size), first - begin, fps)
        if turn is not None:
            found.append(HeadTurn(float(np.degrees(size)), *turn))
    return found


def _turn(path: np.ndarray, eyes: int, fps: float) -> tuple[float, float, float] | None:
    """Lag, seconds and overshoot of the fastest turn in `path` [n] radians; the eyes jump on frame `eyes`."""
    speed = np.diff(path)  # [n - 1] from each frame to the next
    peak = int(speed.argmax())
    slow = speed < _MOVING * speed[peak]
    before, after = np.flatnonzero(slow[:peak]), np.flatnonzero(slow[peak:])
    start = int(before[-1]) + 1 if len(before) else 0
    stop = peak + int(after[0]) if len(after) else len(speed)
    turned = float(path[stop] - path[start])
    if turned < _TURNED:
        return None
    settled = stop + round(_SETTLED * fps)
    overshoot = float(path[stop : settled + 1].max() - path[settled]) / turned if settled < len(path) else float("nan")
    return (start - eyes) / fps, (stop - start) / fps, overshoot


def blinks_with_large_shifts(sight: np.ndarray, blinks: np.ndarray, fps: float) -> float:
    """Share of the gaze shifts of 20° and more within 0.2 s of which the lids are shut; `blinks` [N] seconds."""
    found = []
    for first, last in gaze_shifts(sight):
        cosine = float(np.clip(sight[last] @ sight[first - 1], -1.0, 1.0))
        if np.arccos(cosine) >= _LARGE:
            found.append(bool((np.abs(blinks - first / fps) <= _BLINK_NEAR).any()))
    return float(np.mean(found)) if found else float("nan")


def gaze_numbers(
    sight: np.ndarray,
    to_partner: np.ndarray,
    head: np.ndarray,
    blinks: np.ndarray,
    moments: Moments,
    person: int,
    fps: float,
) -> dict[str, float]:
    """Every number of this module about one person, by its name in measures.toml; nan where there is nothing to see.

    `sight` [T, 3] unit, `to_partner` [T, 3], `head` [T, 3, 3] in the scene, `blinks` [N] seconds.
    """
    there = to_partner / np.maximum(np.linalg.norm(to_partner, axis=-1, keepdims=True), 1e-9)
    angle = np.arccos(np.clip((sight * there).sum(axis=-1), -1.0, 1.0))
    looks, turns = looks_away(angle, fps), head_turns(sight, head, fps)
    answers, looks_up = (
        answer_seconds(angle, onsets, fps) for onsets in (moments.interruptions_of(person), moments.onsets_for(person))
    )
    return {
        "away": float((angle > CONTACT).mean()) if len(angle) else float("nan"),
        "look_away_seconds": _median(looks),
        "longest_spot": longest_spot(sight, to_partner, fps),
        "contact_at_last_words": contact_at_last_words(angle, moments, person, fps),
        "answers_interruptions": _median(answers),
        "answers_onsets": _median(looks_up),
        "head_after_eyes": _median([turn.lag for turn in turns]),
        "head_turn_seconds": _median([turn.seconds for turn in turns]),
        "head_overshoot": _median([turn.overshoot for turn in turns]),
        "blinks_with_large_shifts": blinks_with_large_shifts(sight, blinks, fps),
    }


def _median(values: Sequence[float] | np.ndarray) -> float:
    known = np.asarray(values)[~np.isnan(values)]
    return float(np.median(known)) if len(known) else float("nan")
