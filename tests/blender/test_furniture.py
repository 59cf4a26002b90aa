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
from duologue.addon.staging.sightline import Bearing, Sightline, audience_side
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


def _held(arrangement, *postures_and_heights):
    places = [
        {"posture": posture, "position": [way, height, 0.0]}
        for way, (posture, height) in zip((-0.4, 0.4), postures_and_heights, strict=True)
    ]
    return {"arrangement": arrangement, "places": places}


@pytest.mark.parametrize(
    ("posture", "height", "thing"),
    [("perching", 1.38, "Stool"), ("leaning_on", 1.54, "Rail"), ("lying", 0.62, "Bed"), ("kneeling", 1.15, "Mat")],
)
def test_what_a_posture_needs_is_there_while_it_is_held(scene, posture, height, thing):
    two = replace(_AT_A_TABLE, first=Vector((-0.5, 0.0, height)), second=Vector((0.5, 0.0, 1.59)), floor=0.0)
    told = furnishing_of(_held("face_to_face", (posture, height), ("standing", 1.59)), [True, True])
    made, collection = arranged(scene, told, two)

    assert shown(made, f"{thing} first") == [True]
    assert f"{thing} second" not in made
    points = [made[f"{thing} first"].matrix_world @ corner.co for corner in made[f"{thing} first"].data.vertices]
    assert min(point.z for point in points) == pytest.approx(0.0, abs=0.03)
    made, _ = arranged(scene, Furnishing(), collection=collection)
    assert shown(made, f"{thing} first", "Table") == [False, True]


def test_who_is_raised_stands_on_a_step_and_who_is_tall_does_not(scene):
    two = replace(_AT_A_TABLE, first=Vector((-0.5, 0.0, 1.59)), second=Vector((0.5, 0.0, 2.29)), floor=0.0)
    told = furnishing_of(_held("standing", ("standing", 1.59), ("standing", 2.29)), [True, True])
    made, _ = arranged(scene, told, two)

    step = made["Step second"]
    heights = [(step.matrix_world @ corner.co).z for corner in step.data.vertices]
    assert "Step first" not in made
    assert (min(heights), max(heights)) == pytest.approx((0.0, 0.70), abs=1e-4)
    tall = furnishing_of(_held("standing", ("standing", 1.59), ("standing", 1.69)), [True, True])
    assert tall.raised == (0.0, 0.0)


def test_two_side_by_side_share_a_bench(scene):
    told = furnishing_of(_held("side_by_side", ("seated", 1.2), ("seated", 1.2)), [True, True])
    made, _ = arranged(scene, told)

    assert shown(made, "Bench both", "Chair first", "Chair second", "Table") == [True, False, False, False]
    assert not furnishing_of(_held("side_by_side", ("seated", 1.2), ("standing", 1.59)), [True, True]).bench


def test_bodies_are_seen_where_busts_would_float_and_move_with_them(pair):
    from duologue.addon.conversation import collection_of
    from duologue.addon.settings.properties import heads_of, settings_of

    collection, heads = collection_of(settings_of(pair)), heads_of(settings_of(pair))
    made = {one.get(ROLE_PROPERTY): one for one in collection.objects}
    assert shown(made, "Trunk first", "Legs second") == [False, False]
    told = furnishing_of(_held("face_to_face", ("kneeling", 1.15), ("standing", 1.59)), [True, True])
    two = replace(_AT_A_TABLE, first=Vector((-0.5, 0.0, 1.15)), second=Vector((0.5, 0.0, 1.59)), floor=0.0)
    at_once(arrange_set(pair, collection, two, audience_side(two), furnishing=told, armatures=heads))
    bpy.context.view_layer.update()

    made = {one.get(ROLE_PROPERTY): one for one in collection.objects}
    assert all(shown(made, "Trunk first", "Trunk second", "Legs first", "Legs second"))
    assert made["Counter"].hide_render
    soles = [(made["Legs second"].matrix_world @ one.co).z for one in made["Legs second"].data.vertices]
    assert min(soles) == pytest.approx(0.0, abs=0.03)
    before = _middle_of(made["Trunk first"])
    heads[0].pose.bones["root"].location.x += 0.25
    bpy.context.view_layer.update()
    assert (_middle_of(made["Trunk first"]) - before).length == pytest.approx(0.25, abs=1e-3)


@pytest.mark.parametrize(("apart", "chairs"), [(0.5, False), (1.4, True)])
def test_chairs_of_two_back_to_back_do_not_meet(scene, apart, chairs):
    away = tuple(Bearing(Vector((way, 0.0, 0.0))) for way in (-1.0, 1.0))
    ends = Vector((-apart / 2, 0.0, 1.2)), Vector((apart / 2, 0.0, 1.2))
    two = replace(_AT_A_TABLE, first=ends[0], second=ends[1], bearings=away)
    made, _ = arranged(scene, Furnishing(table=False), two)

    assert shown(made, "Chair first", "Chair second") == [chairs, chairs]


def _middle_of(thing):
    played = thing.evaluated_get(bpy.context.evaluated_depsgraph_get())
    return sum((played.matrix_world @ one.co for one in played.data.vertices), Vector()) / len(played.data.vertices)
