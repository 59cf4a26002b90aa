"""What new keys replace: actions that nobody edited go, everything that an artist made or claimed stays and is told."""

from pathlib import Path

import bpy
import numpy as np
import pytest
from duologue.addon.keys import actions, assigning, key_writing
from duologue.addon.keys.replacing import is_untouched
from duologue.addon.settings.properties import settings_of
from duologue.backend.contract.arkit import ARKIT_INDEX
from duologue.backend.contract.performance import Performance, save_performance

from tests.support import vendor_rigs
from tests.support.vendors import VENDORS
from tests.support.written_keys import owners

SLOTTED = bpy.app.version >= (4, 4)


def action_of(scene):
    return settings_of(scene).head_a.animation_data.action


def first_curve(scene):
    return actions.channels_of(settings_of(scene).head_a).fcurves[0]


def write():
    settings = settings_of(bpy.context.scene)
    return key_writing.write_take(bpy.context, Path(bpy.path.abspath(settings.take)))


def test_one_action_a_character_named_by_character_and_take(played):
    names = {owner.animation_data.action.name for owner in owners(played)}

    folder = Path(settings_of(played).take).parent.name
    if SLOTTED:
        assert names == {f"Anna {folder}", f"Ben {folder}"}
        assert len(action_of(played).slots) == 2
    else:
        assert names == {f"{who} {folder} {part}" for who in ("Anna", "Ben") for part in ("head", "face")}
    assert len(bpy.data.actions) == len(names)


def test_writing_again_and_again_leaves_one_set_of_actions(played):
    names = set(bpy.data.actions.keys())
    settings_of(played).jaw_strength = 0.5

    for _ in range(3):
        written = write()

    assert set(bpy.data.actions.keys()) == names
    assert not any(action.use_fake_user for action in bpy.data.actions)
    assert written.replaced == ()
    assert all(is_untouched(action) for action in bpy.data.actions)


def test_new_takes_leave_the_actions_of_the_one_before_alone(played):
    count = len(bpy.data.actions)

    for _ in range(2):
        bpy.ops.duologue.generate()

    assert len(bpy.data.actions) == 2 * count


def move_a_key(scene):
    first_curve(scene).keyframe_points[3].co.y += 0.01


def shift_a_key(scene):
    first_curve(scene).keyframe_points[-1].co.x += 3.0


def remove_a_key(scene):
    first_curve(scene).keyframe_points.remove(first_curve(scene).keyframe_points[3])


def smooth_a_key(scene):
    first_curve(scene).keyframe_points[3].interpolation = "BEZIER"


def free_a_handle(scene):
    first_curve(scene).keyframe_points[3].handle_left_type = "FREE"


def mark_a_key(scene):
    first_curve(scene).keyframe_points[3].type = "BREAKDOWN"


def mute_a_curve(scene):
    first_curve(scene).mute = True


def repeat_a_curve(scene):
    first_curve(scene).modifiers.new("NOISE")


def key_something_else(scene):
    actions.write_curves(
        settings_of(scene).head_a, [actions.Curve("location", 0, np.array([0.0, 1.0]), "")], np.array([1, 9])
    )


def remove_a_curve(scene):
    channels = actions.channels_of(settings_of(scene).head_a)
    channels.fcurves.remove(channels.fcurves[0])


def mark_the_action(scene):
    action_of(scene).pose_markers.new("laughs").frame = 20


def set_a_range(scene):
    action_of(scene).use_frame_range = True


def rename(scene):
    action_of(scene).name = "Anna, final"


def protect(scene):
    action_of(scene).use_fake_user = True


EDITS = (
    *(move_a_key, shift_a_key, remove_a_key, smooth_a_key, free_a_handle, mark_a_key, mute_a_curve, repeat_a_curve),
    *(key_something_else, remove_a_curve, mark_the_action, set_a_range, rename, protect),
)


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_what_an_artist_edited_or_claimed_stays_and_is_told(played, edit):
    count = len(bpy.data.actions)
    edit(played)
    edited = action_of(played)

    written = write()

    assert edited.use_fake_user
    assert written.replaced == (edited.name,)
    assert edited.name in written.sentence()
    assert action_of(played) != edited
    assert action_of(played).name.startswith("Anna take-")
    assert "edited" not in action_of(played).name
    assert len(bpy.data.actions) == count + 1


def test_playing_hiding_and_choosing_keys_is_no_edit(played):
    curve = first_curve(played)
    curve.select = curve.hide = curve.lock = True
    curve.keyframe_points[2].select_control_point = True
    played.frame_set(20)

    assert is_untouched(action_of(played))


def test_an_action_that_something_else_uses_stays_with_it(played):
    action, empty = action_of(played), bpy.data.objects.new("Echo", None)
    played.collection.objects.link(empty)
    track = empty.animation_data_create().nla_tracks.new()
    track.strips.new("Echo", 1, action)

    write()

    assert track.strips[0].action == action
    assert not action.use_fake_user


