"""How far points have passed through a patch of surface."""

import numpy as np


def depth_behind(points, grid, reach):
    """Metres by which the deepest of `points` [n, 3] lies behind the patch `grid` [r, c, 3], 0 if none does.

    The patch faces away from its own row-by-column normal that looks out of the body; points further from it than
    `reach`, or nearest to its border, are not judged.
    """
    fine = _refined(grid)  # [R, C, 3]
    along, across = np.gradient(fine, axis=0), np.gradient(fine, axis=1)
    normals = np.cross(across, along)
    normals /= np.maximum(np.linalg.norm(normals, axis=-1, keepdims=True), 1e-12)
    if normals[0, normals.shape[1] // 2, 2] < 0:  # the outermost row looks forward
        normals = -normals
    flat, outward = fine.reshape(-1, 3), normals.reshape(-1, 3)
    border = np.ones(fine.shape[:2], bool)
    border[2:-2, 2:-2] = False
    deepest = 0.0
    for point in points:
        offset = point - flat
        nearest = int(np.argmin((offset**2).sum(axis=1)))
        if border.ravel()[nearest] or np.linalg.norm(offset[nearest]) > reach:
            continue
        deepest = max(deepest, float(-offset[nearest] @ outward[nearest]))
    return deepest


def _refined(grid, steps=5):
    """The patch with `steps` times as many points each way, on the same facets."""
    for axis in (0, 1):
        count = grid.shape[axis]
        places = np.linspace(0, count - 1, (count - 1) * steps + 1)
        low = np.minimum(places.astype(int), count - 2)
        share = (places - low).reshape((-1, 1, 1) if axis == 0 else (1, -1, 1))
        grid = np.take(grid, low, axis) * (1 - share) + np.take(grid, low + 1, axis) * share
    return grid
