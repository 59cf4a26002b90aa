"""Where a camera stands so that heads fill its picture as a film would have them; geometry alone, no scene."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from mathutils import Matrix, Vector

SENSOR_WIDTH: Final = 36.0
UP: Final = Vector((0.0, 0.0, 1.0))

_FACE, _NAPE, _SIDE, _CROWN, _CHIN = 0.06, 0.20, 0.11, 0.135, -0.13
"""Metres from between the eyes to where a head with its hair ends."""
HEAD_HEIGHT: Final = _CROWN - _CHIN

_TWO_LENS, _CLOSE_LENS = 70.0, 85.0
_HEAD_IN_TWO, _HEAD_OVER, _HEAD_CLOSE = 0.48, 0.58, 0.72
"""Share of the picture's height that a head may take in each view."""
_HEAD_CLOSEST, _CLOSER, _ROOM_BETWEEN = 0.80, 0.6, 0.8
"""A close-up's largest share; how much larger it gets for each metre that people are nearer than the last number."""
_OVER_OF_WIDTH, _CLOSE_OF_WIDTH = 0.46, 0.76
"""Share of the picture's width, where that is less: upright pictures."""
_EYES_IN_TWO, _EYES_OVER, _EYES_CLOSE = 0.26, 0.26, 0.30
"""How far above the picture's middle the eyes are, in halves of its height: about at the upper third."""
_BUST, _BUST_SEEN, _LOWEST_EYES = 0.36, 0.66, -0.12
"""Metres of a person below the eyes; halves of the height below its middle that they reach down to, so that a wide
picture has the room above the people and not the counter below them; and the lowest that brings the eyes."""
_BUST_OVER, _LOWEST_OVER = 0.32, 0.12
"""Metres of a person below the eyes that are seen over a shoulder, as sleeves end below that; and how far above the
middle, in halves of the height, the eyes stay for all that."""
_HEADROOM: Final = 0.88
"""Halves of the height; nobody's crown is above it."""
_LOWEST: Final = 0.97
"""Halves of the height below the middle that nothing which is to be seen of two people is under."""
_ASIDE: Final = 0.98
"""Halves of the width that two people may fill."""
_LEAD_ROOM: Final = 0.17
"""Halves of the width that a face gives way to the side it looks to."""
_FACE_OVER, _CLEAR_OVER = 0.30, 0.48
"""Halves of the width: where the face is, and opposite it how far the head that it is seen past, hair and all, stays
from the middle."""
_HAIR: Final = (0.07, 0.14)
"""Metres from between the eyes back to a head's middle, and from there to where much hair ends."""
_LEADS: Final = (1.0, 0.75, 0.5, 0.25, 0.0)
"""Shares of its lead room that a close-up tries until the other one is out of the picture."""
_TILT, _TILT_LYING = 0.04, 0.30
"""Metres a camera stands higher for each metre it is away; of a two-shot in which somebody lies."""
_LEVEL_ENOUGH, _TAKES_PART, _STEEPEST_SINGLE = 0.46, 0.4, 0.26
"""How steep the line between two people's eyes is before a single looks up or down; the share of what is beyond that
it takes; and the most, all metres up for each metre away."""
_TURNED_AWAY: Final = -0.1
"""Cosine of the angle between where a face points and the other one, below which it looks away from them."""
_MOST_ROUND, _MOST_ROUND_UPRIGHT = math.radians(40.0), math.radians(52.0)
"""How far a two-shot goes round the people to bring them closer together."""
_PAST_PROFILE: Final = math.radians(15.0)
"""How far from behind a two-shot that is not upright may see a face, beyond its profile."""
_ROUND_STEP: Final = math.radians(4.0)
_WORTH_A_STEP: Final = 0.004
"""By how much both heads' shares of the height together must grow."""
_BEHIND, _NEAREST_BEHIND = 0.65, 0.50
"""How far behind the listener's eyes one looks past them, in distances between the people; the least, in metres."""
_FROM_MIDDLE: Final = 3.3
"""Metres from the middle between the people that the camera over a shoulder keeps within, as the room ends there."""
_BESIDE: Final = (0.10, 1.2)
"""Metres beside the listener's eyes, the least and the most."""
_FOLLOWED: Final = 0.7
"""Share of the line from one pair of eyes to the other's that the camera over a shoulder keeps to."""
_UNEQUAL: Final = 1.3
"""How many times larger one head may look than the other in a two-shot that goes round the people."""
_OFF_FACING, _MOST_TOWARDS = math.radians(32.0), math.radians(40.0)
"""A close-up is taken this far from where the face points, towards the audience."""
_STEPS: Final = 30


