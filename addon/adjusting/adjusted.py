"""A take as both people's sliders want it. No bpy here."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from ...backend.contract.arkit import ARKIT_INDEX, ARKIT_NAMES
from ...backend.contract.constants import JOINT_NAMES
from ...backend.contract.performance import Performance
from ..retargeting.rotation import axis_angles, quaternions, resampled, resampled_quaternions
from .adjustment import AS_GENERATED, Adjustment, Adjustments, changes_of
from .blinks import adjusted_blinks
from .eye_contact import EYES, NECK, look_along, with_eye_contact
from .gaze import adjusted_gaze, gaze_of, has_gaze, looking
from .mouth import adjusted_mouth
from .slow_motion import MIRROR, about_slow, smooth_turning, smoothed, turning

_SLOW: Final = 1.0
"""Seconds, the standard deviation of the bell under which the slow pose is found."""
_SMOOTHEST: Final = 0.35
"""Seconds, the same at 1 of the brows' and the head's smoothing."""
_JAW: Final = JOINT_NAMES.index("jaw")
_UPPER: Final = [
    index
    for index, name in enumerate(ARKIT_NAMES)
    if name.startswith(("brow", "cheekSquint", "eyeSquint", "eyeWide", "noseSneer"))
]
_LIDS: Final = [ARKIT_INDEX["eyeBlinkLeft"], ARKIT_INDEX["eyeBlinkRight"]]
_MOUTH: Final = ("lips", "jaw", "smooth_mouth")
_BROWS: Final = ("upper_face", "liveliness", "smooth_brows")
_HEAD: Final = ("head", "liveliness", "smooth_head", "mirrored")
_BLINKS: Final = ("blink_rate", "blink_strength")
_GLANCES: Final = ("gaze", "liveliness", "smooth_eyes", "mirrored")


def names_its_parts(performance: Performance) -> bool:
    """Whether the take's expression is in ARKit's terms; of FLAME's numbers nobody knows which are lips or lids."""
    return performance.expression.shape[2] == len(ARKIT_NAMES) and not performance.face.startswith("flame")


def adjusted(performance: Performance, adjustments: Adjustments) -> Performance:
    """`performance` with everything but the offset, which moves a person in time (`at_offsets`); itself as generated.

    Of a take in FLAME's numbers the lips' amount is that of the whole expression, and upper face, blinks and smoothing
    of the face do nothing. Eyes go on looking where they looked, seen from the partner's, whatever the heads do.
    """
    if all(_same_but_offset(one) for one in adjustments) and adjustments[0].offset == adjustments[1].offset:
        return performance
    expression = [_expression(performance, person, one) for person, one in enumerate(adjustments)]
    pose = np.stack([_pose(performance, person, one) for person, one in enumerate(adjustments)])
    if names_its_parts(performance):
        for person, one in enumerate(adjustments):
            if _changes(one, _MOUTH):
                expression[person], pose[person, :, _JAW] = adjusted_mouth(
                    expression[person], pose[person, :, _JAW], one, performance.fps
                )
    else:
        for person, one in enumerate(adjustments):
            expression[person] *= one.lips
            pose[person, :, _JAW] *= one.jaw
    moved = replace(performance, expression=np.stack(expression), pose=pose)
    for person, one in enumerate(adjustments):
        moved = _with_gaze(performance, moved, person, one, adjustments[1 - person])
    for person, one in enumerate(adjustments):
        moved = with_eye_contact(moved, person, min(one.eye_contact, 1.0))
    return moved


def as_adjusted(performance: Performance, adjustments: Adjustments) -> Performance:
    """All that the sliders ask for, the offset too, on the take's own frames; what an export shows.

    `meta` says so, under "adjusted". Itself as generated.
    """
    told = at_offsets(adjusted(performance, adjustments), adjustments)
    if told is performance:
        return performance
    return replace(told, meta=performance.meta | {"adjusted": [changes_of(one) for one in adjustments]})


