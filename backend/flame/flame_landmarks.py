"""Landmarks, eyes and masks of a FLAME head, found by what its vertices do and where they lie, not by their numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.spatial import cKDTree

from ..open_head.eyeball import IRIS_ANGLE, PUPIL_ANGLE, sphere_fit

_PUPIL_RADIUS, _IRIS_RADIUS = 0.0022, 0.0060
"""Metres, of people's; on which ring of a ball they end depends on how large a head's maker made the ball."""
_USUAL_EYES_APART: Final = 0.0625
"""Metres; every other length here is that of a head whose eyes are this far apart, and is scaled with them."""
_OPENING: Final = 0.25
"""Radians by which the jaw is turned to see which lip follows it."""
_LIPS_NEAR: Final = 0.006
_LIPS_PART: Final = 0.3
"""Share of the jaw's largest motion by which two neighbours must part to be the two lips."""
_CORNER_PART: Final = 0.25
_MIDLINE: Final = 0.004
_MOUTH_HALF: Final = 0.05
"""Metres from the midline within which the mouth's corners are sought."""
_USUAL_MOUTH: Final = (0.032, 0.024)
"""Metres from the nose's tip down to the mouth, and from its middle to its corners, where no lips part."""
_LIP_HEIGHTS: Final = (0.16, 0.20)
"""Heights of the red of the upper and the lower lip, as shares of the mouth's width."""
_LID_STRIP: Final = 0.004
_LID_REACH: Final = 0.006
_RING_GAP: Final = 0.03
"""Radians; eyeball vertices whose angles differ by less are one ring."""


@dataclass(frozen=True)
class HeadShape:
    """What landmarks are found from: `template` [V, 3] metres, `opened` [V, 3] metres that an opening mouth moves them.

    `eyes` name of the side → vertices of that eyeball; `skin` all others; `eyes_apart` metres.
    """

    template: np.ndarray
    opened: np.ndarray
    eyes: dict[str, np.ndarray]
    skin: np.ndarray
    eyes_apart: float

    @property
    def scale(self) -> float:
        """Size of this head divided by a usual head's."""
        return self.eyes_apart / _USUAL_EYES_APART


def head_shape(template: np.ndarray, weights: np.ndarray, joints: np.ndarray, expression: np.ndarray) -> HeadShape:
    """From `template` [V, 3], `weights` [V, 5], `joints` [5, 3] and `expression` [V, 3, E].

    A model without a jaw opens its mouth by the expression component that parts neighbours most.
    """
    eyes = {side: np.flatnonzero(weights[:, joint] > 0.5) for side, joint in (("left", 3), ("right", 4))}  # noqa: PLR2004
    skin = np.flatnonzero((weights[:, 3] <= 0.5) & (weights[:, 4] <= 0.5))  # noqa: PLR2004
    apart = float(np.linalg.norm(joints[3] - joints[4]))
    shape = HeadShape(template, np.zeros_like(template), eyes, skin, apart)
    if weights[:, 2].max() > 0.5:  # noqa: PLR2004
        reach = (template - joints[2])[:, [1, 2]]
        cosine, sine = np.cos(_OPENING), np.sin(_OPENING)
        turned = np.c_[template[:, 0], reach @ [[cosine, sine], [-sine, cosine]] + joints[2, [1, 2]]]
        return HeadShape(template, weights[:, 2:3] * (turned - template), eyes, skin, apart)
    first, second = _neighbours(shape, _MIDLINE)
    parting = (expression[first, 1] - expression[second, 1]).T  # [E, pairs]
    if not parting.size:
        return shape
    component = int(np.abs(parting).max(axis=1).argmax())
    opened = expression[:, :, component] / max(float(np.abs(parting[component]).max()), 1e-9) * 0.02 * shape.scale
    lowest = opened[:, 1].min() < -opened[:, 1].max()
    return HeadShape(template, opened if lowest else -opened, eyes, skin, apart)


def landmarks(shape: HeadShape) -> dict[str, int]:
    """Name → vertex, after the open head's names; what cannot be found is left out."""
    found = _mouth(shape)
    for side in shape.eyes:
        found |= _lids(shape, side)
    if "lip_upper_inner" in found:
        found |= _profile(shape, shape.template[found["lip_upper_inner"]])
    return found


