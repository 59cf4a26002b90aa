"""What cameras show of two people whatever they do: turned away, one behind the other, low, high, lying."""

import math
from dataclasses import replace

import bpy
import pytest
from duologue.addon.staging.furnishing import Furnishing
from duologue.addon.staging.sightline import Bearing, Sightline, are_in_line, audience_side
from duologue.addon.staging.stage import arrange_set
from duologue.addon.staging.views import distance_from_sight, off_face, views_of
from duologue.addon.steps import at_once
from duologue.backend.contract.postures import EYE_HEIGHTS
from mathutils import Quaternion, Vector

pytestmark = pytest.mark.one_blender

_CAMERA = Vector((0.0, -1.0, 0.0))
_UP = Vector((0.0, 0.0, 1.0))
_SIZES = {"wide": 16 / 9, "square": 1.0, "upright": 9 / 16}
_NECK = math.radians(65.0)


def _way(degrees):
    """The level way at so many degrees from the camera to the picture's right, as takes have it."""
    return Vector((math.sin(math.radians(degrees)), -math.cos(math.radians(degrees)), 0.0))


def _place(x, depth, facing, posture="standing", raised=0.0, turned=None):
    """Position, whither the body faces, posture, and the way the head faces where it is not the partner's."""
    return Vector((x, -depth, EYE_HEIGHTS[posture] + raised)), facing, posture, turned


def _sightline(*places):
    eyes = [place[0] for place in places]
    facings, bearings = [], []
    for person, (at, facing, posture, turned) in enumerate(places):
        chest, towards = _way(facing), (eyes[1 - person] - at).to_2d()
        off = chest.to_2d().angle_signed(towards, 0.0)  # clockwise
        turn = 0.0 if abs(off) > math.radians(120.0) else max(-_NECK, min(_NECK, 0.8 * off))
        turn = turn if turned is None else math.radians(turned)
        head = chest.copy()
        head.rotate(Quaternion(_UP, -turn))
        if posture == "lying":
            side = Vector((towards.x, towards.y, 0.0)).normalized()
            nose = (0.75 * side + 0.6 * _UP - chest * 0.1).normalized()
            crown = (-chest - nose * (-chest).dot(nose)).normalized()
            bearings.append(Bearing(chest, nose, crown, reclines=True))
            head = Vector((nose.x, nose.y, 0.0)).normalized()
        else:
            bearings.append(Bearing(chest))
        facings.append(head)
    return Sightline(*eyes, tuple(facings), bearings=tuple(bearings), floor=0.0)


def _pair(apart, first, second, postures=("standing", "standing"), raised=(0.0, 0.0)):
    """Two beside each other, open by so many degrees from the partner towards the camera."""
    return _sightline(
        _place(-apart / 2, 0.0, 90.0 - first, postures[0], raised[0]),
        _place(apart / 2, 0.0, second - 90.0, postures[1], raised[1]),
    )


def _behind(apart, axis, postures=("standing", "standing")):
    x, depth = apart * math.sin(math.radians(axis)) / 2, apart * math.cos(math.radians(axis)) / 2
    return _sightline(_place(x, depth, axis, postures[0]), _place(-x, -depth, axis, postures[1]))


_SCENES = {
    "kneels before who stands": _pair(0.9, 20, 20, ("kneeling", "standing")),
    "kneels before who sits": _pair(0.8, 20, 20, ("kneeling", "seated")),
    "crouches before who stands": _pair(1.0, 25, 25, ("crouching", "standing")),
    "both crouch": _pair(0.7, 30, 30, ("crouching", "crouching")),
    "perches": _pair(0.9, 30, 30, ("perching", "standing")),
    "both lean on something": _pair(0.9, 45, 45, ("leaning_on", "leaning_on")),
    "on a throne": _pair(1.6, 20, 20, ("standing", "seated"), (0.0, 1.1)),
    "on a ladder": _pair(1.2, 20, 20, ("standing", "standing"), (0.0, 1.5)),
    "a child": _pair(0.8, 25, 25, ("standing", "standing"), (-0.5, 0.0)),
    "back to back": _pair(0.55, 165, 165),
    "back to back on chairs": _pair(0.7, 155, 155, ("seated", "seated")),
    "one turns away": _pair(1.0, 25, 140),
    "one turns the back": _pair(1.0, 25, 175),
    "both to the camera": _pair(0.8, 85, 85),
    "one looks out of a window": _pair(1.2, 95, 25),
    "one faces upstage": _pair(1.0, 25, -100),
    "both face upstage": _pair(1.0, -95, -95),
    "both in profile": _pair(1.0, 0, 0),
    "side by side": _pair(0.66, 62, 62, ("seated", "seated")),
    "walking": _pair(0.7, 72, 72),
    "right angle": _pair(0.85, 45, 45, ("seated", "seated")),
    "one behind": _behind(0.8, 20),
    "one behind, to the left": _behind(0.8, -25),
    "one behind who sits": _behind(0.7, 22, ("seated", "standing")),
    "one far behind": _behind(2.5, 15),
    "lies, the other beside": _sightline(_place(-0.45, 0.0, 30.0, "lying"), _place(0.45, 0.0, -70.0, "seated")),
    "lies, the other stands": _sightline(_place(0.5, 0.0, 0.0, "lying"), _place(-0.5, 0.0, 70.0, "standing")),
    "lies along the picture": _sightline(_place(-0.2, 0.3, 90.0, "lying"), _place(0.4, -0.5, -20.0, "kneeling")),
    "both lie": _sightline(_place(-0.35, 0.0, 0.0, "lying"), _place(0.35, 0.0, 0.0, "lying")),
}
_POSTURES = {
    name: tuple(
        min(EYE_HEIGHTS, key=lambda one: abs(EYE_HEIGHTS[one] - eyes.z)) for eyes in (scene.first, scene.second)
    )
    for name, scene in _SCENES.items()
}


