"""What of the furniture an arrangement has, and where it stands."""

import json
import math
from dataclasses import replace
from pathlib import Path

import bpy
import pytest
from bpy_extras.object_utils import world_to_camera_view
from duologue.addon.staging.furnishing import Furnishing, furnishing_of
from duologue.addon.staging.scenery import ROLE_PROPERTY
from duologue.addon.staging.sightline import Sightline, audience_side
from duologue.addon.staging.stage import arrange_set
from duologue.addon.steps import at_once
from mathutils import Vector

pytestmark = pytest.mark.one_blender

_ARRANGEMENTS = Path(__file__).resolve().parents[2] / "presets" / "staging" / "arrangements"
_OPEN = math.radians(26.0)
_AT_A_TABLE = Sightline(
    Vector((-0.55, 0.0, 1.2)),
    Vector((0.55, 0.0, 1.2)),
    tuple(Vector((way * math.cos(_OPEN), -math.sin(_OPEN), 0.0)) for way in (1.0, -1.0)),
)


def staging(arrangement, *postures):
    return {"arrangement": arrangement, "places": [{"posture": posture} for posture in postures]}


def arranged(scene, furnishing=None, sightline=_AT_A_TABLE, collection=None):
    """Objects by role."""
    if collection is None:
        collection = bpy.data.collections.new("Set")
        scene.collection.children.link(collection)
    at_once(arrange_set(scene, collection, sightline, audience_side(sightline), furnishing=furnishing))
    bpy.context.view_layer.update()
    return {one[ROLE_PROPERTY]: one for one in collection.objects}, collection


def shown(made, *names):
    return [not made[name].hide_render for name in names]


def test_two_at_a_table_have_cups_and_chairs(scene):
    made, _ = arranged(scene)

    assert all(shown(made, "Table", "Cup first", "Cup second", "Chair first", "Chair second", "Window"))
    for name, eyes in (("first", _AT_A_TABLE.first), ("second", _AT_A_TABLE.second)):
        cup, chair = made[f"Cup {name}"], made[f"Chair {name}"]
        assert cup.location.z == pytest.approx(made["Table"].location.z)
        assert (cup.location - eyes).length < (cup.location - _AT_A_TABLE.centre).length + 0.55
        assert (chair.location - eyes).to_2d().length < 0.15


def test_back_of_a_chair_is_behind_who_sits_in_it(scene):
    made, _ = arranged(scene)

    for person, name in zip(_AT_A_TABLE.people(), ("first", "second"), strict=True):
        chair = made[f"Chair {name}"]
        high = [chair.matrix_world @ corner.co for corner in chair.data.vertices if corner.co.z > -0.3]
        ahead = [(point - person.eyes).dot(person.faces) for point in high]
        assert min(ahead) < -0.33
        assert max(ahead) < -0.15
        assert max(point.z for point in high) < person.eyes.z - 0.15


def test_chairs_are_as_large_as_who_sits_in_them(scene):
    sizes = (1.3, 0.8)
    two = replace(_AT_A_TABLE, first=Vector((-0.7, 0.0, 1.2)), second=Vector((0.7, 0.0, 1.1)), sizes=sizes)
    made, collection = arranged(scene, sightline=two)
    arranged(scene, sightline=two, collection=collection)

    for person, name, size in zip(two.people(), ("first", "second"), sizes, strict=True):
        chair = made[f"Chair {name}"]
        points = [chair.matrix_world @ corner.co for corner in chair.data.vertices if corner.co.z > -0.3]
        assert tuple(chair.scale) == pytest.approx((size,) * 3)
        assert max(point.z for point in points) == pytest.approx(person.eyes.z - 0.21 * size, abs=1e-4)
        behind = [-(point - person.eyes).dot(person.faces) / size for point in points]
        assert 0.15 < min(behind) < max(behind) < 0.45


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (staging("across_a_table", "seated", "seated"), Furnishing(table=True, chairs=(True, True))),
        (staging("table_corner", "seated", "seated"), Furnishing(table=True, chairs=(True, True))),
        (staging("side_by_side", "seated", "seated"), Furnishing(table=False, chairs=(True, True))),
        (staging("arguing", "standing", "standing"), Furnishing(False, (False, False), ("standing", "standing"))),
        (
            staging("across_a_table", "seated", "standing"),
            Furnishing(True, (True, False), ("seated", "standing"), figures=True),
        ),
        (staging("the_artist_s_own", "seated", "seated"), Furnishing(table=True, chairs=(True, True))),
        (None, Furnishing()),
        ({"arrangement": 3, "places": "nowhere"}, Furnishing()),
    ],
)
def test_arrangement_says_what_stands_there(told, expected):
    assert furnishing_of(told, [True, True]) == expected


