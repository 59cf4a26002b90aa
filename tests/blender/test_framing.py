"""What cameras show of the people, through Blender's own projection."""

import json
import math
from pathlib import Path

import bpy
import pytest
from bpy_extras.object_utils import world_to_camera_view
from duologue.addon.staging.framing import HEAD_HEIGHT, Person
from duologue.addon.staging.lamps import hang_lamps
from duologue.addon.staging.sightline import Sightline, audience_side
from duologue.addon.staging.stage import arrange_set, two_shot_is_close
from duologue.addon.steps import at_once
from mathutils import Vector

pytestmark = pytest.mark.one_blender

_ARRANGEMENTS = Path(__file__).resolve().parents[2] / "presets" / "staging" / "arrangements"
_SIZES = {"wide": (640, 360), "square": (1080, 1080), "upright": (1080, 1920)}
_HIGHER = (0.0, -0.25)
_LAMP_RADIUS = 0.085
_LIT = {"Catch first": "Over the shoulder, first", "Catch second": "Over the shoulder, second"}
"""Light in a face's eyes and the camera on that face."""


def _people(arrangement, higher):
    """Two people as the backend places them, in Blender's axes; the second one's eyes `higher` metres."""
    values = json.loads((_ARRANGEMENTS / f"{arrangement}.json").read_text(encoding="utf-8"))
    apart, turn = values["distance"] * values.get("distance_scale", 1.0), math.radians(values["open_degrees"])
    facings = tuple(Vector((way * math.cos(turn), -math.sin(turn), 0.0)) for way in (1.0, -1.0))
    return Sightline(Vector((-apart / 2, 0.0, 1.2)), Vector((apart / 2, 0.0, 1.2 + higher)), facings)


def _arranged(scene, sightline, size=(640, 360)):
    """Cameras by name of the set that is arranged around these people in a picture of `size` pixels."""
    scene.render.resolution_x, scene.render.resolution_y = size
    collection = bpy.data.collections.new("Set")
    scene.collection.children.link(collection)
    at_once(arrange_set(scene, collection, sightline, audience_side(sightline)))
    bpy.context.view_layer.update()
    return {thing.name: thing for thing in collection.objects if thing.type == "CAMERA"}, collection


def _seen(scene, camera, points):
    """Blender's picture coordinates: 0 to 1 from the left and from below, then metres of depth."""
    return [world_to_camera_view(scene, camera, point) for point in points]


def _edge_of_hair(scene, camera, person):
    """Where 14 cm beside the middle of a head, and this middle itself, are across the picture, 0 to 1.

    None of a head behind the camera.
    """
    middle = person.eyes - 0.07 * person.faces
    beside = middle + camera.matrix_world.to_3x3().col[0] * 0.14
    seen = _seen(scene, camera, [beside, middle])
    return [point.x for point in seen] if seen[0].z > 0.0 else None


_TURNED_FROM_THE_OTHER = ("back_to_back", "one_behind")


@pytest.fixture(
    params=[path.stem for path in sorted(_ARRANGEMENTS.glob("*.json")) if path.stem not in _TURNED_FROM_THE_OTHER]
)
def arrangement(request):
    return request.param


@pytest.mark.parametrize("higher", _HIGHER)
@pytest.mark.parametrize("size", _SIZES.values(), ids=_SIZES)
def test_two_shot_holds_both_heads_wholly(scene, arrangement, size, higher):
    sightline = _people(arrangement, higher)
    cameras, _ = _arranged(scene, sightline, size)

    for person in sightline.people():
        for corner in _seen(scene, cameras["Two-shot"], person.corners()):
            assert 0.005 < corner.x < 0.995
            assert 0.05 < corner.y < 0.97
            assert corner.z > 0.5


def test_two_shot_is_filled_by_people(scene, arrangement):
    sightline = _people(arrangement, 0.0)
    cameras, _ = _arranged(scene, sightline)

    corners = _seen(scene, cameras["Two-shot"], [c for person in sightline.people() for c in person.corners()])
    width = max(corner.x for corner in corners) - min(corner.x for corner in corners)
    eyes = [
        _seen(scene, cameras["Two-shot"], [head, head + Vector((0, 0, HEAD_HEIGHT))])
        for head in (sightline.first, sightline.second)
    ]
    heights = [top.y - bottom.y for bottom, top in eyes]
    assert width > 0.88 or min(heights) > 0.36
    assert arrangement == "across_a_room" or min(heights) > 0.3
    assert max(heights) < 0.5
    assert max(heights) < 1.35 * min(heights)