def lips_mask(shape: HeadShape, found: dict[str, int]) -> np.ndarray:
    """[V] 0 to 1: the red of the lips, between the outline's landmarks."""
    mask = np.zeros(len(shape.template), np.float32)
    if "mouth_left" not in found:
        return mask
    points = {name: shape.template[vertex] for name, vertex in found.items()}
    left, right = points["mouth_left"], points["mouth_right"]
    middle, half = 0.5 * (left + right), max(0.5 * abs(float(left[0] - right[0])), 1e-3)
    across = np.clip(np.abs(shape.template[:, 0] - middle[0]) / half, 0.0, 1.0)
    seam = (1.0 - across) * points["lip_upper_inner"][1] + across * middle[1]
    above = shape.template[:, 1] - seam
    bow = np.sqrt(1.0 - across**2)
    upper = points["lip_upper_outer"][1] - points["lip_upper_inner"][1]
    lower = points["lip_lower_inner"][1] - points["lip_lower_outer"][1]
    reach = np.where(above > 0, upper, lower) * bow
    edge = 0.0015 * shape.scale
    front = shape.template[:, 2] > middle[2] - 0.012 * shape.scale
    mask[shape.skin] = np.clip(0.5 + (reach - np.abs(above)) / (2.0 * edge), 0.0, 1.0)[shape.skin]
    mask *= front & (across < 1.0)
    return mask


def eye_angles(shape: HeadShape) -> np.ndarray:
    """[V] radians from the line of sight, 0 off the eyes, drawn so that iris and pupil end at the open head's angles.

    FLAME's eyeballs are rings around a pole in front; the rings nearest to a real iris and pupil become their borders.
    """
    angles = np.zeros(len(shape.template), np.float32)
    for vertices in shape.eyes.values():
        points = shape.template[vertices]
        centre, radius = sphere_fit(points)
        outward = points - centre
        outward /= np.maximum(np.linalg.norm(outward, axis=1, keepdims=True), 1e-9)
        angle = np.arccos(np.clip(outward[:, 2], -1.0, 1.0))
        pupil, iris = (
            _ring_border(angle, float(np.arcsin(min(0.9, size * shape.scale / radius))))
            for size in (_PUPIL_RADIUS, _IRIS_RADIUS)
        )
        if pupil < iris:
            angle = np.interp(angle, [0.0, pupil, iris, np.pi], [0.0, PUPIL_ANGLE, IRIS_ANGLE, np.pi])
        angles[vertices] = angle
    return angles


def _ring_border(angle: np.ndarray, wanted: float) -> float:
    """The largest angle within the ring of vertices that is nearest to `wanted`."""
    ordered = np.sort(angle)
    nearest = int(np.abs(ordered - wanted).argmin())
    gaps = np.flatnonzero(np.diff(ordered[nearest:]) > _RING_GAP)
    border = float(ordered[nearest + gaps[0]]) if len(gaps) else wanted
    return border if abs(border - wanted) < 0.5 * wanted else wanted


def _between_eyes(shape: HeadShape) -> np.ndarray:
    return np.asarray(np.mean([shape.template[vertices].mean(axis=0) for vertices in shape.eyes.values()], axis=0))