def test_characters_of_ones_own_get_no_chairs():
    told = staging("across_a_table", "seated", "seated")

    assert furnishing_of(told, [True, False]).chairs == (True, False)
    assert furnishing_of(None, [False, False]).chairs == (False, False)


def test_every_arrangement_is_known():
    for path in _ARRANGEMENTS.glob("*.json"):
        posture = json.loads(path.read_text(encoding="utf-8"))["posture"]
        found = furnishing_of(staging(path.stem, posture, posture), [True, True])
        assert found.table == ("table" in path.stem)


def test_furniture_comes_and_goes_with_the_arrangement_and_an_artist_s_choice_stays(scene):
    made, collection = arranged(scene)
    made["Cup first"].hide_render = True

    arranged(scene, collection=collection)
    assert shown(made, "Table", "Cup first", "Cup second") == [True, False, True]
    arranged(scene, Furnishing(table=False, chairs=(False, True)), collection=collection)
    assert shown(made, "Table", "Cup second", "Chair first", "Chair second") == [False, False, False, True]
    arranged(scene, collection=collection)
    assert all(shown(made, "Table", "Cup second", "Chair first", "Chair second"))


def test_window_is_in_the_wide_two_shot_and_before_no_head(scene):
    scene.render.resolution_x, scene.render.resolution_y = 640, 360
    made, _ = arranged(scene)

    seen = [world_to_camera_view(scene, made["Two-shot"], made["Window"].matrix_world @ v.co) for v in _panes(made)]
    left, right = min(one.x for one in seen), max(one.x for one in seen)
    assert 0.0 < left < right < 1.0
    for person in _AT_A_TABLE.people():
        heads = [world_to_camera_view(scene, made["Two-shot"], corner).x for corner in person.corners()]
        assert max(heads) < left or min(heads) > right


def test_window_is_seen_as_one_or_not_at_all_in_close_ups(scene):
    scene.render.resolution_x, scene.render.resolution_y = 640, 360

    facing_the_other = [
        path for path in _ARRANGEMENTS.glob("*.json") if path.stem not in ("back_to_back", "one_behind")
    ]
    for path in facing_the_other:
        made, _ = arranged(scene, sightline=_two_of(json.loads(path.read_text(encoding="utf-8"))))
        for camera in ("Close-up first", "Close-up second", "Over the shoulder, first", "Over the shoulder, second"):
            panes = [made["Window"].matrix_world @ one.co for one in made["Window"].data.vertices]
            seen = [world_to_camera_view(scene, made[camera], point) for point in panes]
            left, right = (pick(one.x for one in seen) for pick in (min, max))
            low, high = (pick(one.y for one in seen) for pick in (min, max))
            if min(one.z for one in seen) > 0.0 and left < 1.0 and right > 0.0 and low < 1.0 and high > 0.0:
                assert (min(right, 1.0) - max(left, 0.0)) / (right - left) > 0.35, (path.stem, camera)


def _two_of(arrangement):
    half = 0.5 * arrangement["distance"] * arrangement.get("distance_scale", 1.0)
    turn = math.radians(arrangement["open_degrees"])
    facings = tuple(Vector((way * math.cos(turn), -math.sin(turn), 0.0)) for way in (1.0, -1.0))
    return Sightline(Vector((-half, 0.0, 1.2)), Vector((half, 0.0, 1.2)), facings)


def _panes(made):
    mesh = made["Window"].data
    return [mesh.vertices[index] for face in mesh.polygons if face.material_index == 1 for index in face.vertices]
