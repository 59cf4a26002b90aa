"""A rehearsal as a performance: its motion put into its staging, on a face."""

from __future__ import annotations

from dataclasses import asdict
from typing import Final

from backend.contract.constants import FRAME_RATE
from backend.contract.face import Face
from backend.contract.job import Character
from backend.contract.performance import Performance
from backend.staging.compose import compose

from .rehearsal import Rehearsal

ENGINE: Final = "rehearsal"
"""What `meta` names as the engine."""


def perform_rehearsal(rehearsal: Rehearsal, face: Face) -> Performance:
    """Both heads of `rehearsal`, T frames at FRAME_RATE, where its staging has them.

    Raises DuologueError (FACE_INVALID) for a face that shares no expression component with the motion.
    """
    staged = rehearsal.staging
    first, second = (Character(one.name, habits={"stature": one.height}) for one in staged.people)
    composition = compose(rehearsal.motion, staged.played, face, (first, second), rehearsal.seed)
    return Performance(
        fps=float(FRAME_RATE),
        face=face.id,
        speakers=staged.names,
        expression=composition.expression,
        pose=composition.pose,
        translation=composition.translation,
        speaking=rehearsal.speaking,
        meta={
            "engine": ENGINE,
            "seed": rehearsal.seed,
            "prompt": rehearsal.prompt,
            "mood": rehearsal.mood,
            "staging": staged.staging.as_json(),
            "characters": [asdict(first), asdict(second)],
        },
    )