@dataclass(frozen=True)
class Person:
    """World position between the eyes, the level unit vector the head faces, and its size, 1 for a person's.

    `chest`: the level unit vector the trunk faces, of who lies the one from head to feet; None for as the head faces.
    `nose` and `crown`: unit vectors out of the face and out of the top of a head that lies; None of an upright one.
    `reclines`: whether the body lies, with the head raised or not. `body`: metres below the eyes, or towards the feet
    of who lies, that a picture of both is to show.
    """

    eyes: Vector
    faces: Vector
    size: float = 1.0
    chest: Vector | None = None
    nose: Vector | None = None
    crown: Vector | None = None
    reclines: bool = False
    body: float = 0.0

    @property
    def trunk(self) -> Vector:
        """Level unit vector that the trunk faces; of who lies, from head to feet."""
        return self.faces if self.chest is None else self.chest

    @property
    def look(self) -> Vector:
        """Unit vector that the face points along, upwards as well where the head lies."""
        return self.faces if self.nose is None else self.nose

    @property
    def top(self) -> Vector:
        """Unit vector from the eyes to the head's top."""
        return UP if self.crown is None else self.crown

    @property
    def lies(self) -> bool:
        """Whether the head lies on its back or its side."""
        return self.crown is not None

    def corners(self) -> list[Vector]:
        """The eight corners of a box around the head and its hair."""
        side = self.top.cross(self.look)
        return [
            self.eyes + (self.look * ahead + side * aside + self.top * above) * self.size
            for ahead, aside, above in product((_FACE, -_NAPE), (-_SIDE, _SIDE), (_CROWN, _CHIN))
        ]

    def shown(self) -> list[Vector]:
        """What a picture of both people holds of this one: the head, and as much of the body as is to be seen."""
        if self.body <= 0.0:
            return self.corners()
        down = self.trunk if self.reclines else -UP
        return [*self.corners(), self.eyes + down * self.body * self.size]


@dataclass(frozen=True)
class Pose:
    """A camera: where it is (metres), its axes as columns (right, up, back), its lens in millimetres."""

    place: Vector
    axes: Matrix
    lens: float

    def seen(self, point: Vector, aspect: float) -> Vector:
        """`point` in the picture: x and y from −1 to 1 at its edges, z the metres in front of the camera."""
        across, above = half_picture(self.lens, aspect)
        local = self.axes.transposed() @ (point - self.place)
        depth = max(-local.z, 1e-3)
        return Vector((local.x / (depth * across), local.y / (depth * above), -local.z))


def half_picture(lens: float, aspect: float) -> tuple[float, float]:
    """Half the width and half the height of what a lens (millimetres) shows, for each metre in front of it."""
    longer = 0.5 * SENSOR_WIDTH / lens
    return longer * min(1.0, aspect), longer * min(1.0, 1.0 / aspect)


def two_shot(people: Sequence[Person], front: Vector, along: Vector, aspect: float, reach: float) -> Pose:
    """Both heads, wholly in the picture and as large as it allows, from a little to the second one's side.

    The camera goes round them only as far as it takes to make them large and shows both, and stays within `reach`
    metres of their middle. `front` and `along` are level unit vectors: towards the audience, and from the first to the
    second.
    """
    most = _MOST_ROUND if aspect >= 1.0 else _MOST_ROUND_UPRIGHT
    best: Pose | None = None
    largest = 0.0
    for step in range(int(most / _ROUND_STEP) + 1):
        way = front * math.cos(step * _ROUND_STEP) + along * math.sin(step * _ROUND_STEP)
        if best is not None and aspect >= 1.0 and min(one.faces.dot(way) for one in people) < -math.sin(_PAST_PROFILE):
            break
        pose = both_seen_from(people, way, aspect, reach)
        heights = sorted(height_of(one, pose, aspect) for one in people)
        if best is None or (sum(heights) > largest + _WORTH_A_STEP and heights[1] < _UNEQUAL * heights[0]):
            best, largest = pose, sum(heights)
    if best is None:
        raise ValueError("no direction was tried")
    return best


def smallest_face(people: Sequence[Person], pose: Pose, aspect: float) -> float:
    """Share of the picture's shorter side that the smaller head takes."""
    return min(height_of(one, pose, aspect) for one in people) / min(1.0, aspect)


