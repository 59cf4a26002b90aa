"""Reduced keys: fewer, within the bounds as Blender evaluates them, exact where lips and lids touch, legal to edit."""

from itertools import pairwise
from pathlib import Path

import bpy
import numpy as np
import pytest
from duologue.addon.heads.rig import head_mesh
from duologue.addon.interface import following
from duologue.addon.keys import actions, density
from duologue.addon.keys.bezier_keys import Keys, evaluated
from duologue.addon.keys.key_writing import write_take, write_take_in_steps
from duologue.addon.keys.removing import owners_of
from duologue.addon.keys.replacing import is_untouched
from duologue.addon.keys.timing import key_frames
from duologue.addon.retargeting.channel_groups import GROUPS
from duologue.addon.settings.properties import settings_of
from duologue.backend.contract.arkit import ARKIT_INDEX
from duologue.backend.contract.performance import Performance, save_performance

from tests.support import vendor_rigs
from tests.support.vendor_rigs import VENDORS

SECONDS, FPS = 12.0, 25.0
REDUCED_KEYS = 5000
"""Of the demo's take; a fifth of a key a frame is 5920."""


def talking(seconds=SECONDS):
    """Smooth heads and brows, lips that open for syllables and shut on some, blinks, eyes that jump."""
    count = round(seconds * FPS)
    time = np.arange(count) / FPS
    random = np.random.default_rng(5)
    expression, pose = np.zeros((2, count, 52)), np.zeros((2, count, 5, 3))
    for person in (0, 1):
        syllables = np.clip(np.sin(2 * np.pi * (2.1 + 0.3 * person) * time + person), 0, None)
        loud = 0.5 + 0.5 * np.sin(2 * np.pi * 0.31 * time + 2 * person)
        pose[person, :, 2, 0] = 0.22 * syllables * loud
        expression[person, :, ARKIT_INDEX["mouthFunnel"]] = 0.4 * syllables * (1 - loud)
        expression[person, :, ARKIT_INDEX["mouthClose"]] = 0.05 * syllables
        for name, amount, rate in (
            ("mouthSmileLeft", 0.3, 0.4),
            ("mouthSmileRight", 0.28, 0.4),
            ("browInnerUp", 0.5, 0.3),
        ):
            expression[person, :, ARKIT_INDEX[name]] = amount * (0.5 + 0.5 * np.sin(2 * np.pi * rate * time + person))
        for start in np.arange(20 + 9 * person, count - 12, 70):
            for name in ("eyeBlinkLeft", "eyeBlinkRight"):
                expression[person, start : start + 9, ARKIT_INDEX[name]] = [
                    0.2,
                    0.7,
                    1.0,
                    1.0,
                    0.8,
                    0.5,
                    0.25,
                    0.1,
                    0.02,
                ]
        pose[person, :, 1] = 0.1 * np.stack(
            [np.sin(2 * np.pi * rate * time + person) for rate in (0.5, 0.23, 0.17)], axis=1
        )
        gaze = np.repeat(random.uniform(-0.2, 0.2, (count // 20 + 1, 2)), 20, axis=0)[:count]
        pose[person, :, 3, :2] = pose[person, :, 4, :2] = gaze
    still = np.zeros((2, count))
    place = np.zeros((2, count, 3))
    place[1, :, 2] = 0.8
    return Performance(FPS, "open-head-1", ("Anna", "Ben"), expression, pose, place, still, {})


@pytest.fixture
def written(played, tmp_path):
    """The scene, and a function that writes the talking take with settings and tells what was written."""
    take = tmp_path / "take-talking" / "performance.npz"
    save_performance(take, talking())

    def write(**keys):
        settings = settings_of(played)
        for name, value in keys.items():
            setattr(settings.key_writing, name, value)
        return write_take(bpy.context, take)

    return played, write


def curves_of(scene):
    """(owner's type and name, path, index) → the F-curve."""
    return {
        (owner.id_type, owner.name, one.data_path, one.array_index): one
        for owner in owners_of(settings_of(scene))
        for one in actions.channels_of(owner).fcurves
    }


def values_of(scene, frames):
    return {key: np.array([one.evaluate(frame) for frame in frames]) for key, one in curves_of(scene).items()}


def frames_of(scene):
    return key_frames(SECONDS, FPS, scene.render, settings_of(scene).take_start)


def lips(scene, frames):
    """[2, F, V, 3] metres: both heads' lips as Blender deforms them, in their own space."""
    found = []
    for head in (settings_of(scene).head_a, settings_of(scene).head_b):
        mesh = head_mesh(head)
        mask = np.array([one.value for one in mesh.data.attributes["mask_lips"].data])
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
            turns = [one / np.linalg.norm(one, axis=0) for one in turns]
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
            np.array([one.co for one in points]),
            np.array([one.handle_left for one in points]),
            np.array([one.handle_right for one in points]),
            np.array([one.interpolation == "LINEAR" for one in points]),
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
        frames = [one.co[0] for one in points]
        assert frames == sorted(set(frames))
        for before, after in pairwise(points):
            assert before.co[0] <= before.handle_right[0] <= after.co[0]
            assert before.co[0] <= after.handle_left[0] <= after.co[0]
            kinds |= {(before.interpolation, before.handle_right_type)}
    assert kinds == {("BEZIER", "ALIGNED"), ("BEZIER", "FREE")}


def test_curves_are_in_groups_by_what_they_move(written):
    scene, write = written
    write(density="reduced")

    groups = {key[2]: one.group.name for key, one in curves_of(scene).items()}
    assert set(groups.values()) <= set(GROUPS)
    assert groups['key_blocks["mouthSmileLeft"].value'] == "Lips"
    assert groups['key_blocks["browInnerUp"].value'] == "Brows"
    assert groups['key_blocks["eyeBlinkLeft"].value'] == "Lids"
    assert groups['pose.bones["jaw"].rotation_quaternion'] == "Jaw"
    assert groups['pose.bones["neck"].rotation_quaternion'] == "Head"
    assert groups['pose.bones["root"].location'] == "Body"
    assert {one.group.color_set for one in curves_of(scene).values()} - {"DEFAULT"}


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


def test_after_a_drag_few_keys_are_fitted_again(written):
    scene, write = written
    every = write().keys
    write(density="reduced")
    settings = settings_of(scene)
    smile = ("KEY", head_mesh(settings.head_a).data.shape_keys.name, 'key_blocks["mouthSmileLeft"].value', 0)
    before = values_of(scene, frames_of(scene))[smile]

    settings.adjust.first.lips = settings.adjust.second.lips = 0.5
    following.settle_now()

    assert sum(len(one.keyframe_points) for one in curves_of(scene).values()) * 5 <= every
    after = values_of(scene, frames_of(scene))[smile]
    assert after.max() < 0.8 * before.max()
    assert all(is_untouched(action) for action in bpy.data.actions)
    bpy.ops.duologue.remove_keys()
    assert len(bpy.data.actions) == 0


def test_a_slider_moves_the_channels_that_were_written_whatever_is_chosen_now(written):
    scene, write = written
    write(density="every")
    settings = settings_of(scene)
    smile = ("KEY", head_mesh(settings.head_a).data.shape_keys.name, 'key_blocks["mouthSmileLeft"].value', 0)
    before = values_of(scene, frames_of(scene))
    settings.key_writing.groups = {"BROWS"}

    settings.adjust.first.lips = 0.5
    following.settle_now()

    after = values_of(scene, frames_of(scene))
    assert after.keys() == before.keys()
    assert after[smile].max() < 0.8 * before[smile].max()


@pytest.mark.parametrize("then", ["settle", "drag"])
def test_what_an_artist_does_while_few_keys_are_fitted_is_kept(written, then):
    scene, write = written
    write(density="reduced")
    settings = settings_of(scene)
    keys = head_mesh(settings.head_a).data.shape_keys
    settings.adjust.first.lips = 0.5
    following.follow_now()
    following.Following.settling = following.settled(settings, following.Following.followed)
    next(following.Following.settling)
    curve = actions.channels_of(keys).fcurves.find('key_blocks["mouthSmileLeft"].value')
    curve.keyframe_points[9].co.y += 0.2
    curve.update()
    place = tuple(curve.keyframe_points[9].co)

    if then == "drag":
        settings.adjust.first.lips = 0.4
    following.settle_now()

    curve = actions.channels_of(keys).fcurves.find('key_blocks["mouthSmileLeft"].value')
    assert tuple(curve.keyframe_points[9].co) == place
    assert not is_untouched(keys.animation_data.action)
    assert not following.is_unsettled(settings)
    bpy.ops.duologue.remove_keys()
    assert [len(one.keyframe_points) for one in actions.channels_of(keys).fcurves] == [1]


def test_keys_that_are_written_while_few_keys_are_fitted_stay(written):
    scene, write = written
    write(density="reduced")
    settings = settings_of(scene)
    settings.adjust.first.lips = 0.5
    following.follow_now()
    following.Following.settling = following.settled(settings, following.Following.followed)
    next(following.Following.settling)
    write(density="every")
    wanted = values_of(scene, frames_of(scene))

    settings.key_writing.density = "reduced"
    following.settle_now()

    after = values_of(scene, frames_of(scene))
    assert all(np.array_equal(after[name], wanted[name]) for name in wanted)
    assert all(is_untouched(action) for action in bpy.data.actions)


def test_after_a_drag_what_an_artist_adds_is_still_told_from_the_take(written):
    scene, write = written
    write(density="every")
    settings = settings_of(scene)
    settings.adjust.first.lips = 0.5
    following.settle_now()
    keys = head_mesh(settings.head_a).data.shape_keys
    curve = actions.channels_of(keys).fcurves.find('key_blocks["mouthSmileLeft"].value')
    curve.keyframe_points[9].co.y += 0.2

    bpy.ops.duologue.remove_keys()

    assert [len(one.keyframe_points) for one in actions.channels_of(keys).fcurves] == [1]


@pytest.mark.parametrize("vendor", sorted(set(VENDORS) - {"flame"}))
def test_reduced_keys_on_a_rig_of_any_vendor_move_its_points_as_a_key_a_frame_does(scene, tmp_path, vendor):
    made = [vendor_rigs.build(VENDORS[vendor], name) for name in ("Anna", "Ben")]
    settings = settings_of(scene)
    settings.head_a, settings.head_b = (one.armature for one in made)
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


def test_reach_right_after_undo_is_that_of_the_head_where_it_stands(played, monkeypatch):
    measured, reduced = [], density.reduced

    def noted(values, groups, frames, seconds, reach, bounds):
        measured.append([effect.of for effect in reach.effects])
        return reduced(values, groups, frames, seconds, reach, bounds)

    monkeypatch.setattr(density, "reduced", noted)
    settings_of(played).key_writing.density = "reduced"
    for value in (0.5, 1.5):
        settings_of(bpy.context.scene).adjust.first.head = value
        following.follow_now()
        bpy.ops.ed.undo_push(message="Head")
        following.settle_now()
    before = len(measured)

    bpy.ops.ed.undo()
    following.settle_now()

    assert len(measured) > before
    for first, again in zip(measured[0], measured[before], strict=True):
        np.testing.assert_allclose(again, first, atol=1e-6)