def at_offsets(performance: Performance, adjustments: Adjustments) -> Performance:
    """`performance` with each person as much later as their offset says; what comes before and after is held."""
    if not any(one.offset for one in adjustments):
        return performance
    moments = np.arange(performance.frame_count)
    at = [moments - one.offset * performance.fps for one in adjustments]  # [T] fractional frames each
    pose = np.empty(performance.pose.shape)
    for person in (0, 1):
        for joint in range(len(JOINT_NAMES)):
            turns = quaternions(performance.pose[person, :, joint].astype(np.float64))
            pose[person, :, joint] = axis_angles(resampled_quaternions(turns, at[person]))
    both = {
        name: np.stack([resampled(getattr(performance, name)[person], at[person]) for person in (0, 1)])
        for name in ("expression", "translation")
    }
    speaking = np.stack([resampled(performance.speaking[person][:, None], at[person])[:, 0] for person in (0, 1)])
    return replace(performance, pose=pose, speaking=speaking, **both)


def _expression(performance: Performance, person: int, adjustment: Adjustment) -> np.ndarray:
    """[T, E] but for the mouth."""
    found = np.array(performance.expression[person], np.float64)
    if not names_its_parts(performance):
        return found
    fps = performance.fps
    if _changes(adjustment, _BROWS):
        upper = smoothed(found[:, _UPPER], adjustment.smooth_brows * _SMOOTHEST * fps)
        upper = about_slow(upper, adjustment.liveliness, _SLOW * fps) * adjustment.upper_face
        before = performance.expression[person][:, _UPPER]
        found[:, _UPPER] = np.clip(upper, np.minimum(before.min(axis=0), 0.0), np.maximum(before.max(axis=0), 1.0))
    if _changes(adjustment, _BLINKS):
        seed = performance.meta.get("seed")
        found[:, _LIDS] = adjusted_blinks(
            found[:, _LIDS],
            performance.pose[person][:, EYES[0]],
            performance.speaking[person],
            fps,
            adjustment.blink_rate,
            adjustment.blink_strength,
            [seed if isinstance(seed, int) and seed >= 0 else 0, person],
        )
    return found[:, _OTHER_SIDE] if adjustment.mirrored else found


def _pose(performance: Performance, person: int, adjustment: Adjustment) -> np.ndarray:
    """[T, 5, 3] but for the jaw's amount and the eyes."""
    pose = np.array(performance.pose[person], np.float64)
    fps = performance.fps
    if adjustment.smooth_head:
        pose[:, NECK] = smooth_turning(pose[:, NECK], adjustment.smooth_head * _SMOOTHEST * fps)
    if _changes(adjustment, ("head", "liveliness", "mirrored")):
        pose[:, NECK] = turning(
            pose[:, NECK], adjustment.head, adjustment.liveliness, _SLOW * fps, mirrored=adjustment.mirrored
        )
    if adjustment.mirrored:
        pose[:, _JAW] *= MIRROR
    return pose


def _with_gaze(
    before: Performance, moved: Performance, person: int, own: Adjustment, partner: Adjustment
) -> Performance:
    """`moved` with the person's eyes where they looked in the take `before`, or where `own` wants them."""
    contact = max(own.eye_contact - 1.0, 0.0)
    later = own.offset - partner.offset
    heads = _changes(own, _HEAD) or _changes(partner, _HEAD) or later
    if not (heads or contact or _changes(own, _GLANCES)) or not has_gaze(before, person):
        return moved
    gaze = gaze_of(before, person)
    if _changes(own, _GLANCES):
        gaze = adjusted_gaze(gaze, own, before.fps)
    former = before.pose[person][:, EYES]
    if own.mirrored:
        former = former[:, ::-1] * MIRROR
    eyes, left, up = looking(moved, person, gaze, former, contact, later)
    pose, expression = moved.pose.copy(), moved.expression.copy()
    pose[person][:, EYES] = eyes
    if names_its_parts(moved):
        look_along(expression[person], left, up)
    return replace(moved, pose=pose, expression=expression)


def _changes(adjustment: Adjustment, names: tuple[str, ...]) -> bool:
    return any(getattr(adjustment, name) != getattr(AS_GENERATED, name) for name in names)


def _same_but_offset(adjustment: Adjustment) -> bool:
    return replace(adjustment, offset=0.0) == AS_GENERATED


def _opposite(name: str) -> str:
    for side, other in (("Left", "Right"), ("Right", "Left")):
        if name.endswith(side):
            return name.removesuffix(side) + other
    return name


_OTHER_SIDE: Final = [ARKIT_INDEX[_opposite(name)] for name in ARKIT_NAMES]
"""For each component, where its like on the other side is."""
