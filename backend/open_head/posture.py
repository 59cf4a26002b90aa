"""The bust: arms lowered from the base mesh's A-pose, what belongs to it, and how it follows the neck."""

from __future__ import annotations

from typing import Final

import numpy as np

_ARM_DROP: Final = 0.50
"""Radians the upper arms are lowered by, from about 50° below the horizon to hanging beside the body."""
_NECK_SHARES: Final = {"neck01": 0.22, "neck02": 0.62, "neck03": 0.95}
"""Share of the neck joint's rotation by bone of the long neck; bones of the head have all of it."""
_ARM_STEMS: Final = ("upperarm", "lowerarm", "wrist", "metacarpal", "finger")
_SHOULDER_SHARE: Final = 0.45


def neck_weights(bones: dict[str, np.ndarray], parents: dict[str, str]) -> np.ndarray:
    """[N] 0 to 1: how much of the neck joint's rotation each vertex follows."""

    def share(bone: str) -> float:
        while bone:
            if bone == "head":
                return 1.0
            if bone in _NECK_SHARES:
                return _NECK_SHARES[bone]
            bone = parents.get(bone, "")
        return 0.0

    total = np.sum(list(bones.values()), axis=0)
    shared = np.sum([share(bone) * weights for bone, weights in bones.items()], axis=0)
    return np.asarray(shared / np.maximum(total, 1e-9))


def arm_weights(bones: dict[str, np.ndarray], side: str) -> np.ndarray:
    """[N] 0 to 1: how much of the lowering of the arm of `side` (L, R) each vertex follows."""
    total = np.maximum(np.sum(list(bones.values()), axis=0), 1e-9)
    arm = sum(weights for bone, weights in bones.items() if bone.startswith(_ARM_STEMS) and bone.endswith(f".{side}"))
    return np.asarray((arm + _SHOULDER_SHARE * bones[f"shoulder01.{side}"]) / total)


def lower_arms(
    vertices: np.ndarray, fields: np.ndarray, bones: dict[str, np.ndarray], shoulders: dict[str, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """`vertices` [N, 3] and offsets `fields` [N, 3, K] with the arms lowered; `shoulders` [3] by side (L, R)."""
    for side, sign in (("L", -1.0), ("R", 1.0)):
        weights = arm_weights(bones, side)[:, None, None]
        sine, cosine = np.sin(sign * _ARM_DROP), np.cos(_ARM_DROP)
        turn = np.array([[cosine, -sine, 0.0], [sine, cosine, 0.0], [0.0, 0.0, 1.0]])
        blended = (1.0 - weights) * np.eye(3) + weights * turn  # [N, 3, 3]
        around = shoulders[side]
        vertices = np.einsum("nij,nj->ni", blended, vertices - around) + around
        fields = np.einsum("nij,njk->nik", blended, fields)
    return vertices, fields


def within_bust(vertices: np.ndarray, bones: dict[str, np.ndarray], floor: float) -> np.ndarray:
    """[N] whether a vertex is above `floor` (metres) and not on a lower arm or hand."""
    lower = sum(
        weights for bone, weights in bones.items() if bone.startswith(("lowerarm02", "wrist", "metacarpal", "finger"))
    )
    return np.asarray((vertices[:, 1] > floor) & (lower < 0.5))  # noqa: PLR2004
