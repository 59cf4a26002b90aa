"""What stays of an earlier take: read, checked against the job, in an engine's terms."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ..audio.dialogue import Dialogue
from ..contract.constants import FRAME_RATE, JOINT_NAMES, SAMPLES_PER_FRAME
from ..contract.errors import DuologueError, ExitCode
from ..contract.face import Face
from ..contract.job import JobRequest, KeptTake
from ..contract.performance import ALONE, Performance, load_performance
from ..contract.reading import read_or_none
from ..engines.base import KeptMotion, Motion
from ..face.skinning import axis_angle_to_matrix
from ..staging import Staging, staging_from_json
from ..staging.rotation import about_y, yaw_and_pitch
from .partner import known_person
from .stages import Stages

_GLOBAL = JOINT_NAMES.index("global")


def kept_take(request: JobRequest, keep: KeptTake, dialogue: Dialogue, face: Face, stages: Stages) -> Performance:
    """The take that `keep` names, once it is sure that the dialogue's new parts can be joined to it.

    Raises DuologueError (PERFORMANCE_INVALID; BAD_REQUEST: another length, rate, face or other people, or nothing of
    the seconds to make anew lies in it).
    """
    take = load_performance(Path(keep.take))
    frames = -(-dialogue.tracks.shape[1] // SAMPLES_PER_FRAME)
    if take.fps != FRAME_RATE or take.frame_count != frames:
        raise _unfit(
            f"The take lasts {take.seconds:.2f} s at {take.fps:g} frames a second, "
            f"the sound {frames / FRAME_RATE:.2f} s at {FRAME_RATE}."
        )
    if take.face != face.id or take.expression.shape[2] != len(face.expression_names):
        raise _unfit(f"The take is on the face {take.face}, not on {face.id}.")
    if take.meta.get(ALONE):
        raise _unfit("The take is one person's alone, and nobody knows where the other one is.")
    for person in keep.people or (0, 1):
        wanted, there = request.characters[person].name, take.speakers[person]
        if wanted != there:
            raise _unfit(f"The take is of {there}, not of {wanted}.")
    if not kept_frames(keep, frames).any():
        raise _unfit("Nothing of the take is kept; the seconds to make anew are all of it.")
    if kept_frames(keep, frames).all():
        raise _unfit(f"Nothing is to be made: the take ends after {take.seconds:.2f} s.")
    sounds = read_or_none(lambda: [str(file["sha256"]) for file in take.meta["audio"]["files"]])
    if sounds not in (None, [file.sha256 for file in dialogue.files]):
        stages.warn("The take was made for other sound files; what stays of it may not fit these.")
    return take


def kept_frames(keep: KeptTake, frames: int) -> np.ndarray:
    """[2, frames] bool: what stays."""
    anew = np.full(frames, not keep.regenerate)
    for start, end in keep.regenerate:
        first = round(start * FRAME_RATE)
        anew[first : max(round(end * FRAME_RATE), first + 1)] = True
    mask = np.repeat(~anew[None], 2, axis=0)
    mask[list(keep.people)] = True
    return mask


def kept_motion(take: Performance, mask: np.ndarray, face: Face) -> KeptMotion:
    """The take as a motion before staging, and `mask` [2, T] as it is.

    The sway is in the axes of each one's trunk as it faces on average, from where they are most of the time.
    """
    first, second = (known_person(take, person, face) for person in (0, 1))
    motion = Motion(
        expression=np.stack([first.expression, second.expression]),
        jaw=np.stack([first.jaw, second.jaw]),
        neck=np.stack([first.neck, second.neck]),
        gaze=np.stack([first.gaze, second.gaze]),
        speaking=take.speaking,
        sway=np.stack([_sway(take, person) for person in (0, 1)]),
    )
    return KeptMotion(motion, mask)


def staging_around(take: Performance, keep: KeptTake, wanted: Staging, *, asked_for: bool) -> Staging:
    """The staging of what is made anew: everybody sits where the take has them.

    Who is made anew as a whole leans, faces and looks as `wanted` says, where that was `asked_for`; in a stretch of
    time only mood and gaze follow it, for nobody changes chairs there. Without it the take's own staging counts.
    """
    there = read_or_none(lambda: staging_from_json(take.meta["staging"]))
    if there is None:
        return wanted
    if not asked_for:
        return there
    places = []
    for person, (old, new) in enumerate(zip(there.places, wanted.places, strict=True)):
        manner = replace(old, mood=new.mood, gaze_away=new.gaze_away, away=new.away, gaze_held=new.gaze_held)
        if person in keep.people:
            places.append(old)
        elif keep.regenerate:
            places.append(manner)
        else:
            places.append(replace(manner, facing=new.facing, lean=new.lean))
    return replace(there, places=(places[0], places[1]))


def notes(request: JobRequest, take: Performance | None) -> dict[str, Any]:
    """What a take remembers of the one it was made around; nothing where it was made of nothing."""
    if request.keep is None or take is None:
        return {}
    return {
        "kept": {
            "people": [take.speakers[person] for person in request.keep.people],
            "regenerated": [list(stretch) for stretch in request.keep.regenerate],
            "seed": take.meta.get("seed"),
        }
    }


def _sway(take: Performance, person: int) -> np.ndarray:
    """[T, 3] metres. FLAME turns the whole about the first joint, so that the translation is what moves that."""
    moved = take.translation[person] - np.median(take.translation[person], axis=0)
    yaw, _ = yaw_and_pitch(axis_angle_to_matrix(take.pose[person, :, _GLOBAL])[..., 2])
    facing = np.median(np.unwrap(yaw))
    return np.asarray(moved @ about_y(np.asarray(facing)), np.float32)  # by the transpose: into the trunk's axes


def _unfit(what: str) -> DuologueError:
    return DuologueError(
        ExitCode.BAD_REQUEST, what, "Keep a take that was made for this sound and these people, or generate all of it."
    )