def over_shoulder(people: Sequence[Person], person: int, front: Vector, aspect: float) -> Pose:
    """`person`'s face past the back of the other one's head, which stays at the edge, from the audience's side."""
    face, other, size = people[person].eyes, people[1 - person].eyes, people[person].size
    towards = level_of(other - face)
    behind = max(_NEAREST_BEHIND, min(_BEHIND * (other - face).length, _FROM_MIDDLE - 0.5 * (other - face).length))
    # Over a taller one's shoulder it looks down, past a smaller one up: else their head leaves the picture.
    rise = _FOLLOWED * (other.z - face.z) * behind / max((other - face).length, behind)
    back = other + towards * behind + UP * rise
    near, far = _BESIDE
    pose = _past(back + front * near, face, other, aspect, size)
    for _ in range(_STEPS):
        beside = 0.5 * (near + far)
        pose = _past(back + front * beside, face, other, aspect, size)
        side = math.copysign(1.0, pose.seen(other, aspect).x)
        if _inner_edge(people[1 - person], side, pose, aspect) < _CLEAR_OVER:
            near = beside
        else:
            far = beside
    return pose


def close_up(people: Sequence[Person], person: int, front: Vector, aspect: float) -> Pose:
    """`person`'s head, three quarters to the camera, with room on the side it looks to."""
    one, other = people[person], people[1 - person]
    towards = level_of(other.eyes - one.eyes)
    faces = math.atan2(one.faces.dot(towards), one.faces.dot(front))
    turn = min(max(faces - _OFF_FACING, 0.0), _MOST_TOWARDS)
    way = front * math.cos(turn) + towards * math.sin(turn)
    return single(people, person, way, aspect, _HEAD_CLOSE)


def single(people: Sequence[Person], person: int, way: Vector, aspect: float, share: float) -> Pose:
    """`person`'s upright head from the level direction `way`, `share` of the picture's height, with room to look into.

    Where the two are at unlike heights the camera looks a little up or down, from where the other one's eyes are.
    """
    one, other = people[person], people[1 - person]
    towards = level_of(other.eyes - one.eyes)
    axes = looking(tilted(way, _steepness(one, other)))
    # The closer they are, the closer the camera: else the other one's head fills half of the picture.
    near = max(0.0, _ROOM_BETWEEN - (other.eyes - one.eyes).length)
    of_height = min(_HEAD_CLOSEST, share + _CLOSER * near)
    width, height = _size_of_one(of_height, _CLOSE_OF_WIDTH, aspect, one.size)
    distance = 0.5 * width / half_picture(_CLOSE_LENS, aspect)[0]
    right, up, backward = axes.col
    eyes = min(_EYES_CLOSE, 0.90 - _CROWN * one.size / (0.5 * height))
    place = one.eyes + backward * distance - up * eyes * 0.5 * height
    across = [corner.x for corner in (Pose(place, axes, _CLOSE_LENS).seen(one, aspect) for one in one.corners())]
    # Room for the look, as far as the back of the head stays in the picture and the other one's hair out of it.
    # A face looks to where the other one is, or away from them.
    looks = one.faces if one.faces.dot(towards) < _TURNED_AWAY else towards
    to_the_right = math.copysign(1.0, right.dot(looks))
    back = -min(to_the_right * one for one in across)
    lead = min(_LEAD_ROOM, 0.93 - back)
    leads = [min(lead, share * _LEAD_ROOM) for share in _LEADS]
    poses = [Pose(place + right * to_the_right * one * 0.5 * width, axes, _CLOSE_LENS) for one in leads]
    alone = (pose for pose in poses if _inner_edge(other, to_the_right, pose, aspect) > 1.0)
    return next(alone, poses[-1])


def both_seen_from(people: Sequence[Person], way: Vector, aspect: float, reach: float) -> Pose:
    """Both heads from the level direction `way`, from within `reach` metres of their middle."""
    rise = _TILT_LYING if any(one.reclines for one in people) else _TILT
    middle = sum((one.eyes for one in people), Vector()) / len(people)
    lens = _TWO_LENS
    for _ in range(4):
        pose = _filled(people, looking(tilted(way, rise)), lens, aspect)
        distance = (pose.place - middle).length
        if distance <= reach:
            break
        lens *= reach / distance
    return pose