def test_an_action_of_an_earlier_version_is_kept(played):
    """It carries no fingerprint, so nobody knows whether it was edited."""
    old = action_of(played)
    del old["duologue_written"]

    assert write().replaced == (old.name,)
    assert old.use_fake_user


def test_a_saved_file_still_knows_what_nobody_edited(played, tmp_path):
    path = str(tmp_path / "saved.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.open_mainfile(filepath=path)
    count = len(bpy.data.actions)

    written = write()

    assert written.replaced == ()
    assert len(bpy.data.actions) == count


def test_undo_brings_back_what_was_replaced(played):
    move = actions.channels_of(settings_of(played).head_a).fcurves[0].keyframe_points[5].co.y
    settings_of(played).head_strength = 0.0
    name = action_of(played).name
    bpy.ops.ed.undo_push(message="before")
    assert bpy.ops.duologue.write_keys() == {"FINISHED"}
    bpy.ops.ed.undo_push(message="written")

    bpy.ops.ed.undo()

    scene = bpy.context.scene
    assert action_of(scene).name == name
    assert first_curve(scene).keyframe_points[5].co.y == move
    assert is_untouched(action_of(scene))


def test_a_range_replaces_the_copied_action_unless_it_was_edited(played):
    settings = settings_of(played)
    settings.regenerate_from, settings.regenerate_to = 11, 20
    count = len(bpy.data.actions)
    for _ in range(2):
        bpy.ops.duologue.generate(anew="range")
    assert len(bpy.data.actions) == 2 * count, "those of the take before stay ready"

    first_curve(played).keyframe_points[40].co.y = 0.7
    edited = action_of(played)
    bpy.ops.duologue.generate(anew="range")

    assert edited.use_fake_user
    assert first_curve(played).keyframe_points[40].co.y == pytest.approx(0.7)
    assert not is_untouched(action_of(played)), "it still holds the edit"
    assert len(bpy.data.actions) == 2 * count


def test_a_failure_leaves_what_would_have_been_replaced(played, monkeypatch):
    before = {action.name: actions.fingerprint(action) for action in bpy.data.actions}
    calls, real = [], actions.write_curves

    def fail_last(owner, curves, frames):
        calls.append(owner)
        if len(calls) == 4:
            raise MemoryError
        return real(owner, curves, frames)

    monkeypatch.setattr(actions, "write_curves", fail_last)

    with pytest.raises(MemoryError):
        write()

    assert {action.name: actions.fingerprint(action) for action in bpy.data.actions} == before
    assert all(owner.animation_data.action is not None for owner in owners(played))
    assert all(is_untouched(action) for action in bpy.data.actions)


def test_a_failure_while_actions_are_assigned_leaves_what_would_have_been_replaced(played, monkeypatch):
    before = {action.name: actions.fingerprint(action) for action in bpy.data.actions}
    playing = [owner.animation_data.action.name for owner in owners(played)]
    calls, real = [], assigning.assign

    def fail_last(owner, made):
        calls.append(owner)
        if len(calls) == 4:
            raise MemoryError
        return real(owner, made)

    monkeypatch.setattr(assigning, "assign", fail_last)

    with pytest.raises(MemoryError):
        write()

    assert {action.name: actions.fingerprint(action) for action in bpy.data.actions} == before
    assert [owner.animation_data.action.name for owner in owners(played)] == playing


def test_namesakes_have_actions_of_their_own_names(played):
    settings = settings_of(played)
    settings.head_b["duologue_name"] = "Anna"

    write()

    names = {head.animation_data.action.name.partition(" ")[0] for head in (settings.head_a, settings.head_b)}
    assert names == {settings.head_a.name, settings.head_b.name}


@pytest.mark.skipif(not SLOTTED, reason="actions have slots from 4.4 on")
def test_a_character_of_many_meshes_has_one_action(scene, tmp_path):
    made = [vendor_rigs.build(VENDORS["arkit-52"], name) for name in ("Anna", "Ben")]
    settings = settings_of(scene)
    settings.head_a, settings.head_b = (character.armature for character in made)
    expression, still = np.zeros((2, 9, 52)), np.zeros((2, 9))
    expression[:, :, ARKIT_INDEX["mouthFunnel"]] = 0.5
    take = Performance(
        25.0, "open-head-1", ("Anna", "Ben"), expression, np.zeros((2, 9, 5, 3)), np.zeros((2, 9, 3)), still, {}
    )
    settings.take = str(tmp_path / "take-001" / "performance.npz")
    save_performance(Path(settings.take), take)

    write()
    write()

    assert sorted(bpy.data.actions.keys()) == ["Anna take-001", "Ben take-001"]
    for character in made:
        users = [character.armature, *(mesh.data.shape_keys for mesh in character.meshes)]
        played = [owner for owner in users if owner.animation_data and owner.animation_data.action]
        assert len(played) > 1
        assert len({owner.animation_data.action_slot.identifier for owner in played}) == len(played)
    scene.frame_set(5)
    assert made[1].meshes[0].data.shape_keys.key_blocks["mouthFunnel"].value == pytest.approx(0.5)
