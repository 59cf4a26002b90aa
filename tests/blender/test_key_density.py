"""Reduced keys: fewer, within the bounds as Blender evaluates them, exact where lips and lids touch, legal to edit."""

from itertools import pairwise
from pathlib import Path

import bpy
import numpy as np
import pytest
from duologue.addon.heads.rig import head_mesh
from duologue.addon.keys.bezier_keys import Keys, evaluated
from duologue.addon.keys.key_writing import write_take, write_take_in_steps
from duologue.addon.retargeting.channel_groups import GROUPS
from duologue.addon.settings.properties import settings_of
from duologue.backend.contract.performance import Performance, save_performance

from tests.support import vendor_rigs
from tests.support.talking_take import FPS, SECONDS, curves_of, frames_of, talking, values_of
from tests.support.vendors import VENDORS

REDUCED_KEYS = 5000
"""Of the demo's take; a fifth of a key a frame is 5920."""


def lips(scene, frames):
    """[2, F, V, 3] metres: both heads' lips as Blender deforms them, in their own space."""
    found = []
    for head in (settings_of(scene).head_a, settings_of(scene).head_b):
        mesh = head_mesh(head)
        mask = np.array([item.value for item in mesh.data.attributes["mask_lips"].data])
        chosen = np.flatnonzero(mask > 0.5)[::4]
        places = []
        for frame in frames:
            scene.frame_set(int(frame))
            graph = bpy.context.evaluated_depsgraph_get()
            shown = mesh.evaluated_get(graph)
            into = np.array((head.evaluated_get(graph).pose.bones["neck"].matrix).inverted())
            points = np.array([(*shown.data.vertices[int(index)].co, 1.0) for index in chosen])
            places.append((points @ into.T)[:, :3])
        found.append(places)
    return np.array(found)


def test_reduced_keys_are_five_times_fewer_and_within_the_bounds_as_blender_plays_them(written):
    scene, write = written
    every = write()
    frames = frames_of(scene)
    looked = frames[::7]
    before, there = values_of(scene, frames), lips(scene, looked)

    reduced = write(density="reduced")

    after = values_of(scene, frames)
    assert reduced.keys * 5 <= every.keys
    assert np.linalg.norm(lips(scene, looked) - there, axis=-1).max() <= 0.3e-3 + 1e-6
    for head in (settings_of(scene).head_a, settings_of(scene).head_b):
        for bone in ("neck", "eye_left"):
            turns = [
                np.stack(
                    [
                        values["OBJECT", head.name, f'pose.bones["{bone}"].rotation_quaternion', axis]
                        for axis in range(4)
                    ]
                )
                for values in (before, after)
            ]
            turns = [turn / np.linalg.norm(turn, axis=0) for turn in turns]
            off = 2 * np.degrees(np.arccos(np.clip(np.abs((turns[0] * turns[1]).sum(axis=0)), 0, 1)))
            assert off.max() <= 0.2


def test_a_take_of_the_engine_needs_less_than_a_fifth_of_the_keys(played, tmp_path):
    """Eight seconds of the bundled dialogue by the engine Together, in half precision."""
    with np.load(Path(__file__).parents[1] / "data" / "demo_take.npz") as arrays:
        parts = [arrays[name].astype(np.float64) for name in ("expression", "pose", "translation", "speaking")]
    take = tmp_path / "take-demo" / "performance.npz"
    save_performance(take, Performance(FPS, "open-head-1", ("Anna", "Ben"), *parts, {}))
    every = write_take(bpy.context, take)
    settings_of(played).key_writing.density = "reduced"

    reduced = write_take(bpy.context, take)

    assert every.keys == 29600
    assert reduced.keys <= REDUCED_KEYS
    assert "mm at the lips" in reduced.sentence()


def test_shut_lids_and_eyes_that_rest_are_exact(written):
    scene, write = written
    write()
    frames = frames_of(scene)
    before = values_of(scene, frames)

    write(density="reduced")

    after = values_of(scene, frames)
    blinks = 0
    for key, values in before.items():
        if "eyeBlink" in key[2]:
            shut = values > 0.95
            blinks += shut.sum()
            np.testing.assert_allclose(after[key][shut], values[shut], atol=1e-5)
        if "eye_left" in key[2]:
            jumps = np.flatnonzero(np.abs(np.diff(values)) > 0.01)
            np.testing.assert_allclose(after[key][jumps], values[jumps], atol=1e-5)
            np.testing.assert_allclose(after[key][jumps + 1], values[jumps + 1], atol=1e-5)
    assert blinks


def test_blender_and_the_fitter_evaluate_alike(written):
    scene, write = written
    write(density="reduced")
    frames = np.arange(1.0, 300.0, 0.37)

    for curve in list(curves_of(scene).values())[::5]:
        points = curve.keyframe_points
        keys = Keys(
            np.array([point.co for point in points]),
            np.array([point.handle_left for point in points]),
            np.array([point.handle_right for point in points]),
            np.array([point.interpolation == "LINEAR" for point in points]),
            np.ones(len(points), dtype=bool),
        )
        np.testing.assert_allclose(
            evaluated(keys, frames), [curve.evaluate(frame) for frame in frames], atol=1e-4, err_msg=curve.data_path
        )


