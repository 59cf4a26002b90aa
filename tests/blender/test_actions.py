import bpy
import numpy as np
import pytest
from duologue.addon.keys.actions import channels_of, write_curves
from duologue.addon.keys.assigning import assign_new_action, unassign
from duologue.addon.keys.replacing import settle
from duologue.addon.retargeting.curves import Curve

LOCATION = [Curve("location", axis, np.array([0.0, 1.0, 4.0]) + axis, "Moves") for axis in range(3)]
FRAMES = np.array([1, 11, 21])


@pytest.fixture
def chair(scene):
    made = bpy.data.objects.new("Chair", None)
    scene.collection.objects.link(made)
    return made


@pytest.fixture
def shape_keys(scene):
    mesh = bpy.data.objects.new("Face", bpy.data.meshes.new("Face"))
    mesh.data.from_pydata([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [], [(0, 1, 2)])
    scene.collection.objects.link(mesh)
    mesh.shape_key_add(name="Basis")
    mesh.shape_key_add(name='odd "name"')
    return mesh.data.shape_keys


def test_keys_animate_their_owner(scene, chair):
    assign_new_action(chair, "Walk")

    written = write_curves(chair, LOCATION, FRAMES)

    assert written == 9
    scene.frame_set(11)
    np.testing.assert_allclose(chair.location, [1, 2, 3])
    scene.frame_set(16)
    np.testing.assert_allclose(chair.location, [2.5, 3.5, 4.5])


def test_shape_keys_animate_and_names_are_escaped(scene, shape_keys):
    from duologue.addon.paths import escaped

    name = 'odd "name"'
    assert escaped(name) == bpy.utils.escape_identifier(name)
    assign_new_action(shape_keys, "Talk")

    write_curves(
        shape_keys, [Curve(f'key_blocks["{escaped(name)}"].value', 0, np.array([0.0, 0.5, 1.0]), "Face")], FRAMES
    )

    scene.frame_set(11)
    assert shape_keys.key_blocks[name].value == pytest.approx(0.5)


def test_former_action_is_kept_untouched_under_its_name(chair):
    former = assign_new_action(chair, "Artist's own").action
    write_curves(chair, LOCATION[:1], FRAMES)

    assigned = assign_new_action(chair, "Walk")
    write_curves(chair, LOCATION, FRAMES)

    assert assigned.replaced == former
    assert settle([assigned]) == ["Artist's own"]
    assert former.use_fake_user
    assert chair.animation_data.action.name == "Walk"
    chair.animation_data.action = former
    assert len(channels_of(chair).fcurves) == 1


def test_unassigning_puts_the_former_action_back(scene, chair):
    former = assign_new_action(chair, "Artist's own").action
    write_curves(chair, LOCATION, FRAMES)
    assigned = assign_new_action(chair, "Walk")

    unassign(chair, assigned)

    assert chair.animation_data.action == former
    assert assigned.action.users == 0
    scene.frame_set(11)
    np.testing.assert_allclose(chair.location, [1, 2, 3])


def test_curves_are_grouped_linear_and_ready_for_beziers(chair):
    assign_new_action(chair, "Walk")
    write_curves(chair, LOCATION, FRAMES)

    curve = channels_of(chair).fcurves[0]

    assert curve.group.name == "Moves"
    assert {key.interpolation for key in curve.keyframe_points} == {"LINEAR"}
    assert {key.handle_left_type for key in curve.keyframe_points} == {"AUTO_CLAMPED"}
    middle = curve.keyframe_points[1]
    assert middle.handle_left[0] < middle.co[0] < middle.handle_right[0]


def test_two_owners_do_not_share_channels(scene, chair):
    table = bpy.data.objects.new("Table", None)
    scene.collection.objects.link(table)
    for owner in (chair, table):
        assign_new_action(owner, "Walk")
    write_curves(chair, LOCATION, FRAMES)
    write_curves(table, LOCATION[:1], FRAMES)

    scene.frame_set(21)

    np.testing.assert_allclose(chair.location, [4, 5, 6])
    np.testing.assert_allclose(table.location, [4, 0, 0])