@pytest.mark.parametrize("higher", _HIGHER)
@pytest.mark.parametrize("size", _SIZES.values(), ids=_SIZES)
def test_close_up_has_headroom_eyes_at_the_upper_third_and_lead_room(scene, arrangement, size, higher):
    sightline = _people(arrangement, higher)
    cameras, _ = _arranged(scene, sightline, size)

    for name, person, way in zip(("Close-up first", "Close-up second"), sightline.people(), (1.0, -1.0), strict=True):
        (eyes,) = _seen(scene, cameras[name], [person.eyes])
        corners = _seen(scene, cameras[name], person.corners())
        assert 0.54 < eyes.y < 0.72
        assert way * (0.5 - eyes.x) > (0.08 if size[0] > size[1] else -0.15)
        assert max(corner.y for corner in corners) < 1.03
        assert min(corner.x for corner in corners) > 0.0
        assert max(corner.x for corner in corners) < 1.0


@pytest.mark.parametrize("size", _SIZES.values(), ids=_SIZES)
def test_face_over_the_shoulder_is_clear_of_the_listener(scene, arrangement, size):
    sightline = _people(arrangement, 0.0)
    cameras, _ = _arranged(scene, sightline, size)

    for name, person in (("Over the shoulder, first", 0), ("Over the shoulder, second", 1)):
        face, listener = (sightline.people()[one] for one in (person, 1 - person))
        (eyes,) = _seen(scene, cameras[name], [face.eyes])
        (other,) = _seen(scene, cameras[name], [listener.eyes])
        assert 0.55 < eyes.y < 0.72
        assert 0.25 < eyes.x < 0.75
        assert abs(other.x - eyes.x) > 0.2
        assert other.z < eyes.z


@pytest.mark.parametrize("size", _SIZES.values(), ids=_SIZES)
def test_hair_of_the_listener_stays_at_the_edge_over_the_shoulder(scene, arrangement, size):
    sightline = _people(arrangement, 0.0)
    cameras, _ = _arranged(scene, sightline, size)

    for name, listener, side in (("Over the shoulder, first", 1, 1.0), ("Over the shoulder, second", 0, -1.0)):
        inner, middle = _edge_of_hair(scene, cameras[name], sightline.people()[listener])
        assert side * (middle - 0.5) - abs(inner - middle) > (0.15 if arrangement == "intimate" else 0.19)
        assert side * (middle - 0.5) - abs(inner - middle) < 0.4, "it is still seen past somebody"


@pytest.mark.parametrize("size", _SIZES.values(), ids=_SIZES)
def test_close_up_shows_nothing_of_the_other_one(scene, arrangement, size):
    sightline = _people(arrangement, 0.0)
    cameras, _ = _arranged(scene, sightline, size)

    for name, other, side in (("Close-up first", 1, 1.0), ("Close-up second", 0, -1.0)):
        found = _edge_of_hair(scene, cameras[name], sightline.people()[other])
        if found is not None:
            inner, middle = found
            assert side * (middle - 0.5) - abs(inner - middle) > 0.49


@pytest.mark.parametrize("size", [_SIZES[name] for name in ("wide", "square")], ids=["wide", "square"])
def test_no_face_of_the_two_shot_is_seen_from_behind(scene, arrangement, size):
    sightline = _people(arrangement, 0.0)
    cameras, _ = _arranged(scene, sightline, size)

    for person in sightline.people():
        way = (cameras["Two-shot"].location - person.eyes).to_2d()
        assert math.degrees(way.angle(person.faces.to_2d())) < 125.0


@pytest.mark.parametrize("size", [_SIZES[name] for name in ("wide", "square")], ids=["wide", "square"])
def test_sleeves_end_below_the_picture_over_the_shoulder(scene, arrangement, size):
    sightline = _people(arrangement, 0.0)
    cameras, _ = _arranged(scene, sightline, size)

    for name, person in (("Over the shoulder, first", 0), ("Over the shoulder, second", 1)):
        (ends,) = _seen(scene, cameras[name], [sightline.people()[person].eyes - Vector((0.0, 0.0, 0.345))])
        assert ends.y < 0.0


