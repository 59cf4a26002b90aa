"""Shapes that a control rig moves: the controls get the keys, and the face looks as the take says."""

import bpy
import numpy as np
import pytest
from duologue.addon.keys import key_writing
from duologue.addon.keys.acting import warnings_on
from duologue.addon.retargeting.rig_survey import survey
from duologue.addon.settings.properties import settings_of
from duologue.backend.contract.arkit import ARKIT_INDEX
from duologue.backend.contract.errors import ExitCode
from duologue.backend.contract.performance import Performance, save_performance

from tests.support import vendor_rigs
from tests.support.hindered import block, custom, drive, drive_by_bone
from tests.support.refusals import refused
from tests.support.vendors import VENDORS


@pytest.fixture
def anna(scene):
    return vendor_rigs.build(VENDORS["arkit-52"], "Anna")


@pytest.fixture
def write(anna, tmp_path):
    """Write a take in which one smile grows from 0 to 0.9 in ten frames."""

    def written(name="mouthSmileLeft"):
        ben = vendor_rigs.build(VENDORS["arkit-52"], "Ben", place=(4.0, 2.0, 0.3))
        settings = settings_of(bpy.context.scene)
        settings.head_a, settings.head_b = anna.armature, ben.armature
        expression, still = np.zeros((2, 10, 52)), np.zeros((2, 10))
        expression[:, :, ARKIT_INDEX[name]] = np.linspace(0.0, 0.9, 10)
        pose, place = np.zeros((2, 10, 5, 3)), np.zeros((2, 10, 3))
        take = Performance(25.0, "open-head-1", ("Anna", "Ben"), expression, pose, place, still, {})
        save_performance(tmp_path / "performance.npz", take)
        return key_writing.write_take(bpy.context, tmp_path / "performance.npz")

    return written


def values(key):
    """[10] what the key is at each of the take's frames, drivers and all."""
    found = []
    for frame in range(1, 11):
        bpy.context.scene.frame_set(frame)
        found.append(key.id_data.evaluated_get(bpy.context.view_layer.depsgraph).key_blocks[key.name].value)
    return np.array(found)


SMILE = np.linspace(0.0, 0.9, 10)


@pytest.mark.parametrize("expression", ["v", "v * 0.01", "-v / 3", "max(0, v - 0.2)", "clamp(v * 2)"])
def test_property_that_drives_a_shape_gets_its_keys(anna, write, expression):
    custom(anna.armature, "smile", 0.0)
    drive(block(anna, "mouthSmileLeft"), anna.armature, '["smile"]', expression)

    write()

    assert values(block(anna, "mouthSmileLeft")) == pytest.approx(SMILE, abs=5e-3)


def test_bone_that_slides_gets_its_keys_within_its_limits(anna, write):
    limit = anna.armature.pose.bones["Hips"].constraints.new("LIMIT_LOCATION")
    limit.owner_space, limit.use_max_x, limit.max_x = "LOCAL", True, 0.15
    drive_by_bone(block(anna, "mouthSmileLeft"), anna.armature, "Hips", "LOC_X", "v / 0.3")

    write()

    assert values(block(anna, "mouthSmileLeft")) == pytest.approx(np.minimum(SMILE, 0.5), abs=5e-3)


def test_one_slider_of_two_shapes_serves_both(anna, write):
    custom(anna.armature, "aside", 0.0, min=-1.0, max=1.0)
    drive(block(anna, "mouthSmileLeft"), anna.armature, '["aside"]', "max(v, 0)")
    drive(block(anna, "mouthSmileRight"), anna.armature, '["aside"]', "max(-v, 0)")

    write()

    assert values(block(anna, "mouthSmileLeft")) == pytest.approx(SMILE, abs=5e-3)
    assert values(block(anna, "mouthSmileRight")) == pytest.approx(0.0, abs=1e-6)


def test_control_behind_a_control_is_found(anna, write):
    custom(anna.armature, "smile", 0.0)
    custom(anna.armature.data, "between", 0.0)
    between = anna.armature.data.driver_add('["between"]')
    variable = between.driver.variables.new()
    variable.name = "v"
    variable.targets[0].id, variable.targets[0].data_path = anna.armature, '["smile"]'
    between.driver.expression = "v * 2"
    drive(block(anna, "mouthSmileLeft"), anna.armature.data, '["between"]', "v * 0.25", "ARMATURE")

    write()

    assert values(block(anna, "mouthSmileLeft")) == pytest.approx(SMILE, abs=5e-3)


def test_shape_that_follows_the_same_shape_of_another_mesh_is_left_to_it(anna, write):
    face, more = anna.meshes
    more.shape_key_add(name="mouthSmileLeft", from_mix=False)
    follower = more.data.shape_keys.key_blocks["mouthSmileLeft"]
    drive(follower, face.data.shape_keys, 'key_blocks["mouthSmileLeft"].value', "v", "KEY")

    write()

    assert values(follower) == pytest.approx(SMILE, abs=5e-3)
    assert values(block(anna, "mouthSmileLeft")) == pytest.approx(SMILE, abs=5e-3)


def test_muted_driver_drives_nothing(anna, write):
    custom(anna.armature, "smile", 0.0)
    drive(block(anna, "mouthSmileLeft"), anna.armature, '["smile"]').mute = True

    write()

    assert values(block(anna, "mouthSmileLeft")) == pytest.approx(SMILE, abs=5e-3)


def test_driver_stays_and_is_not_muted(anna, write):
    custom(anna.armature, "smile", 0.0)
    curve = drive(block(anna, "mouthSmileLeft"), anna.armature, '["smile"]')

    write()

    assert not curve.mute
    assert list(curve.id_data.animation_data.drivers) == [curve]


@pytest.mark.parametrize("expression", ["v + frame", "abs(sin(v * 40))", "0.5"])
def test_driver_that_cannot_be_told_backwards_is_refused_by_name(anna, write, expression):
    custom(anna.armature, "smile", 0.0, min=-1.0, max=1.0)
    drive(block(anna, "mouthSmileLeft"), anna.armature, '["smile"]', expression)

    written = write()

    assert any("mouthSmileLeft" in note and "no keys" in note for note in written.notes)
    assert "mouthSmileLeft" not in survey(anna.armature).meshes[0].key_names


def test_face_of_nothing_but_such_drivers_is_refused_by_name(anna):
    for mesh in anna.meshes:
        for key in mesh.data.shape_keys.key_blocks[1:]:
            drive(key, anna.armature, "location[0]", "v + frame")

    with refused(ExitCode.RIG_UNSUITABLE):
        warnings_on(bpy.context.scene, anna.armature)
