"""Cameras, cuts and set around characters of the artist's own, of whatever size, and around one beside a built head."""

from dataclasses import replace
from math import pi

import bpy
import numpy as np
import pytest
from bpy_extras.object_utils import world_to_camera_view
from duologue.addon.keys.surroundings import film, remove_cuts
from duologue.addon.settings.properties import heads_of, settings_of
from duologue.addon.staging.stage import cameras_in
from duologue.addon.staging.standing import person_of
from duologue.backend.contract.performance import save_performance
from mathutils import Matrix, Vector

from tests.support import vendor_rigs, vendors
from tests.support.fake_worker import fake_performance
from tests.support.vendors import VENDORS

CRANIUM = replace(
    VENDORS["arkit-52"],
    bones={**vendors._skeleton("Hips", "Neck", "Cranium ctl"), "Jaw": ("Cranium ctl", vendor_rigs.JAW)},
    carried=vendors._carried("Cranium ctl"),
    modes={},
)
"""The head's bone is called as no vendor calls it."""


def at(vendor, name, x, turned, size):
    """A character whose head is `size` times a person's, at `x` of its own metres."""
    made = vendor_rigs.build(vendor, name, turned=turned, place=(x, 0.0, 0.0))
    made.armature.matrix_world = Matrix.Scale(size, 4) @ made.armature.matrix_world
    return made


def pair(scene, tmp_path, kinds, sizes, apart=1.1):
    """Two who face each other, with a take of two seconds that is in the scene."""
    unit = max(sizes)
    characters = [
        at(vendor, name, way * apart / 2 * unit / size, way * -pi / 2, size)
        for vendor, name, way, size in zip(kinds, ("First", "Second"), (-1, 1), sizes, strict=True)
    ]
    bpy.context.view_layer.update()
    settings = settings_of(scene)
    settings.head_a, settings.head_b = (one.armature for one in characters)
    settings.take = str(
        save_performance(tmp_path / "performance.npz", fake_performance()) or tmp_path / "performance.npz"
    )
    return characters


def point(character, name):
    """Where a point of the face is in the world."""
    made = character.armature.matrix_world @ vendor_rigs._four(character.vendor.basis * character.vendor.scale)
    return made @ Vector({"eyes": (0.0, 1.56, 0.08), **vendor_rigs.POINTS}[name])


def seen(scene, view, points):
    camera = next(one for one in cameras_in(settings_of(scene).collection) if one.name.startswith(view))
    found = [world_to_camera_view(scene, camera, one) for one in points]
    assert all(camera.data.clip_start < one.z < camera.data.clip_end for one in found), "in front, and not clipped"
    return found


PAIRS = {
    "people": (("ready-player-me", "vrm-1"), (1.0, 1.0)),
    "a unit is a centimetre": (("character-creator-4", "mmd"), (100.0, 100.0)),
    "giants": (("flame", "oculus-15"), (4.0, 4.0)),
    "dolls": (("arkit-52", "rigify-face"), (0.15, 0.15)),
    "one twice as large": (("ready-player-me", "character-creator-4"), (2.0, 1.0)),
    "an unusual head bone": ((CRANIUM, "vrm-1"), (1.0, 1.0)),
    "an unusual head bone, large": ((CRANIUM, "mmd"), (10.0, 10.0)),
}


@pytest.mark.parametrize(("kinds", "sizes"), PAIRS.values(), ids=PAIRS)
def test_cameras_hold_two_characters_of_ones_own(scene, tmp_path, kinds, sizes):
    scene.render.resolution_x, scene.render.resolution_y = 640, 360
    kinds = [VENDORS[kind] if isinstance(kind, str) else kind for kind in kinds]
    characters = pair(scene, tmp_path, kinds, sizes)

    assert bpy.ops.duologue.apply_cuts() == {"FINISHED"}, settings_of(scene).message
    bpy.context.view_layer.update()

    settings = settings_of(scene)
    assert len(cameras_in(settings.collection)) == 5
    assert {one.type for one in settings.collection.objects} == {"CAMERA"}
    assert [marker.camera for marker in scene.timeline_markers]
    crowns = seen(scene, "Two-shot", [point(one, "crown") for one in characters])
    chins = seen(scene, "Two-shot", [point(one, "chin") for one in characters])
    for one in (*crowns, *chins):
        assert 0.02 < one.x < 0.98
        assert 0.02 < one.y < 0.99
    heights = [crown.y - chin.y for crown, chin in zip(crowns, chins, strict=True)]
    assert 0.12 < max(heights) < 0.5
    for character, place in zip(characters, ("first", "second"), strict=True):
        for view, least, most in (("Close-up", 0.3, 0.85), ("Over the shoulder,", 0.2, 0.75)):
            crown, chin, eyes = seen(scene, f"{view} {place}", [point(character, n) for n in ("crown", "chin", "eyes")])
            assert least < crown.y - chin.y < most
            assert 0.05 < eyes.x < 0.95
            assert 0.45 < eyes.y < 0.85

    assert bpy.ops.duologue.remove_cuts() == {"FINISHED"}
    assert settings_of(scene).collection is None
    assert not [one for one in scene.objects if one.type == "CAMERA"]