@pytest.fixture(params=_SCENES)
def talk(request):
    """The two people, with bodies as where the set shows them."""
    two = _SCENES[request.param]
    upright = abs(two.first.z - two.second.z) < 0.15 and not any(one.lies for one in two.people())
    return two if upright else replace(two, bodies=(0.62, 0.62))


@pytest.fixture(params=_SIZES.values(), ids=_SIZES)
def aspect(request):
    return request.param


def _views(talk, aspect):
    return views_of(talk, audience_side(talk, _CAMERA), aspect, 2.9)


def test_both_heads_are_wholly_in_the_two_shot(talk, aspect):
    pose = _views(talk, aspect)["two", None]

    for person in talk.people():
        for corner in person.corners():
            seen = pose.seen(corner, aspect)
            assert max(abs(seen.x), abs(seen.y)) < 1.0
            assert seen.z > 0.3


def test_singles_show_faces_that_nothing_is_before(talk, aspect):
    views, people = _views(talk, aspect), talk.people()

    for (view, person), pose in views.items():
        if view == "close":
            one, other = people[person], people[1 - person]
            assert math.degrees(off_face(one, pose)) < 75.0
            assert distance_from_sight(pose, one, other) > 0.2
            eyes = pose.seen(one.eyes, aspect)
            assert abs(eyes.x) < 0.7
            assert -0.4 < eyes.y < 0.75
            for corner in one.corners():
                assert abs(pose.seen(corner, aspect).x) < (1.0 if aspect >= 1.0 else 1.06)


def test_views_over_a_shoulder_show_a_face_or_are_singles(talk, aspect):
    people = talk.people()

    for (view, person), pose in _views(talk, aspect).items():
        if view == "over":
            assert math.degrees(off_face(people[person], pose)) < 75.0
            assert abs(pose.seen(people[person].eyes, aspect).x) < 0.8


def test_cameras_stand_in_nobody_and_within_the_room(talk, aspect):
    for pose in _views(talk, aspect).values():
        assert all((pose.place - person.eyes).length > 0.35 for person in talk.people())
        assert (pose.place - talk.centre).to_2d().length < 3.5
        assert pose.place.z > 0.2


def test_singles_are_at_about_the_subject_s_own_height(talk, aspect):
    for (view, person), pose in _views(talk, aspect).items():
        subject = None if person is None else talk.people()[person]
        if view == "close" and not subject.lies:
            rise = pose.place - subject.eyes
            assert abs(math.degrees(math.atan2(rise.z, rise.to_2d().length))) < 22.0


def test_two_in_line_are_both_seen_with_their_faces(aspect):
    for name, two in _SCENES.items():
        if "behind" in name:
            assert are_in_line(two)
            pose = _views(two, aspect)["two", None]
            assert all(math.degrees(off_face(person, pose)) < 75.0 for person in two.people())
            near, far = ([pose.seen(corner, aspect).x for corner in one.corners()] for one in two.people())
            assert max(near) < min(far) or max(far) < min(near)
            assert (pose.place - two.first).length < (pose.place - two.second).length


def test_backs_to_the_audience_stay_so_in_the_two_shot_and_singles_go_round():
    two = _SCENES["both face upstage"]
    views = _views(two, 16 / 9)

    assert audience_side(two, _CAMERA).dot(_CAMERA) > 0.9
    assert all(off_face(person, views["two", None]) > math.radians(90.0) for person in two.people())


def test_a_pair_that_is_turned_from_the_viewer_is_seen_from_where_it_faces_without_a_staging():
    assert audience_side(_SCENES["both face upstage"]).dot(_CAMERA) < 0.0


@pytest.mark.parametrize("name", _SCENES)
def test_no_furniture_is_before_a_face(scene, name):
    collection = bpy.data.collections.new("Set")
    scene.collection.children.link(collection)
    scene.render.resolution_x, scene.render.resolution_y = 640, 360
    two, postures = _SCENES[name], _POSTURES[name]
    sits = tuple(one == "seated" for one in postures)
    furnishing = Furnishing(table=False, chairs=sits, postures=postures, figures=True)
    at_once(arrange_set(scene, collection, two, audience_side(two, _CAMERA), furnishing=furnishing))
    bpy.context.view_layer.update()
    graph = bpy.context.evaluated_depsgraph_get()
    cameras = {one.name: one for one in collection.objects if one.type == "CAMERA"}

    for camera, eyes in (("Close-up first", two.first), ("Close-up second", two.second)):
        way = eyes - cameras[camera].location
        hit, _, _, _, thing, _ = scene.ray_cast(graph, cameras[camera].location, way.normalized(), distance=way.length)
        assert not hit, thing.name