def _neighbours(shape: HeadShape, aside: float) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of skin vertices that are `_LIPS_NEAR`, below the eyes, in front, and within `aside` of the midline."""
    eyes = _between_eyes(shape)
    points = shape.template[shape.skin]
    front = (points[:, 2] > eyes[2]) & (points[:, 1] < eyes[1] - 0.02 * shape.scale)
    chosen = shape.skin[front & (np.abs(points[:, 0] - eyes[0]) < aside * shape.scale)]
    pairs = cKDTree(shape.template[chosen]).query_pairs(_LIPS_NEAR * shape.scale, output_type="ndarray")
    return chosen[pairs[:, 0]], chosen[pairs[:, 1]]


def _lip_pairs(shape: HeadShape, aside: float, part: float) -> tuple[np.ndarray, np.ndarray]:
    """Upper and lower vertices of pairs that the opening mouth parts."""
    first, second = _neighbours(shape, aside)
    drop = shape.opened[:, 1]
    parting = drop[first] - drop[second]
    swap = parting < 0
    upper, lower = np.where(swap, second, first), np.where(swap, first, second)
    chosen = np.abs(parting) > part * np.abs(drop).max()
    return upper[chosen], lower[chosen]


def _mouth(shape: HeadShape) -> dict[str, int]:
    found = _seam(shape) or _usual_mouth(shape)
    if not found:
        return {}
    points = shape.template
    width = float(points[found["mouth_left"], 0] - points[found["mouth_right"], 0])
    for side, way, share in (("upper", 1.0, _LIP_HEIGHTS[0]), ("lower", -1.0, _LIP_HEIGHTS[1])):
        target = points[found[f"lip_{side}_inner"]] + np.array([0.0, way * share * width, 0.002 * shape.scale])
        found[f"lip_{side}_outer"] = _nearest(shape, target)
    return found


def _seam(shape: HeadShape) -> dict[str, int]:
    """Where the lips touch in the middle and at the corners: neighbours that the opening mouth parts."""
    points = shape.template
    upper, lower = _lip_pairs(shape, _MIDLINE, _LIPS_PART)
    if not len(upper):
        return {}
    gap = np.linalg.norm(points[upper] - points[lower], axis=1)
    aside = np.abs(points[upper, 0]) + np.abs(points[lower, 0])
    best = int(np.argmin(gap + aside - 0.3 * (points[upper, 2] + points[lower, 2])))
    inner = np.array([upper[best], lower[best]])
    seam = np.unique(np.r_[(*_lip_pairs(shape, _MOUTH_HALF, _CORNER_PART), inner)])
    seam = seam[np.abs(points[seam, 1] - points[inner, 1].mean()) < 0.015 * shape.scale]
    return {
        "lip_upper_inner": int(inner[0]),
        "lip_lower_inner": int(inner[1]),
        "mouth_left": int(seam[points[seam, 0].argmax()]),
        "mouth_right": int(seam[points[seam, 0].argmin()]),
    }


def _usual_mouth(shape: HeadShape) -> dict[str, int]:
    """For a head whose mouth nothing opens: where a mouth usually is below a nose."""
    eyes = _between_eyes(shape)
    nose = _foremost(shape, eyes[1] - 0.06 * shape.scale, eyes[1])
    if nose is None:
        return {}
    down, aside = (length * shape.scale for length in _USUAL_MOUTH)
    middle = shape.template[nose] - np.array([0.0, down, 0.01 * shape.scale])
    places = {
        "lip_upper_inner": (0.0, 0.001, 0.0),
        "lip_lower_inner": (0.0, -0.004, 0.0),
        "mouth_left": (aside, 0.0, -0.01),
        "mouth_right": (-aside, 0.0, -0.01),
    }
    return {name: _nearest(shape, middle + np.array(place)) for name, place in places.items()}


def _nearest(shape: HeadShape, target: np.ndarray) -> int:
    return int(shape.skin[np.linalg.norm(shape.template[shape.skin] - target, axis=1).argmin()])


def _lids(shape: HeadShape, side: str) -> dict[str, int]:
    """The margins above and below the pupil: of the skin near the eyeball the lowest above it and the highest below."""
    centre, radius = sphere_fit(shape.template[shape.eyes[side]])
    offset = shape.template[shape.skin] - centre
    reach = np.linalg.norm(offset, axis=1)
    near = (np.abs(offset[:, 0]) < _LID_STRIP * shape.scale) & (reach < radius + _LID_REACH * shape.scale)
    near &= offset[:, 2] > 0.3 * radius
    rise = np.arctan2(offset[:, 1], offset[:, 2])
    found = {}
    for name, way in (("upper", 1.0), ("lower", -1.0)):
        candidates = np.flatnonzero(near & (way * rise > 0))
        if len(candidates):
            best = candidates[(way * rise + np.abs(offset[:, 0]) / radius)[candidates].argmin()]
            found[f"eyelid_{name}_{side}"] = int(shape.skin[best])
    return found


def _foremost(shape: HeadShape, low: float, high: float) -> int | None:
    """The vertex of the midline with the largest Z between two heights."""
    points = shape.template[shape.skin]
    midline = np.abs(points[:, 0] - _between_eyes(shape)[0]) < _MIDLINE * shape.scale
    within = np.flatnonzero(midline & (points[:, 1] > low) & (points[:, 1] < high))
    return int(shape.skin[within[points[within, 2].argmax()]]) if len(within) else None


def _profile(shape: HeadShape, mouth: np.ndarray) -> dict[str, int]:
    """Along the midline, after `landmarks.profile_landmarks`."""
    eyes = _between_eyes(shape)
    found = {
        "nose_tip": _foremost(shape, mouth[1] + 0.01 * shape.scale, eyes[1]),
        "chin": _foremost(shape, mouth[1] - 0.06 * shape.scale, mouth[1] - 0.022 * shape.scale),
        "forehead": _foremost(shape, eyes[1] + 0.04 * shape.scale, eyes[1] + 0.07 * shape.scale),
        "crown": int(shape.skin[shape.template[shape.skin, 1].argmax()]),
    }
    return {name: vertex for name, vertex in found.items() if vertex is not None}
