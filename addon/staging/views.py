"""Which pictures show two people whatever they do: face to face, turned away, one behind the other, lying.

Two who talk as people mostly do are seen as `framing` has it. Who turns elsewhere is looked for: from where the face is
seen, nobody's head is in the way, and the camera stays as near the audience as that allows.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

from mathutils import Matrix, Vector

from .cutting import View
from .framing import (
    HEAD_HEIGHT,
    UP,
    Person,
    Pose,
    both_seen_from,
    close_up,
    half_picture,
    height_of,
    level_of,
    looking,
    over_shoulder,
    single,
    two_shot,
)
from .sightline import IN_LINE, Sightline
from .spots import spot_around

FACE_SEEN: Final = math.radians(62.0)
"""From further aside than this a single shows a cheek and no face."""
_LENS: Final = 85.0
_CLOSE, _MEDIUM = 0.72, 0.52
"""Share of the picture's height that a head takes in a close-up, and in what stands in for one over a shoulder."""
_LYING_WIDE, _LYING_HIGH = 0.66, 0.80
"""Shares of the picture's width and height that a head which lies may take."""
_LYING_LEAD: Final = 0.12
"""Halves of the width that it gives way to the side where its feet are: there its neck and shoulders are."""
_STEP: Final = math.radians(5.0)
_ASIDE: Final = (math.radians(18.0), math.radians(42.0))
"""How far from straight before a face a camera likes to stand: three quarters."""
_RISES: Final = tuple(math.tan(math.radians(angle)) for angle in (6.0, 14.0, 22.0, 30.0, 40.0, 50.0))
"""How high a camera may stand above who lies: metres for each metre it is away."""
_HEAD_BEHIND: Final = 0.07
"""Metres from between the eyes back to a head's middle."""
_BODY_STEPS, _BODY_STEP, _BODY_WIDER = 6, 0.22, 0.12
"""Points down a body, with what it sits on, metres between them, and by how much it is wider than a head."""
_HEAD_RADIUS: Final = 0.24
"""Metres from the middle of a head, hair and all, within which nothing looks past it."""
_HIGHEST_PAST: Final = 1.0
"""Metres up or down for each metre between two people above which nobody looks over a shoulder."""
_TURNED_AWAY: Final = 0.15
"""Cosine between where somebody faces and the other one below which nobody looks past them: it is no shoulder."""
_LOWEST_CAMERA, _FROM_MIDDLE = 0.25, 3.3
"""Metres above the floor, and from the middle between the people, that cameras keep within."""
_IN_LINE_ROUND: Final = math.radians(64.0)
"""How far from before their faces a two-shot may see two people in line."""
_EDGE: Final = 0.99
"""Halves of the picture that both heads are within."""
_CLEAR_BETWEEN: Final = 0.05
"""Halves of the width between the heads of two people in line."""


def views_of(sightline: Sightline, front: Vector, aspect: float, reach: float) -> dict[tuple[View, int | None], Pose]:
    """Where each camera stands; `front` the level unit vector to the audience, `reach` metres as of `two_shot`."""
    people = sightline.people()
    poses: dict[tuple[View, int | None], Pose] = {("two", None): pair(sightline, front, aspect, reach)}
    for person in (0, 1):
        over = over_shoulder(people, person, front, aspect)
        if not _is_seen_past(people, person, over, sightline.ground):
            over = _turned_to(people, person, front, aspect, _MEDIUM, sightline.ground)
        close = close_up(people, person, front, aspect)
        if people[person].lies or not _is_single(people, person, close, sightline.ground):
            close = _turned_to(people, person, front, aspect, _CLOSE, sightline.ground)
        poses["over", person], poses["close", person] = over, close
    return poses


def pair(sightline: Sightline, front: Vector, aspect: float, reach: float) -> Pose:
    """The two-shot: both heads wholly in it. Of two in line both faces are seen, one past the other."""
    people = sightline.people()
    if abs(front.dot(sightline.along)) <= IN_LINE:
        return two_shot(people, front, sightline.along, aspect, reach)
    steps = int(_IN_LINE_ROUND / _STEP)
    ways = [Matrix.Rotation(step * _STEP, 3, "Z") @ front for step in range(-steps, steps + 1)]
    poses = [both_seen_from(people, way, aspect, reach) for way in ways]

    def cost(index: int) -> float:
        pose = poses[index]
        first, second = (spot_around(one.corners(), pose, aspect) for one in people)
        if first is None or second is None:
            return math.inf
        covered = max(0.0, _CLEAR_BETWEEN + min(first.right, second.right) - max(first.left, second.left))
        aside = sum(max(0.0, off_face(one, pose) - _ASIDE[1]) for one in people)
        outside = sum(not one.within(_EDGE) for one in (first, second))
        return 20.0 * outside + 8.0 * covered + aside - 2.0 * sum(height_of(one, pose, aspect) for one in people)

    return poses[min(range(len(poses)), key=cost)]


