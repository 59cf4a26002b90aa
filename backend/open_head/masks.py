"""Masks for materials: what part of the skin is lip, lid, ear, scalp or blushing cheek."""

from __future__ import annotations

import io
from typing import Final

import numpy as np
from PIL import Image
from scipy import sparse

from ..face.surface import neighbour_mean
from .crease_masks import crease_masks
from .teeth import gum_share

_SPOTS: Final = {
    "cheeks": ((0.038, -0.040, 0.010), (0.016, 0.013, 0.03)),
    "nose": ((0.0, -0.040, 0.045), (0.014, 0.012, 0.02)),
    "sockets": ((0.028, -0.006, 0.012), (0.015, 0.011, 0.02)),
}
"""Soft spots of colour on the mean adult: centre and radii in metres, on both sides."""

_HAIRLINE: Final = np.array(
    [
        [0.0, 0.080], [14.0, 0.0785], [28.0, 0.073], [42.0, 0.061], [54.0, 0.038], [64.0, 0.012], [74.0, -0.014],
        [80.0, -0.010], [86.0, 0.014], [100.0, 0.020], [112.0, 0.002], [122.0, -0.040], [150.0, -0.074],
        [180.0, -0.080],
    ]
)  # fmt: skip
"""[k, 2]: degrees round the head from the front, metres above the eyes where the hair begins."""
_HEAD_DEPTH: Final = -0.075
"""Z of the axis that the degrees are counted around."""
_HALF: Final = 0.5
_GAP_RINGS: Final = 3
_CORNERS: Final = 0.85
SCALP_SPAN: Final = 0.08
"""Metres across the hairline over which the scalp mask goes from 0 to 1."""


def skin_masks(
    textures: dict[str, bytes],
    uv: np.ndarray,
    rows: sparse.csr_matrix,
    template: np.ndarray,
    regions: dict[str, list[int]],
    quads: np.ndarray,
) -> dict[str, np.ndarray]:
    """Name → [V] from 0 to 1; `textures` are MakeHuman's painted masks by name, `uv` [N, 2] of the base mesh.

    `teeth` counts teeth along each arch, from its right end to its left; `gums` is one half where their crowns end.
    """
    on_skin = np.zeros(len(template))
    on_skin[regions["skin"]] = 1.0
    found = {name: np.clip(rows @ _sample(data, uv), 0.0, 1.0) * on_skin for name, data in textures.items()}
    found["mouth_inside"] = found.pop("inside-mouth")
    _close_mouth_gap(found, quads, np.abs(template[:, 0]))
    blur = {name: np.exp(-0.5 * _distance(template, *spot) ** 2) * on_skin for name, spot in _SPOTS.items()}
    blur["beard"] = _beard(template) * on_skin * (1.0 - found["lips"]) * (1.0 - found["mouth_inside"])
    blur["scalp"] = _scalp(template) * on_skin * (found["ears"] < 0.3)  # noqa: PLR2004
    blur["teeth"] = _along_arch(template, regions)
    blur["gums"] = _gums(template, regions)
    blur |= crease_masks(template, on_skin)
    return {name: mask.astype(np.float32) for name, mask in (found | blur).items()}


def _close_mouth_gap(found: dict[str, np.ndarray], quads: np.ndarray, aside: np.ndarray) -> None:
    """The painted lips end before the painted inside of the mouth begins; what lies between would look like skin.

    `aside` [V] metres from the midline: the mouth's corners stay where they were painted.
    """
    mean = neighbour_mean(quads[(quads >= 0).all(axis=1)], len(found["lips"]))
    lips, inside = found["lips"] > _HALF, found["mouth_inside"] > _HALF
    near_lips, near_inside = (_grown(mask, mean, _GAP_RINGS) for mask in (lips, inside))
    gap = near_lips & near_inside & ~lips & ~inside
    beside = gap & _grown(lips, mean, 1) & (aside < _CORNERS * aside[lips].max())
    found["lips"] = np.where(beside, 1.0, found["lips"])
    found["mouth_inside"] = np.where(gap & ~beside, 1.0, found["mouth_inside"])


def _grown(mask: np.ndarray, mean: sparse.csr_matrix, rings: int) -> np.ndarray:
    for _ in range(rings):
        mask = mask | (mean @ mask.astype(float) > 0)
    return mask


def _along_arch(template: np.ndarray, regions: dict[str, list[int]]) -> np.ndarray:
    """[V] 0 to 1 round each row of teeth, by the angle about the middle of the mouth."""
    along = np.zeros(len(template))
    for region in ("teeth_upper", "teeth_lower"):
        teeth = np.array(regions[region])
        points = template[teeth]
        middle = points[:, 2].max() - 0.5 * np.ptp(points[:, 0])
        angle = np.arctan2(points[:, 0], points[:, 2] - middle)
        along[teeth] = (angle - angle.min()) / np.ptp(angle)
    return along


def _gums(template: np.ndarray, regions: dict[str, list[int]]) -> np.ndarray:
    """[V] 0 to 1 up each row of teeth."""
    found = np.zeros(len(template))
    for region in ("teeth_upper", "teeth_lower"):
        found[regions[region]] = gum_share(template[regions[region]], region == "teeth_upper")
    return found


def _distance(template: np.ndarray, centre: tuple[float, ...], radius: tuple[float, ...]) -> np.ndarray:
    """[V] distance from `centre` and its mirror image, in radii."""
    folded = np.c_[np.abs(template[:, 0]), template[:, 1:]]
    return np.asarray(np.linalg.norm((folded - np.array(centre)) / np.array(radius), axis=1))


def _beard(template: np.ndarray) -> np.ndarray:
    """[V] 0 to 1: chin, jaw, upper lip and the sides up to the ears."""
    x, y, z = np.abs(template[:, 0]), template[:, 1], template[:, 2]
    edge = np.interp(x, [0.0, 0.012, 0.028, 0.045, 0.062, 0.08], [-0.046, -0.047, -0.070, -0.062, -0.030, 0.0])
    below = 1.0 / (1.0 + np.exp((y - edge) / 0.0035))
    jaw_line = 1.0 / (1.0 + np.exp((-0.128 + 0.16 * (z + 0.06) - y) / 0.006))
    before_ear = 1.0 / (1.0 + np.exp((-0.072 - z) / 0.005))
    return np.asarray(below * jaw_line * before_ear)


def _sample(data: bytes, uv: np.ndarray) -> np.ndarray:
    """[N] brightness of an image at `uv` [N, 2], 0 to 1."""
    image = np.asarray(Image.open(io.BytesIO(data)).convert("L"), dtype=np.float64) / 255.0
    height, width = image.shape
    row = np.clip(np.rint((1.0 - uv[:, 1]) * (height - 1)), 0, height - 1).astype(int)
    column = np.clip(np.rint(uv[:, 0] * (width - 1)), 0, width - 1).astype(int)
    return np.asarray(image[row, column])


def _scalp(template: np.ndarray) -> np.ndarray:
    """[V] 0 to 1, one half at the hairline."""
    degrees = np.degrees(np.arctan2(np.abs(template[:, 0]), template[:, 2] - _HEAD_DEPTH))
    above = template[:, 1] - np.interp(degrees, _HAIRLINE[:, 0], _HAIRLINE[:, 1])
    return np.asarray(np.clip(0.5 + above / SCALP_SPAN, 0.0, 1.0))
