"""A motion put into a staging: where both heads are, how they turn, and what their eyes meet."""

from __future__ import annotations

from dataclasses import dataclass
from math import radians
from typing import Final, NamedTuple

import numpy as np

from ..animation.moments import Moments
from ..contract.arkit import ARKIT_INDEX
from ..contract.constants import JOINT_NAMES
from ..contract.errors import DuologueError, ExitCode
from ..contract.face import Face
from ..contract.job import Character
from ..engines.base import Motion
from ..face.skinning import axis_angle_to_matrix
from .anatomy import Anatomy, anatomy_of, share_of_pitch, share_of_yaw
from .expression import add_lid_motion
from .gaze import GazeProblem, eye_rotations, solve_gaze
from .glances import looks_of_both
from .leaning import lean_on_lines
from .mood_face import accents_of, carriage, emphasised_frames, with_mood
from .outlook import outlook
from .postures import AVERAGE_STATURE, BEARINGS, body_axes
from .presets import Mood, moods
from .reactions import interrupted, with_caused_blinks
from .rotation import (
    about_x,
    about_y,
    axis_angle_from_matrices,
    directions,
    level_orientation,
    wrapped,
    yaw_and_pitch,
)
from .stage import Place, Staging
from .trunk import HIP_TO_NECK, TrunkAngles, synthesised_trunk, trunk_from_sway

_OPPOSITE_APART: Final = 1.1
_OPPOSITE_EYE_HEIGHT: Final = 1.2
"""Metres: seated and across a small table, for engines that know nothing of places."""


class Composition(NamedTuple):
    """Arrays of a performance: `pose` [2, T, 5, 3] radians, `translation` [2, T, 3] metres, `expression` [2, T, E]."""

    pose: np.ndarray
    translation: np.ndarray
    expression: np.ndarray


@dataclass(frozen=True)
class _Person:
    """One person before looking: everything that does not depend on the partner's motion, as in `GazeProblem`."""

    anatomy: Anatomy
    hip: np.ndarray
    body: np.ndarray
    rest: float
    home: np.ndarray
    trunk: TrunkAngles
    head_yaw: np.ndarray
    head_pitch: np.ndarray
    gaze: np.ndarray


def compose(
    motion: Motion,
    staging: Staging,
    face: Face,
    characters: tuple[Character, Character],
    seed: int = 0,
    moments: Moments | None = None,
    given: int | None = None,
    new: np.ndarray | None = None,
) -> Composition:
    """Place both heads, share each turn among trunk, neck and eyes, and let lids and mood follow.

    With the `moments` of the dialogue both people look where these want it, and are startled by interruptions; without,
    their gaze stays the motion's, unless the staging asks for more or less of it. Face, head and gaze of who is `given`
    (0 or 1) stay as the motion has them; `new` [2, T] bool where a take that is kept in parts is newly made, None for
    everywhere. Where the gaze is (0, 0) both lines of sight of a person meet the midpoint of the partner's eyes, unless
    no trunk, neck and eye can reach it. The same arguments give the same result.
    Raises DuologueError (FACE_INVALID) for a face that shares no expression component with the motion.
    """
    order = _expression_order(face)
    if moments is not None:
        motion = interrupted(motion, moments, given)
    first, second = (anatomy_of(face, character.identity) for character in characters)
    sights = [
        _eye_position(place, character) for place, character in zip(staging.places, characters, strict=True)
    ]  # [3] metres
    looks = looks_of_both(motion, staging, seed, moments, given)
    people = [
        _person(
            motion,
            person,
            (staging.places[person], staging.places[1 - person]),
            anatomy,
            (sights[person], sights[1 - person]),
            characters[person],
            seed,
            looks[person],
        )
        for person, anatomy in enumerate((first, second))
    ]
    solution = solve_gaze(_gaze_problem(people, staging, motion, seed, given))
    if moments is not None:
        motion = with_caused_blinks(motion, np.stack([person.gaze for person in people]), moments, given, seed)
    pose = np.zeros((2, motion.frames, len(JOINT_NAMES), 3))
    pose[:, :, 0] = axis_angle_from_matrices(solution.trunk)
    pose[:, :, 1] = solution.neck
    expression, pose[:, :, 2] = _face(motion, staging, seed, moments, given, new)
    pose[:, :, 3:] = eye_rotations(solution)
    translation = solution.root - np.stack([first.root, second.root])[:, None]
    expression = add_lid_motion(expression, solution.eye_yaw, solution.eye_pitch)[..., order]
    return Composition(pose.astype(np.float32), translation.astype(np.float32), expression.astype(np.float32))