def test_handles_are_ready_to_be_edited(written):
    scene, write = written
    write(density="reduced")

    kinds = set()
    for curve in curves_of(scene).values():
        points = curve.keyframe_points
        frames = [point.co[0] for point in points]
        assert frames == sorted(set(frames))
        for before, after in pairwise(points):
            assert before.co[0] <= before.handle_right[0] <= after.co[0]
            assert before.co[0] <= after.handle_left[0] <= after.co[0]
            kinds |= {(before.interpolation, before.handle_right_type)}
    assert kinds == {("BEZIER", "ALIGNED"), ("BEZIER", "FREE")}


def test_curves_are_in_groups_by_what_they_move(written):
    scene, write = written
    write(density="reduced")

    groups = {key[2]: curve.group.name for key, curve in curves_of(scene).items()}
    assert set(groups.values()) <= set(GROUPS)
    assert groups['key_blocks["mouthSmileLeft"].value'] == "Lips"
    assert groups['key_blocks["browInnerUp"].value'] == "Brows"
    assert groups['key_blocks["eyeBlinkLeft"].value'] == "Lids"
    assert groups['pose.bones["jaw"].rotation_quaternion'] == "Jaw"
    assert groups['pose.bones["neck"].rotation_quaternion'] == "Head"
    assert groups['pose.bones["root"].location'] == "Body"
    assert {curve.group.color_set for curve in curves_of(scene).values()} - {"DEFAULT"}


def test_reduced_keys_that_nobody_edited_are_replaced_and_edited_handles_are_kept(written):
    scene, write = written
    write(density="reduced")
    count = len(bpy.data.actions)
    assert write().replaced == ()
    assert len(bpy.data.actions) == count

    write(density="reduced")
    curve = curves_of(scene)[
        "KEY", head_mesh(settings_of(scene).head_a).data.shape_keys.name, 'key_blocks["browInnerUp"].value', 0
    ]
    curve.keyframe_points[1].handle_right[1] += 0.05

    assert len(write().replaced) == 1


@pytest.mark.parametrize(("fps", "base"), [(24, 1.001), (24, 1.0), (30, 1.001), (50, 1.0), (60, 1.0)])
def test_at_any_rate_and_start_lips_meet_when_they_do_in_the_take(written, fps, base):
    scene, write = written
    scene.render.fps, scene.render.fps_base = fps, base
    settings = settings_of(scene)
    settings.start_from, settings.start_frame = "frame", 1001

    write()
    frames = frames_of(scene)
    assert frames[0] == 1001
    before = values_of(scene, frames)
    write(density="reduced")
    after = values_of(scene, frames)

    jaw = ("OBJECT", settings.head_a.name, 'pose.bones["jaw"].rotation_quaternion', 1)
    shut = np.abs(before[jaw]) < 1e-4
    moments = np.rint((frames - 1001) / (fps / base) * FPS).astype(int)
    wanted = np.sin(talking().pose[0, np.clip(moments, 0, round(SECONDS * FPS) - 1), 2, 0] / 2)
    assert shut.any()
    np.testing.assert_allclose(before[jaw], wanted, atol=0.035)  # half a frame of the fastest jaw
    np.testing.assert_allclose(after[jaw], before[jaw], atol=2e-3)


def test_work_is_in_short_steps_and_can_be_given_up(written):
    scene, write = written
    write()
    names = set(bpy.data.actions.keys())
    settings = settings_of(scene)
    settings.key_writing.density = "reduced"

    steps = write_take_in_steps(bpy.context, Path(bpy.path.abspath(settings.take)))
    seen = []
    for doing, _ in steps:
        seen.append(doing)
        if doing == "Leaving keys out" and len(seen) > 20:
            break
    steps.close()

    assert {"Measuring the face", "Fitting keys", "Leaving keys out"} <= set(seen)
    assert set(bpy.data.actions.keys()) == names


@pytest.mark.parametrize("vendor", sorted(set(VENDORS) - {"flame"}))
def test_reduced_keys_on_a_rig_of_any_vendor_move_its_points_as_a_key_a_frame_does(scene, tmp_path, vendor):
    made = [vendor_rigs.build(VENDORS[vendor], name) for name in ("Anna", "Ben")]
    settings = settings_of(scene)
    settings.head_a, settings.head_b = (curve.armature for curve in made)
    take = tmp_path / "take-001" / "performance.npz"
    save_performance(take, talking(4.0))
    every = write_take(bpy.context, take)
    looked = range(1, 100, 9)
    before = points_of(scene, made[0], looked)
    settings.key_writing.density = "reduced"

    reduced = write_take(bpy.context, take)

    assert reduced.keys * 3 <= every.keys
    after = points_of(scene, made[0], looked)
    assert np.linalg.norm(after - before, axis=-1).max() < 2e-3, "0.2 degrees at the crown, and 0.3 mm"


def points_of(scene, character, frames):
    found = []
    for frame in frames:
        scene.frame_set(frame)
        found.append(list(character.points().values()))
    return np.array(found)
