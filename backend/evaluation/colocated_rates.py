"""How both people behave in their scene: rates, standstill and jumps, on the composed heads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from ..contract.constants import FRAME_RATE
from ..contract.face import Face
from ..contract.job import Character
from ..contract.performance import Performance
from ..engines.motion import Motion
from ..staging.compose import compose
from ..staging.stage import Staging
from .behaviour_rates import behaviour_rates
from .head_motion import largest_jump, longest_run, still_frames
from .landmark_motion import SeenHead, seen_heads

_LIDS: Final = "eyelid"


def scene_of_heads(motion: Motion, staging: Staging, face: Face, seed: int) -> tuple[SeenHead, SeenHead]:
    """Both heads of ordinary people where `staging` has them."""
    names = ("First", "Second")
    composition = compose(motion, staging, face, (Character(names[0]), Character(names[1])), seed)
    performance = Performance(
        fps=float(FRAME_RATE),
        face=face.id,
        speakers=names,
        expression=composition.expression,
        pose=composition.pose,
        translation=composition.translation,
        speaking=np.asarray(motion.speaking, np.float32),
        meta={},
    )
    return seen_heads(performance, face)


def rates(motion: Motion, heads: tuple[SeenHead, SeenHead]) -> dict[str, float]:
    """`behaviour_rates`, and of the heads in the scene the largest step of a landmark and the longest standstill.

    `largest_jump` and `largest_jump_without_lids` millimetres a frame, `standstill` seconds.
    """
    still = [still_frames(head.landmarks, FRAME_RATE) for head in heads]
    found = [
        max(largest_jump(head.landmarks, head.names, FRAME_RATE, without).millimetres for head in heads)
        for without in (" ", _LIDS)
    ]
    return behaviour_rates(motion) | {
        "largest_jump": found[0],
        "largest_jump_without_lids": found[1],
        "standstill": max(longest_run(one) for one in still) / FRAME_RATE,
    }


def together(found: Sequence[dict[str, float]]) -> dict[str, float]:
    """Of several dialogues: the mean, of jumps and standstills the largest; nan is left out."""
    return {
        name: float((np.nanmax if _is_extreme(name) else np.nanmean)([one[name] for one in found])) for name in found[0]
    }


def _is_extreme(name: str) -> bool:
    return name.startswith(("largest", "standstill", "longest"))