def compose_opposite(motion: Motion) -> Composition:
    """Both people seated across a small table, their heads and jaws as `motion` has them, eyes straight ahead.

    For motion on a face of the engine's own, whose expression [2, T, E] stays as it is.
    """
    pose = np.zeros((2, motion.frames, len(JOINT_NAMES), 3), np.float32)  # axis-angle, radians
    pose[:, :, JOINT_NAMES.index("jaw")] = motion.jaw
    pose[:, :, JOINT_NAMES.index("neck")] = motion.neck
    translation = np.zeros((2, motion.frames, 3), np.float32)  # metres
    for person, side in ((0, -1.0), (1, 1.0)):  # the first on the left of the picture, facing +X
        pose[person, :, JOINT_NAMES.index("global"), 1] = -side * np.pi / 2.0
        translation[person] = (side * _OPPOSITE_APART / 2.0, _OPPOSITE_EYE_HEIGHT, 0.0)
    return Composition(pose, translation, motion.expression)


def _gaze_problem(people: list[_Person], staging: Staging, motion: Motion, seed: int, given: int | None) -> GazeProblem:
    first, second = people
    carried = [
        carriage(moods()[place.mood], motion.frames, np.random.default_rng([seed, person, 4]))
        for person, place in enumerate(staging.places)
    ]  # [T, 3] radians each
    if given is not None:
        carried[given] = np.zeros_like(carried[given])
    return GazeProblem(
        anatomy=(first.anatomy, second.anatomy),
        hip=np.stack([first.hip, second.hip]),
        body=np.stack([first.body, second.body]),
        trunk=TrunkAngles(
            *(
                np.stack([getattr(person.trunk, name) for person in people])
                for name in ("yaw", "forward", "roll", "rise")
            )
        ),
        rest=np.array([[first.rest], [second.rest]]),
        head_yaw=np.stack([first.head_yaw, second.head_yaw]),
        head_pitch=np.stack([first.head_pitch, second.head_pitch]),
        motion=axis_angle_to_matrix(motion.neck + np.stack(carried)),
        gaze=np.stack([first.gaze, second.gaze]),
        home=np.stack([first.home, second.home]),
    )