def _filled(people: Sequence[Person], axes: Matrix, lens: float, aspect: float) -> Pose:
    """Along its own axis to where the heads fill the picture, then sideways and up to where they belong."""
    right, up, backward = axes.col
    corners = [corner for one in people for corner in one.shown()]
    middle = sum((one.eyes for one in people), Vector()) / len(people)
    across, above = half_picture(lens, aspect)
    pose = Pose(middle + backward * 3.0, axes, lens)
    for _ in range(_STEPS):
        seen = [pose.seen(corner, aspect) for corner in corners]
        left, rightmost = min(one.x for one in seen), max(one.x for one in seen)
        tallest = max(height_of(one, pose, aspect) for one in people)
        lowest, crown = min(one.y for one in seen), max(one.y for one in seen)
        grow = max((rightmost - left) / (2.0 * _ASIDE), (crown - lowest) / (2.0 * _HEADROOM), tallest / _HEAD_IN_TWO)
        distance = (pose.place - middle).dot(backward)
        eyes = sum(pose.seen(one.eyes, aspect).y for one in people) / len(people)
        wanted = min(_EYES_IN_TWO, max(_LOWEST_EYES, _BUST / (above * distance) - _BUST_SEEN))
        lift = max(min(eyes - wanted, lowest + _LOWEST), crown - _HEADROOM)
        place = pose.place + right * 0.5 * (left + rightmost) * across * distance + up * lift * above * distance
        pose = Pose(place + backward * distance * (min(max(grow, 0.5), 2.0) - 1.0), axes, lens)
    return pose


def _past(place: Vector, face: Vector, other: Vector, aspect: float, size: float) -> Pose:
    """From `place`: `face` stands at its third of the picture, whatever of `other` is then seen."""
    sight = face - place
    _, height = _size_of_one(_HEAD_OVER, _OVER_OF_WIDTH, aspect, size)
    lens = 0.5 * SENSOR_WIDTH * min(1.0, 1.0 / aspect) * 2.0 * sight.length / height
    across, above = half_picture(lens, aspect)
    eyes = min(_EYES_OVER, max(_LOWEST_OVER, _BUST_OVER * size / (0.5 * height) - 1.0))
    way = level_of(sight)
    # The picture turns towards the listener until the face is at its third.
    side = math.copysign(1.0, way.cross(UP).dot(other - place))
    turn = math.atan(_FACE_OVER * across) * side
    level = Matrix.Rotation(-turn, 3, "Z") @ way
    rise = math.atan2(sight.z, Vector((sight.x, sight.y)).length) - math.atan(eyes * above)
    axes = looking(-(level * math.cos(rise) + UP * math.sin(rise)))
    return Pose(place.copy(), axes, lens)


def _inner_edge(person: Person, side: float, pose: Pose, aspect: float) -> float:
    """How far from the picture's middle the head begins that is on its right (`side` 1) or left (−1), hair and all.

    Of a head behind the camera it is endless.
    """
    behind, radius = (metres * person.size for metres in _HAIR)
    seen = pose.seen(person.eyes - person.faces * behind, aspect)
    return side * seen.x - radius / (seen.z * half_picture(pose.lens, aspect)[0]) if seen.z > radius else math.inf


def _size_of_one(of_height: float, of_width: float, aspect: float, size: float) -> tuple[float, float]:
    """Metres across and up that the picture shows at a head of this `size` that takes these shares of it."""
    height = max(HEAD_HEIGHT / of_height, (_FACE + _NAPE) / of_width / aspect) * size
    return height * aspect, height


def height_of(person: Person, pose: Pose, aspect: float) -> float:
    """Share of the picture's height that a head takes."""
    return HEAD_HEIGHT * person.size / (2.0 * half_picture(pose.lens, aspect)[1] * pose.seen(person.eyes, aspect).z)


def tilted(way: Vector, rise: float = _TILT) -> Vector:
    """Unit vector to a camera from what it looks at: along the level `way`, and `rise` higher for each metre."""
    return (way + UP * rise).normalized()


def _steepness(one: Person, other: Person) -> float:
    """Metres that a camera on `one` stands higher for each metre it is away."""
    away = other.eyes - one.eyes
    slope = away.z / max(Vector((away.x, away.y)).length, _NEAREST_BEHIND)
    beyond = math.copysign(max(abs(slope) - _LEVEL_ENOUGH, 0.0), slope)
    return _TILT + min(max(_TAKES_PART * beyond, -_STEEPEST_SINGLE), _STEEPEST_SINGLE)


def looking(backward: Vector) -> Matrix:
    """Axes of an upright camera that looks against `backward`, a unit vector."""
    right = UP.cross(backward).normalized()
    return Matrix((right, backward.cross(right), backward)).transposed()


def level_of(vector: Vector) -> Vector:
    """Level unit vector in the direction of `vector`."""
    return Vector((vector.x, vector.y, 0.0)).normalized()
