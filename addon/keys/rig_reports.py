"""What of a face moves on the characters of a conversation, and what does not: told before a model runs."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ..heads.rig import FACE_PROPERTY
from ..retargeting.coverage import Coverage
from ..retargeting.rig_survey import armature_of, survey
from ..settings.properties import heads_of, settings_of
from .retaking import people_with_keys
from .targets import mapped


@dataclass(frozen=True)
class RigReport:
    """One character that others built: its name, the preset's title, and what of it moves."""

    name: str
    preset: str
    coverage: Coverage

    def sentence(self) -> str:
        """Every part: “Ada, VRM 1.0: lips: open, smile; lids: blink; brows: nothing; …”."""
        told = f"{self.name}, {self.preset}: {self.coverage.sentence()}."
        return " ".join((told, *self.coverage.warnings))

    def warning(self) -> str:
        """What nobody would want to find out after the model ran; empty where nothing essential is missing."""
        lost = self.coverage.lost
        told = [f"{self.name}: nothing moves the {' and the '.join(lost)}."] if lost else []
        return " ".join((*told, *(f"{self.name}: {one}" for one in self.coverage.warnings)))


def rig_reports(scene: bpy.types.Scene) -> list[RigReport]:
    """One for each character that gets keys and was not built by Duologue.

    Raises DuologueError (RIG_UNSUITABLE) for one on which nothing of a face is found.
    """
    settings = settings_of(scene)
    found = []
    for person, head in enumerate(heads_of(settings)):
        if head is None or person not in people_with_keys(settings):
            continue
        carrier = armature_of(head)
        if carrier is not None and FACE_PROPERTY in carrier:
            continue
        mapping, coverage = mapped(head, survey(head))
        found.append(RigReport(head.name, mapping.title, coverage))
    return found
