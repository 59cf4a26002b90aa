"""A plain crew-neck garment made from the body's own surface: smoothed, lifted off the skin, with a rolled collar."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy import sparse

from ..face.surface import Surface, border_loops, compact, neighbour_mean, part_of, trim, vertex_normals

_SMOOTHING: Final = 14
_NECK_REACH: Final = 0.063
_SHOULDER_RISE: Final = 0.06
"""Skin further than this to the side of the neck joint, and lower than this above it, is a shoulder; metres."""
_RIM: Final = 0.012
"""Metres the skin goes on under the collar."""
_TUCK: Final = 0.014
"""Metres the skin is drawn in where the garment covers it, and how steeply it gets there."""
_TUCK_SLOPE: Final = 1.3
_LIFT: Final = 0.006
"""Metres between skin and cloth."""
_COLLAR: Final = (
    (0.0005, 0.003),
    (0.0025, 0.006),
    (0.0030, 0.011),
    (0.0015, 0.0150),
    (-0.0010, 0.0155),
    (-0.0030, 0.013),
    (-0.0036, 0.006),
)
"""Profile of the rolled collar from the cloth's edge: metres outwards, metres along the neck."""


def neckline(vertices: np.ndarray, neck: np.ndarray, slope: float, rise: float) -> np.ndarray:
    """[n] metres above the collar's plane, which passes `rise` above the `neck` joint and falls forward by `slope`."""
    return np.asarray(vertices[:, 1] - neck[1] - rise + slope * (vertices[:, 2] - neck[2]))


def skin_above(base: np.ndarray, quads: np.ndarray, height: np.ndarray, neck: np.ndarray) -> Surface:
    """The skin that shows, with a rim under the collar that is drawn inwards so that none comes through the cloth.

    It is cut along the rim's lower edge and beside the neck: a shoulder that reaches the collar's plane stays covered.
    """
    beside = np.where(base[:, 1] < neck[1] + _SHOULDER_RISE, np.abs(base[:, 0]) - _NECK_REACH, -1.0)
    hidden = np.maximum(-(height + _RIM), beside)
    skin, used = part_of(quads[(hidden < 0)[quads].any(axis=1)], "skin", len(base))
    local, rows = trim(skin.quads, hidden[used], skin.source)
    depth = np.clip(-_TUCK_SLOPE * (rows @ height), 0.0, _TUCK)
    return Surface("skin", rows, -depth[:, None] * vertex_normals(rows @ base, local), local)


def garment(base: np.ndarray, quads: np.ndarray, height: np.ndarray, floor: float) -> Surface:
    """The garment below the neckline (`height` [N] = 0), cut flat at `floor` metres."""
    below = quads[(height[quads] < 0).any(axis=1)]
    surface, used = part_of(below, "garment", len(base))
    local, rows = trim(surface.quads, height[used], surface.source)
    floor_height = floor - (rows @ base)[:, 1]
    local, rows = trim(local, floor_height, rows)
    surface, _ = compact(Surface("garment", rows, surface.offset, local))
    loops = border_loops(surface.quads)
    collar = max(loops, key=lambda loop: float(surface.positions(base)[loop, 1].mean()))
    rows = _smoothed(surface, loops)
    positions = rows @ base
    normals = vertex_normals(positions, surface.quads)
    offset = _LIFT * normals
    hem = np.concatenate([loop for loop in loops if loop is not collar])
    offset[hem, 1] += floor - (positions + offset)[hem, 1]  # smoothing waves the hem; it is cut flat again
    lifted = Surface("garment", rows, offset, surface.quads)
    return _with_collar(lifted, base, collar)


def _smoothed(surface: Surface, loops: list[np.ndarray]) -> sparse.csr_matrix:
    """Rows after smoothing: the cloth by its neighbours, each border along itself."""
    count = len(surface)
    border = np.zeros(count, bool)
    along = sparse.lil_matrix((count, count))
    for loop in loops:
        border[loop] = True
        for before, at, after in zip(np.roll(loop, 1), loop, np.roll(loop, -1), strict=True):
            along[at, before] = along[at, after] = 0.5
    step = sparse.diags((~border).astype(float)) @ neighbour_mean(surface.quads, count) + along.tocsr()
    half = 0.5 * (sparse.identity(count) + step)
    rows = surface.source
    for _ in range(_SMOOTHING):
        rows = half @ rows
    return rows.tocsr()


def _with_collar(cloth: Surface, base: np.ndarray, loop: np.ndarray) -> Surface:
    positions = cloth.positions(base)
    ring = positions[loop]
    middle = ring.mean(axis=0)
    axis = np.linalg.svd(ring - middle)[2][2]
    axis *= np.sign(axis[1])
    outward = ring - middle
    outward -= np.outer(outward @ axis, axis)
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    sources, offsets, quads = [cloth.source], [cloth.offset], [cloth.quads]
    previous, following = loop, np.roll(np.arange(len(loop)), -1)
    for number, (out, along) in enumerate(_COLLAR):
        current = len(cloth) + number * len(loop) + np.arange(len(loop))
        sources.append(cloth.source[loop])
        offsets.append(cloth.offset[loop] + out * outward + along * axis)
        quads.append(np.c_[previous[following], previous, current, current[following]])
        previous = current
    return Surface("garment", sparse.vstack(sources).tocsr(), np.concatenate(offsets), np.concatenate(quads))