def test_set_and_light_come_on_demand_as_large_as_the_people(scene, tmp_path):
    kinds = [VENDORS["character-creator-4"], VENDORS["mmd"]]
    characters = pair(scene, tmp_path, kinds, (100.0, 100.0))
    for _ in range(2):
        assert bpy.ops.duologue.apply_cuts(with_set=True) == {"FINISHED"}, settings_of(scene).message
    bpy.context.view_layer.update()

    made = {one.name: one for one in settings_of(scene).collection.objects}
    assert 60.0 < made["Table"].dimensions.x < 130.0
    assert made["Table"].location.z == pytest.approx(point(characters[0], "eyes").z - 40.0, abs=8.0)
    assert 500.0 < made["Room"].dimensions.x < 1000.0
    assert made["Key"].data.energy == pytest.approx(80.0 * made["Table"].scale.x ** 2, rel=1e-3)
    outside = [one for one in made.values() if one.type == "LIGHT" and one.location.length > 400.0]
    assert outside == []


def test_a_take_brings_characters_of_ones_own_nothing_unasked_and_moves_what_they_have(scene, tmp_path):
    characters = pair(scene, tmp_path, [VENDORS["vrm-1"], VENDORS["mmd"]], (1.0, 1.0))
    settings, frames = settings_of(scene), np.array([1, 50])
    assert film(settings, heads_of(settings), fake_performance(), frames) == []
    assert settings.collection is None

    bpy.ops.duologue.apply_cuts()
    for character in characters:
        character.armature.location.z += 3.0
    bpy.context.view_layer.update()
    film(settings, heads_of(settings), fake_performance(), frames)
    bpy.context.view_layer.update()

    assert {one.type for one in settings.collection.objects} == {"CAMERA"}
    eyes = seen(scene, "Two-shot", [point(one, "eyes") for one in characters])
    assert all(0.0 < one.x < 1.0 and 0.0 < one.y < 1.0 for one in eyes)
    remove_cuts(settings)
    assert film(settings, heads_of(settings), fake_performance(), frames) == []


def test_set_of_a_built_head_and_a_character_follows_both(played):
    settings = settings_of(played)
    other = at(VENDORS["vrm-1"], "Mine", 3.0, 0.0, 1.0).armature
    settings.head_b = other
    bpy.context.view_layer.update()

    assert bpy.ops.duologue.write_keys() == {"FINISHED"}
    bpy.context.view_layer.update()

    table = next(one for one in settings.collection.objects if one.name.startswith("Table"))
    between = (person_of(settings.head_a).eyes + person_of(other).eyes) / 2.0
    assert (table.matrix_world.translation - between).to_2d().length < 0.3
    for one in (settings.head_a, other):
        (eyes,) = seen(played, "Two-shot", [person_of(one).eyes])
        assert 0.0 < eyes.x < 1.0


@pytest.mark.parametrize("size", [0.02, 0.5, 1.0, 2.5, 100.0])
@pytest.mark.parametrize("vendor", sorted(VENDORS))
def test_a_heads_size_is_found_on_every_vendors_rig(scene, vendor, size):
    character = at(VENDORS[vendor], "Mine", 0.0, 0.3, size)
    bpy.context.view_layer.update()

    found = person_of(character.armature)

    assert found.size == pytest.approx(size, rel=0.3)
    assert (found.eyes - point(character, "eyes")).length < 0.05 * size
