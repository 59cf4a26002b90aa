"""Where names say nothing: neck, head and eyes as a skeleton's structure suggests them. A guess. No bpy here."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from .character_axes import RestBone

_NEAR: Final = 0.01
"""Of the skeleton's size: bones so near to their mirror image are a pair, and so near to the plane in the middle."""
_FEWEST_PAIRS: Final = 3
"""Arms, legs and something more; with fewer it is no body."""
_LIMB: Final = 3
"""Bones of an arm, at least."""
_NECK_SHARE: Final = 0.4


@dataclass(frozen=True)
class _Body:
    """`side` and `up` are axes of the armature's space, `pairs` bone → its mirror image, `middle` bones in between."""

    side: int
    up: int
    pairs: Mapping[str, str]
    middle: frozenset[str]


def bones_by_structure(
    bones: Mapping[str, RestBone], channels: Collection[str], head: str | None = None
) -> dict[str, tuple[tuple[str, float], ...]]:
    """Channel → bones and shares, for those of `channels` ("head", "eye_left", "eye_right") that can be told.

    The head ends the chain that goes up between the arms; the eyes are the one pair of bones in it. `head` names the
    head where it is known. Empty for what is no symmetric body.
    """
    body = _body(bones)
    if body is None:
        return {}
    found: dict[str, tuple[tuple[str, float], ...]] = {}
    if head is None:
        chain = _chain_to_head(bones, body)
        if not chain:
            return {}
        head = chain[-1]
        if "head" in channels:
            neck = chain[-2] if len(chain) > 1 else None
            found["head"] = ((neck, _NECK_SHARE), (head, 1.0 - _NECK_SHARE)) if neck else ((head, 1.0),)
    eyes = _eyes(bones, body, head)
    if eyes is not None and {"eye_left", "eye_right"} <= set(channels):
        found["eye_left"], found["eye_right"] = ((eyes[0], 1.0),), ((eyes[1], 1.0),)
    return found


def _body(bones: Mapping[str, RestBone]) -> _Body | None:
    """The axis with most mirrored pairs of bones is the side, the longer one of the others is up."""
    names = list(bones)
    if len(names) < 2 * _FEWEST_PAIRS:
        return None
    heads = np.stack([bones[name].head for name in names])  # [B, 3]
    extent = np.ptp(heads, axis=0)
    size = float(extent.max())
    best: tuple[int, dict[str, str]] | None = None
    for axis in range(3):
        pairs = _pairs(names, heads, axis, _NEAR * size)
        if best is None or len(pairs) > len(best[1]):
            best = axis, pairs
    if best is None or len(best[1]) < 2 * _FEWEST_PAIRS:
        return None
    side, pairs = best
    up = max((axis for axis in range(3) if axis != side), key=lambda axis: float(extent[axis]))
    middle = frozenset(name for name, place in zip(names, heads, strict=True) if abs(place[side]) < _NEAR * size)
    return _Body(side, up, pairs, middle)


def _pairs(names: list[str], heads: np.ndarray, axis: int, near: float) -> dict[str, str]:
    """Each bone off the plane → the one bone at its mirror image."""
    mirrored = heads.copy()
    mirrored[:, axis] *= -1.0
    apart = np.linalg.norm(heads[:, None] - mirrored[None], axis=2)  # [B, B]
    off = np.abs(heads[:, axis]) > near
    found = {}
    for index, name in enumerate(names):
        other = int(apart[index].argmin())
        if off[index] and off[other] and apart[index, other] < near and (apart[index] < near).sum() == 1:
            found[name] = names[other]
    return found


def _children(bones: Mapping[str, RestBone], name: str) -> list[str]:
    return [one.name for one in bones.values() if one.parent == name]


def _below(bones: Mapping[str, RestBone], name: str) -> list[str]:
    """`name` and every bone that hangs on it."""
    found = [name]
    for one in found:
        found += _children(bones, one)
    return found


def _chain_to_head(bones: Mapping[str, RestBone], body: _Body) -> list[str]:
    """The bones in the middle between the arms and the head, the head last."""

    def carries_arms(name: str) -> bool:
        limbs = [one for one in _children(bones, name) if one in body.pairs and len(_below(bones, one)) >= _LIMB]
        return any(body.pairs[one] in limbs for one in limbs)

    carriers = [name for name in body.middle if carries_arms(name)]
    if not carriers:
        return []
    chest = max(carriers, key=lambda name: float(bones[name].head[body.up]))
    chain, at = [], chest
    while above := [one for one in _children(bones, at) if one in body.middle and _higher(bones, body, one, at)]:
        at = max(above, key=lambda one: float(bones[one].head[body.up]))
        chain.append(at)
        if _eyes(bones, body, at) is not None:
            return chain
    # Exporters put a bone at the top of the head that carries nothing.
    return chain[:-1] if len(chain) > 2 and not _children(bones, chain[-1]) else chain  # noqa: PLR2004  (neck, head)


def _higher(bones: Mapping[str, RestBone], body: _Body, name: str, than: str) -> bool:
    return bool(bones[name].head[body.up] > bones[than].head[body.up])


def _eyes(bones: Mapping[str, RestBone], body: _Body, head: str) -> tuple[str, str] | None:
    """The left and the right bone of the only pair that ends in the head; None where there are more, or none."""
    ends = [one for one in _children(bones, head) if one in body.pairs and not _children(bones, one)]
    pairs = {frozenset((one, body.pairs[one])) for one in ends if body.pairs[one] in ends}
    if len(pairs) != 1 or head not in bones:
        return None
    first, second = sorted(next(iter(pairs)))
    forward = 3 - body.side - body.up
    before = float(bones[first].head[forward] - bones[head].head[forward])
    axes = np.zeros((2, 3))
    axes[0, body.up] = 1.0
    # Without a depth to go by a character faces Blender's front: -Y where Z is up, +Z where Y is.
    axes[1, forward] = np.sign(before) if abs(before) > 0.0 else (-1.0 if body.up > forward else 1.0)
    left = np.cross(axes[0], axes[1])
    if bones[first].head @ left < bones[second].head @ left:
        first, second = second, first
    return first, second