def off_face(person: Person, pose: Pose) -> float:
    """Radians between where a face points and the camera."""
    return float(person.look.angle(pose.place - person.eyes))


def distance_from_sight(pose: Pose, seen: Person, other: Person) -> float:
    """Metres from the other one's head, or a body below it, to the line from the camera to the eyes that are `seen`."""
    head = other.eyes - other.look * _HEAD_BEHIND * other.size
    way = seen.eyes - pose.place
    down = other.trunk if other.reclines else -UP
    found = math.inf
    for step in range(_BODY_STEPS if other.body > 0.0 else 1):
        middle = head + down * step * _BODY_STEP * other.size
        share = min(max((middle - pose.place).dot(way) / way.length_squared, 0.0), 1.0)
        found = min(found, (pose.place + way * share - middle).length - _BODY_WIDER * (step > 0))
    return found


def _is_seen_past(people: Sequence[Person], person: int, pose: Pose, ground: float) -> bool:
    """Whether this camera over a shoulder shows a face, and past the back of a head that is turned to it."""
    one, other = people[person], people[1 - person]
    way = one.eyes - other.eyes
    steep = abs(way.z) > _HIGHEST_PAST * Vector((way.x, way.y)).length
    turned = other.faces.dot(level_of(way)) < _TURNED_AWAY
    high = pose.place.z > ground + _LOWEST_CAMERA
    return high and off_face(one, pose) < FACE_SEEN and not (one.lies or other.lies or steep or turned)


def _is_single(people: Sequence[Person], person: int, pose: Pose, ground: float) -> bool:
    """Whether this camera shows a face that no other head is before."""
    one, other = people[person], people[1 - person]
    clear = distance_from_sight(pose, one, other) > _HEAD_RADIUS * other.size
    return off_face(one, pose) < FACE_SEEN and clear and pose.place.z > ground + _LOWEST_CAMERA


def _turned_to(
    people: Sequence[Person], person: int, front: Vector, aspect: float, share: float, ground: float
) -> Pose:
    """The single of `person` that is looked for around the face."""
    one, other = people[person], people[1 - person]
    middle = 0.5 * (one.eyes + other.eyes)

    def cost(pose: Pose) -> float:
        off, way = off_face(one, pose), pose.place - one.eyes
        near, far = _ASIDE
        result = max(0.0, off - far) / math.radians(15.0) + max(0.0, near - off) / math.radians(40.0)
        result += 1.2 * math.acos(max(-1.0, min(1.0, level_of(way).dot(front)))) / math.pi
        result += 10.0 * (distance_from_sight(pose, one, other) < _HEAD_RADIUS * other.size)
        result += 5.0 * (pose.place.z < ground + _LOWEST_CAMERA)
        result += 5.0 * (Vector((*(pose.place - middle).to_2d(), 0.0)).length > _FROM_MIDDLE)
        result += 6.0 * ((pose.place - other.eyes).length < 2.0 * _HEAD_RADIUS * other.size)
        result += 0.6 * _is_cut(other, pose, aspect)
        if one.lies:
            # Along the body a face is foreshortened; from high above it is a portrait of somebody who stands.
            result += 2.0 * abs(one.top.dot(way.normalized())) + 0.5 * way.normalized().z
        return result

    return min(_around(people, person, aspect, share), key=cost)


def _around(people: Sequence[Person], person: int, aspect: float, share: float) -> Iterator[Pose]:
    one = people[person]
    for step in range(round(2.0 * math.pi / _STEP)):
        way = Matrix.Rotation(step * _STEP, 3, "Z") @ one.trunk
        if not one.lies:
            yield single(people, person, way, aspect, share)
            continue
        for rise in _RISES:
            yield _lying(one, (way + UP * rise).normalized(), aspect, share)


def _lying(one: Person, backward: Vector, aspect: float, share: float) -> Pose:
    """A head that lies, as it is: across the picture, with room on the side of its shoulders."""
    axes = looking(backward)
    right, up = axes.col[0], axes.col[1]
    around = [corner - one.eyes for corner in one.corners()]
    across, above = ([axis.dot(corner) for corner in around] for axis in (right, up))
    size = share / _CLOSE
    height = max(
        (max(above) - min(above)) / (_LYING_HIGH * size),
        (max(across) - min(across)) / (_LYING_WIDE * size * aspect),
        HEAD_HEIGHT * one.size / (share * 1.15),
    )
    shoulders = math.copysign(1.0, -one.top.dot(right))
    middle = one.eyes + right * (0.5 * (max(across) + min(across)) + shoulders * _LYING_LEAD * 0.5 * height * aspect)
    middle += up * 0.5 * (max(above) + min(above))
    return Pose(middle + backward * 0.5 * height / half_picture(_LENS, aspect)[1], axes, _LENS)


def _is_cut(person: Person, pose: Pose, aspect: float) -> bool:
    """Whether the picture's edge goes through somebody's head, or it is so near that it fills much of the picture."""
    spot = spot_around(person.corners(), pose, aspect)
    return spot is not None and not spot.outside() and not spot.inside()
