"""Where a job's two people are and how they carry themselves: as the sentence, the given values or a kept take say.

An engine whose face has no place is put opposite.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from ..animation.moments import Moments
from ..audio.dialogue import Dialogue
from ..contract.constants import SAMPLES_PER_FRAME
from ..contract.face import Face
from ..contract.job import JobRequest
from ..contract.performance import Performance
from ..engines.base import ORDINARY_SCENE, KeptMotion, KnownPerson, Motion, Scene
from ..staging import (
    Composition,
    StagedPrompt,
    blend_with_take,
    checked_staging,
    compose,
    compose_opposite,
    reach_warnings,
    scene_of,
    stage_prompt,
)
from .kept import kept_frames, kept_motion, kept_take, staging_around
from .kept import notes as notes_of_kept
from .partner import known_flame_person, known_person, partner_take
from .stages import Stages


def choose_staging(request: JobRequest, names: tuple[str, str], take: Performance | None) -> StagedPrompt:
    """The request's own values, else the sentence's staging; or that in which a kept `take` is. With warnings: what of
    the sentence was not understood or is inferred, and who cannot look at the other from there.

    Raises DuologueError (BAD_REQUEST: values that are none or out of their ranges; ASSET_CORRUPT).
    """
    if request.staging is not None:
        wanted = StagedPrompt(checked_staging(request.staging))
    else:
        assets = None if request.assets is None else Path(request.assets)
        wanted = stage_prompt(request.prompt, names, assets, request.prompt_without)
    staging = wanted.staging
    if request.keep is not None and take is not None:
        asked_for = request.staging is not None or not _same_sentence(request, take)
        staging = staging_around(take, request.keep, staging, asked_for=asked_for)
    return replace(wanted, staging=staging, missed=(*wanted.missed, *reach_warnings(staging, names)))


def _same_sentence(request: JobRequest, take: Performance) -> bool:
    without = take.meta.get("prompt_without", [])  # older takes do not say
    return request.prompt == take.meta.get("prompt") and list(request.prompt_without) == without


class Placement(Protocol):
    """How a take in an engine's terms is read, and how the engine's motion becomes poses."""

    @property
    def face(self) -> str:
        """Id of the face that the performance is on."""

    @property
    def scene(self) -> Scene:
        """The place, as a condition of the engine."""

    def partner(self, request: JobRequest, dialogue: Dialogue, stages: Stages) -> KnownPerson | None:
        """The given motion of one person. Raises DuologueError (PERFORMANCE_INVALID, BAD_REQUEST)."""

    def kept(self) -> KeptMotion | None:
        """The part of an earlier take that stays."""

    def place(
        self, motion: Motion, kept: KeptMotion | None, moments: Callable[[], Moments], stages: Stages
    ) -> Composition:
        """`motion` of both people as poses; `moments` of the dialogue say when they have to look at each other.

        They take a while to hear, and are asked for only where somebody is placed by them.
        """

    def notes(self) -> dict[str, Any]:
        """What the take records about its placement."""


@dataclass(frozen=True)
class StagedPlacement:
    """In the scene of the sentence, on `head`; around `take` where something of it is kept."""

    request: JobRequest
    head: Face
    staged: StagedPrompt
    take: Performance | None

    @property
    def face(self) -> str:
        """As `Placement`."""
        return self.head.id

    @property
    def scene(self) -> Scene:
        """As `Placement`."""
        return scene_of(self.staged.staging)

    def partner(self, request: JobRequest, dialogue: Dialogue, stages: Stages) -> KnownPerson | None:
        """As `Placement`."""
        take = _taken(request, dialogue, stages)
        return (
            None if take is None or request.partner is None else known_person(take, request.partner.person, self.head)
        )

    def kept(self) -> KeptMotion | None:
        """As `Placement`."""
        if self.request.keep is None or self.take is None:
            return None
        return kept_motion(self.take, kept_frames(self.request.keep, self.take.frame_count), self.head)

    def place(
        self, motion: Motion, kept: KeptMotion | None, moments: Callable[[], Moments], stages: Stages
    ) -> Composition:
        """As `Placement`."""
        stages.warn(*self.staged.warnings)
        people, seed = self.request.characters, self.request.seed
        given = None if self.request.partner is None else self.request.partner.person
        new = None if kept is None else ~kept.mask
        composition = compose(motion, self.staged.staging, self.head, people, seed, moments(), given, new)
        if kept is None or self.take is None:
            return composition
        return blend_with_take(composition, self.take, kept.mask, self.head, people)

    def notes(self) -> dict[str, Any]:
        """As `Placement`."""
        request = self.request
        return {
            "seed": request.seed,
            "prompt": request.prompt,
            "prompt_without": list(request.prompt_without),
            "staging": self.staged.staging.as_json(),
            "characters": [asdict(character) for character in request.characters],
        } | notes_of_kept(request, self.take)


@dataclass(frozen=True)
class OppositePlacement:
    """Opposite each other across a small table, on the engine's own `face`."""

    request: JobRequest
    face: str
    scene: Scene = ORDINARY_SCENE

    def partner(self, request: JobRequest, dialogue: Dialogue, stages: Stages) -> KnownPerson | None:
        """As `Placement`."""
        take = _taken(request, dialogue, stages)
        return None if take is None or request.partner is None else known_flame_person(take, request.partner.person)

    def kept(self) -> None:
        """As `Placement`; the request has been refused before where it asks for it."""

    def place(
        self,
        motion: Motion,
        kept: KeptMotion | None,  # noqa: ARG002
        moments: Callable[[], Moments],  # noqa: ARG002
        stages: Stages,  # noqa: ARG002
    ) -> Composition:
        """As `Placement`."""
        return compose_opposite(motion)

    def notes(self) -> dict[str, Any]:
        """As `Placement`; of the characters this face has the names alone."""
        given, names = self.request.partner, [character.name for character in self.request.characters]
        return {
            "partner_motion": "roll-out" if given is None else f"given for {names[given.person]}",
            "characters": [{"name": name, "identity": {}, "habits": {}} for name in names],
        }


def choose_placement(
    request: JobRequest, head: Face | None, own_face: str | None, dialogue: Dialogue, stages: Stages
) -> Placement:
    """By the face that the engine has of its own, or the `head` that it has not. Raises DuologueError as `kept_take`
    and `choose_staging`.
    """
    if head is None:
        if request.prompt.strip() or request.staging is not None:
            stages.warn(
                "DualTalk's own model knows no scene: the two sit opposite each other, whatever the sentence says."
            )
        if not dialogue.separate:
            stages.warn("DualTalk wants a track for each person; of the mix each gets what is said while they speak.")
        return OppositePlacement(request, str(own_face))
    names = (request.characters[0].name, request.characters[1].name)
    take = None if request.keep is None else kept_take(request, request.keep, dialogue, head, stages)
    return StagedPlacement(request, head, choose_staging(request, names, take), take)


def _taken(request: JobRequest, dialogue: Dialogue, stages: Stages) -> Performance | None:
    """The partner's take with as many frames as the sound has."""
    if request.partner is None:
        return None
    frames = -(-dialogue.tracks.shape[1] // SAMPLES_PER_FRAME)
    names = (request.characters[0].name, request.characters[1].name)
    return partner_take(request.partner, frames, names, stages)
