"""How both people behave in their scene: rates, standstill and jumps, on the composed heads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from backend.contract.constants import FRAME_RATE
from backend.contract.face import Face
from backend.contract.job import Character
from backend.contract.performance import Performance
from backend.engines.motion import Motion
from backend.staging.compose import Composition, compose
from backend.staging.stage import Staging

from ..measures.behaviour_rates import behaviour_rates
from ..measures.head_motion import largest_jump, longest_run, still_frames
from ..measures.landmark_motion import SeenHead, seen_heads
from .seams import landmark_steps

_LIDS: Final = "eyelid"
_SKULL: Final = ("crown", "forehead", "nose_tip")
_FAST: Final = 8.0
"""Millimetres a frame that no landmark should exceed."""


PEOPLE: Final = (Character("First"), Character("Second"))
"""Two ordinary people."""


def scene_of_heads(motion: Motion, staging: Staging, face: Face, seed: int) -> tuple[SeenHead, SeenHead]:
    """Both heads of PEOPLE where `staging` has them."""
    return seen_heads(performed(compose(motion, staging, face, PEOPLE, seed), motion.speaking, face), face)


def performed(composition: Composition, speaking: np.ndarray, face: Face) -> Performance:
    """A `composition` of PEOPLE as a performance."""
    return Performance(
        fps=float(FRAME_RATE),
        face=face.id,
        speakers=(PEOPLE[0].name, PEOPLE[1].name),
        expression=composition.expression,
        pose=composition.pose,
        translation=composition.translation,
        speaking=np.asarray(speaking, np.float32),
        meta={},
    )


def rates(motion: Motion, heads: tuple[SeenHead, SeenHead]) -> dict[str, float]:
    """`behaviour_rates`, and of the heads in the scene the largest step of a landmark and the longest standstill.

    `largest_jump` millimetres a frame, of any landmark; `largest_jump_without_lids`; `largest_jump_of_skull` of crown,
    forehead and nose, which neither lips nor lids move; `above_8_mm` share of the frames with a larger one of any;
    `standstill` seconds.
    """
    still = [still_frames(head.landmarks, FRAME_RATE) for head in heads]
    found = [
        max(largest_jump(head.landmarks, head.names, FRAME_RATE, without).millimetres for head in heads)
        for without in (" ", _LIDS)
    ]
    steps = np.concatenate([landmark_steps(head.landmarks) for head in heads])
    return behaviour_rates(motion) | {
        "largest_jump": found[0],
        "largest_jump_without_lids": found[1],
        "largest_jump_of_skull": max(float(landmark_steps(_skull(head)).max(initial=0.0)) for head in heads),
        "above_8_mm": float((steps > _FAST).mean()) if len(steps) else 0.0,
        "standstill": max(longest_run(one) for one in still) / FRAME_RATE,
    }


def _skull(head: SeenHead) -> np.ndarray:
    return head.landmarks[:, [index for index, name in enumerate(head.names) if name in _SKULL]]


def together(found: Sequence[dict[str, float]]) -> dict[str, float]:
    """Of several dialogues: the mean, of jumps and standstills the largest; what could not be measured is left out."""
    merged = {}
    for name in found[0]:
        known = [one[name] for one in found if not np.isnan(one[name])]
        merged[name] = float((max if _is_extreme(name) else np.mean)(known)) if known else float("nan")
    return merged


def _is_extreme(name: str) -> bool:
    return name.startswith(("largest", "standstill", "longest"))
