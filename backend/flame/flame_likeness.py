"""What a FLAME head takes over from the open head: its masks for materials, and how a character looks on it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from scipy.spatial import cKDTree

from ..contract.face import IDENTITY_MAP, Face
from ..face.correspondence import Correspondence, correspond

_MASKS: Final = (
    *("lips", "eyelids", "ears", "mouth_inside", "cheeks", "nose", "sockets", "beard", "scalp"),
    *("forehead", "forehead_height", "fold", "fold_across", "glabella", "glabella_across", "left_half"),
)
_NEIGHBOURS: Final = 4
_REACH: Final = 0.03
"""Metres beyond which a vertex corresponds to nothing and its masks are 0."""
_BROW_EDGE, _BROW_SPAN = 0.001, 0.006
"""Metres from a brow's hairs where its mask is one half, and over which the mask falls from 1 to 0."""
_MISFIT: Final = 4e-4
"""Metres: an identity coefficient of 1, FLAME's standard deviation, is worth this much misfit (the ridge)."""
_DIGITS: Final = 4


def with_likeness(face: Face, open_head: Face) -> Face:
    """`face` with the open head's masks and, in its extras, what its characters' identities are in its components.

    Raises DuologueError (FACE_INVALID) where the faces hardly agree.
    """
    pairs = correspond(open_head, face)
    masks = face.masks | _masks(face, open_head, pairs)
    return replace(face, masks=masks, extras=face.extras | {IDENTITY_MAP: _identities(face, open_head, pairs)})


def _masks(face: Face, open_head: Face, pairs: Correspondence) -> dict[str, np.ndarray]:
    """Name → [V] from 0 to 1: at each vertex what the open head has at the places nearest to it."""
    skin = np.array(face.regions["skin"])
    known: dict[str, np.ndarray] = {name: open_head.masks[name] for name in _MASKS if name in open_head.masks}
    tree = cKDTree(pairs.target.of(face.v_template))
    distance, near = tree.query(face.v_template[skin], k=_NEIGHBOURS)
    shares = 1.0 / np.maximum(distance, 1e-4) ** 2
    shares *= (distance[:, :1] < _REACH) / shares.sum(axis=1, keepdims=True)
    found: dict[str, np.ndarray] = {}
    for name, mask in known.items():
        found[name] = np.zeros(len(face.v_template), np.float32)
        found[name][skin] = (pairs.source.of(mask)[near] * shares).sum(axis=1)
    places = (pairs.source.of(open_head.v_template)[near] * shares[:, :, None]).sum(axis=1)
    found["brows"] = np.zeros(len(face.v_template), np.float32)
    found["brows"][skin] = _brow_mask(open_head, places)
    return found


def _brow_mask(open_head: Face, places: np.ndarray) -> np.ndarray:
    """[n] 0 to 1: how far `places` [n, 3] of the open head's skin are under its brows' hairs."""
    hairs = open_head.regions.get("brows", [])
    if not hairs:
        return np.zeros(len(places))
    distance, _ = cKDTree(open_head.v_template[hairs]).query(places)
    return np.asarray(np.clip(0.5 + (_BROW_EDGE - distance) / _BROW_SPAN, 0.0, 1.0))


def _identities(face: Face, open_head: Face, pairs: Correspondence) -> dict[str, list[float]]:
    """Open head's component → coefficients of `face`, the ridge least squares over all corresponding points."""
    root = np.sqrt(pairs.weights)[:, None, None]  # [N, 1, 1]
    turn = pairs.alignment.scale * pairs.alignment.rotation
    here = np.einsum("ab,nbs->nas", turn, pairs.source.of(open_head.identity_directions)) * root  # [N, 3, S]
    there = pairs.target.of(face.identity_directions) * root  # [N, 3, K]
    system, wanted = there.reshape(-1, there.shape[2]), here.reshape(-1, here.shape[2])
    normal = system.T @ system + _MISFIT**2 * np.eye(system.shape[1])
    solved = np.linalg.solve(normal, system.T @ wanted)  # [K, S]
    return {name: np.round(solved[:, index], _DIGITS).tolist() for index, name in enumerate(open_head.identity_names)}