def _person(
    motion: Motion,
    person: int,
    places: tuple[Place, Place],
    anatomy: Anatomy,
    sights: tuple[np.ndarray, np.ndarray],
    character: Character,
    seed: int,
    look: tuple[np.ndarray, np.ndarray],
) -> _Person:
    """`places` and `sights`: this person's and the partner's, the eyes' positions [3] metres each, at ease and still;
    `look` the gaze and the head's turn with it, as of `glances.staged_gaze`.
    """
    place, mood = places[0], moods()[places[0].mood]
    body, rest = body_axes(place)
    bearing = BEARINGS[place.posture]
    home = outlook(*places).home
    yaw, pitch = yaw_and_pitch(_sight_home(sights, home) @ body)
    at_ease = radians(bearing.head_degrees)
    head_pitch = at_ease + share_of_pitch(pitch - at_ease)
    twist, neck = share_of_yaw(wrapped(np.asarray(float(yaw) - rest)), head_pitch - at_ease)
    head_yaw = rest + twist + neck
    lean = lean_on_lines(motion.speaking[person], place.lean, np.random.default_rng([seed, person, 7]))
    trunk = _trunk(motion, person, lean, mood, character, np.random.default_rng([seed, person, 1]))
    trunk = trunk.calmed(lean, bearing.sway).tipped(radians(bearing.trunk_degrees))
    gaze, turn = look
    upright = about_y(rest + twist) @ about_x(np.asarray(radians(bearing.trunk_degrees)))
    level = level_orientation(head_yaw, head_pitch)
    to_eyes = upright @ (anatomy.neck - anatomy.root) + level @ (anatomy.between_eyes - anatomy.neck)
    return _Person(
        anatomy=anatomy,
        hip=sights[0] - body @ (to_eyes + HIP_TO_NECK * upright[:, 1]),
        body=body,
        rest=rest,
        home=home,
        trunk=TrunkAngles(rest + twist + trunk.yaw, trunk.forward, trunk.roll, trunk.rise),
        head_yaw=head_yaw + turn[:, 0],
        head_pitch=head_pitch + turn[:, 1],
        gaze=gaze,
    )


def _sight_home(sights: tuple[np.ndarray, np.ndarray], home: np.ndarray) -> np.ndarray:
    """[3] from the eyes to where they rest, `home` [2] radians off the partner's."""
    to_partner: np.ndarray = sights[1] - sights[0]
    yaw, pitch = yaw_and_pitch(to_partner)
    return directions(yaw + home[0], np.asarray(pitch + home[1])) if home.any() else to_partner


def _trunk(
    motion: Motion, person: int, lean: np.ndarray, mood: Mood, character: Character, generator: np.random.Generator
) -> TrunkAngles:
    """`lean` [T] radians."""
    speaking = motion.speaking[person]
    if motion.sway is not None:
        return trunk_from_sway(motion.sway[person], speaking, lean, mood.energy, generator)
    breathing = mood.breathing * character.habits.get("breathing_rate", 1.0)
    return synthesised_trunk(speaking, lean, mood.energy, breathing, generator)


def _eye_position(place: Place, character: Character) -> np.ndarray:
    """[3] metres, with the character's stature in it."""
    taller = character.habits.get("stature", AVERAGE_STATURE) - AVERAGE_STATURE
    x, y, z = place.position
    return np.array([x, y + taller * BEARINGS[place.posture].stature_share, z])


def _face(
    motion: Motion, staging: Staging, seed: int, moments: Moments | None, given: int | None, new: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Expression [2, T, 52] and jaw [2, T, 3] radians with each one's mood, without what contradicts itself."""
    expression, jaw = motion.expression.astype(np.float64), motion.jaw.astype(np.float64)
    heard = ((), ()) if moments is None else moments.stressed
    emphasised = heard if any(heard) else emphasised_frames(jaw[..., 0], motion.speaking)
    people = []
    for person, place in enumerate(staging.places):
        if person == given:
            people.append((expression[person], jaw[person]))
            continue
        mood: Mood = moods()[place.mood]
        generator = np.random.default_rng([seed, person, 3])
        accents = accents_of(emphasised, motion.speaking, person, mood.tempo, generator)
        made = None if new is None else new[person]
        own = expression[person], jaw[person], motion.speaking[person]
        people.append(with_mood(*own, mood, accents, generator, made))
    first, second = people
    return np.stack((first[0], second[0])), np.stack((first[1], second[1]))


def _expression_order(face: Face) -> list[int]:
    """Where each of the face's components lies in the motion's."""
    missing = [name for name in face.expression_names if name not in ARKIT_INDEX]
    if missing or not face.expression_names:
        raise DuologueError(
            ExitCode.FACE_INVALID,
            f"The face {face.id} has expression components no motion drives ({', '.join(missing[:5]) or 'none'}).",
            "Choose a face with ARKit's component names, such as open-head-1.",
        )
    return [ARKIT_INDEX[name] for name in face.expression_names]