def test_only_people_near_one_another_are_close_in_the_two_shot(scene, arrangement):
    sightline = _people(arrangement, 0.0)
    _, collection = _arranged(scene, sightline)

    close = two_shot_is_close(scene, collection, sightline, audience_side(sightline))

    near = ("arguing", "intimate", "side_by_side", "standing", "table_corner", "right_angle", "walking")
    assert close == (arrangement in near)


def test_all_cameras_stay_on_the_audience_s_side(scene, arrangement):
    sightline = _people(arrangement, 0.0)
    cameras, _ = _arranged(scene, sightline)

    assert len(cameras) == 5
    assert all((camera.location - sightline.centre).dot(audience_side(sightline)) > 0.05 for camera in cameras.values())


@pytest.mark.parametrize("size", _SIZES.values(), ids=_SIZES)
def test_no_camera_cuts_a_lamp(scene, arrangement, size):
    cameras, collection = _arranged(scene, _people(arrangement, 0.0), size)

    lamps = [thing for thing in collection.objects if thing.name.startswith("Lamp") and not thing.hide_render]
    assert len(lamps) >= 3
    for lamp in lamps:
        for camera in cameras.values():
            right, up = (camera.matrix_world.to_3x3().col[axis] * _LAMP_RADIUS * lamp.scale.x for axis in (0, 1))
            left, most, low, high = _seen(
                scene, camera, [lamp.location - right, lamp.location + right, lamp.location - up, lamp.location + up]
            )
            if left.z > 0:
                within = left.x > 0 and most.x < 1 and low.y > 0 and high.y < 1
                assert within or left.x > 1 or most.x < 0 or low.y > 1 or high.y < 0


def test_lamps_hang_behind_faces_of_singles(scene, arrangement):
    cameras, collection = _arranged(scene, _people(arrangement, 0.0))

    lamps = [one for one in collection.objects if one.name.startswith("Lamp") and not one.hide_render]
    lit = 0
    for name, camera in cameras.items():
        seen = _seen(scene, camera, [lamp.location for lamp in lamps])
        lit += name != "Two-shot" and any(0.0 < one.x < 1.0 and 0.0 < one.y < 1.0 and one.z > 0.0 for one in seen)
    assert lit >= {"arguing": 3, "intimate": 2}.get(arrangement, 1)


def test_the_set_follows_when_the_picture_s_shape_changes(scene):
    sightline = _people("across_a_table", 0.0)
    cameras, collection = _arranged(scene, sightline)
    wide = cameras["Two-shot"].location.copy()

    scene.render.resolution_x, scene.render.resolution_y = 1080, 1920
    at_once(arrange_set(scene, collection, sightline, audience_side(sightline)))

    assert (cameras["Two-shot"].location - wide).length > 0.1


def test_a_lamp_that_every_picture_would_cut_is_not_rendered(scene):
    class Anywhere:
        lens = 50.0

        def seen(self, _point, _aspect):
            return Vector((1.0, 0.0, 2.0))

    collection = bpy.data.collections.new("Set")
    person = Person(Vector((0, 0, 1)), Vector((0, -1, 0)))

    list(hang_lamps(collection, Vector(), Vector((0, -1, 0)), [person], [Anywhere()], 1.0))

    assert all(lamp.hide_render for lamp in collection.objects)


def test_eyes_that_meet_the_partners_catch_a_light_where_cameras_look(scene, arrangement):
    sightline = _people(arrangement, 0.0)
    cameras, collection = _arranged(scene, sightline)
    eyes = (sightline.first, sightline.second)

    for person, (lamp, camera) in enumerate(_LIT.items()):
        here, other = eyes[person], eyes[1 - person]
        to_lamp, to_camera, gaze = (
            (place - here).normalized()
            for place in (collection.objects[lamp].location, cameras[camera].location, other)
        )
        between = (to_lamp + to_camera).normalized()
        assert math.degrees(between.angle(gaze)) < 31.0  # a cornea's edge is turned by 31 degrees
        # The partner's head, with its hair, is not before the light.
        beside = (other - here) - (other - here).dot(to_lamp) * to_lamp
        assert beside.length > 0.14
