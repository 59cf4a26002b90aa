"""Where keys go: as a new action, into a range, as a strip, additively; some channels alone; and away again."""

from pathlib import Path

import bpy
import numpy as np
import pytest
from duologue.addon.heads.rig import head_mesh
from duologue.addon.keys import actions, assigning
from duologue.addon.keys.key_writing import write_take
from duologue.addon.keys.removing import owners_of
from duologue.addon.retargeting.curves import Curve
from duologue.addon.settings.properties import settings_of
from duologue.backend.contract.errors import DuologueError, ExitCode

SMILE = 'key_blocks["mouthSmileLeft"].value'
NECK = 'pose.bones["neck"].rotation_quaternion'
FRAMES = np.array([1, 25, 50])


def take(scene):
    return Path(bpy.path.abspath(settings_of(scene).take))


def write(scene, **keys):
    settings = settings_of(scene)
    for name, value in keys.items():
        setattr(settings.key_writing, name, value)
    return write_take(bpy.context, take(scene))


def faces(scene):
    return [head_mesh(head).data.shape_keys for head in (settings_of(scene).head_a, settings_of(scene).head_b)]


def played_at(scene, frames):
    """[F, …] what both heads do at `frames`: shape keys, neck and root as Blender evaluates them."""
    found = []
    for frame in frames:
        scene.frame_set(int(frame))
        row = []
        for head, keys in zip((settings_of(scene).head_a, settings_of(scene).head_b), faces(scene), strict=True):
            row += [one.value for one in keys.key_blocks[1:]]
            row += [*head.pose.bones["neck"].rotation_quaternion, *head.pose.bones["root"].location]
        found.append(row)
    return np.array(found)


@pytest.fixture
def by_hand(played):
    """Nothing of Duologue's is on the first head; its face and neck have actions of the artist's."""
    write(played)
    bpy.ops.duologue.remove_keys()
    head, keys = settings_of(played).head_a, faces(played)[0]
    for owner, curves in (
        (keys, [Curve(SMILE, 0, np.array([0.1, 0.4, 0.2]), "mine")]),
        (head, [Curve(NECK, axis, np.full(3, value), "mine") for axis, value in enumerate((0.8, 0.6, 0.0, 0.0))]),
    ):
        owner.animation_data_clear()
        assigning.assign_new_action(owner, f"mine {owner.id_type}")
        owner.animation_data.action.pop(actions.OWN_PROPERTY)
        actions.write_curves(owner, curves, FRAMES)
    return played


def values(owner, path, frames, index=0):
    curve = actions.channels_of(owner).fcurves.find(path, index=index)
    return np.array([curve.evaluate(frame) for frame in frames])


@pytest.mark.parametrize("density", ["every", "reduced"])
def test_as_a_strip_a_take_plays_as_its_action_would(played, density):
    write(played, density=density)
    wanted = played_at(played, (1, 17, 33, 50))

    write(played, mode="strip")

    for owner in owners_of(settings_of(played)):
        data = owner.animation_data
        assert data.action is None
        (track,) = data.nla_tracks
        assert track.name == take(played).parent.name
        (strip,) = track.strips
        assert (strip.frame_start, strip.frame_end) == (1, 50)
        assert (strip.blend_type, strip.extrapolation) == ("REPLACE", "NOTHING")
    np.testing.assert_allclose(played_at(played, (1, 17, 33, 50)), wanted, atol=1e-5)
    bpy.ops.duologue.write_keys()
    assert all(len(owner.animation_data.nla_tracks) == 1 for owner in owners_of(settings_of(played)))


def test_a_strip_lies_over_the_artists_action(by_hand):
    write(by_hand, mode="strip")

    keys = faces(by_hand)[0]
    assert [track.name for track in keys.animation_data.nla_tracks] == [
        "mine KEY (before Duologue)",
        take(by_hand).parent.name,
    ]
    by_hand.frame_set(80)
    assert keys.key_blocks["mouthSmileLeft"].value == pytest.approx(0.2), "the strip says nothing outside of the take"


@pytest.mark.parametrize("density", ["every", "reduced"])
def test_additively_a_take_is_added_to_what_is_there(by_hand, density):
    frames = (1, 13, 25, 40)
    below = played_at(by_hand, frames)
    head, keys = settings_of(by_hand).head_a, faces(by_hand)[0]
    names = [one.name for one in keys.key_blocks[1:]]
    smile = names.index("mouthSmileLeft")

    write(by_hand, mode="additive", density=density)
    both = played_at(by_hand, frames)
    write(by_hand, mode="action")
    alone = played_at(by_hand, frames)

    np.testing.assert_allclose(both[:, smile], below[:, smile] + alone[:, smile], atol=0.02)
    neck = len(names)
    for row, frame in enumerate(frames):
        under, own = (values_at[row, neck : neck + 4] for values_at in (below, alone))
        wanted = product(under, own)
        there = both[row, neck : neck + 4]
        near = abs(wanted @ there) / np.linalg.norm(wanted) / np.linalg.norm(there)
        assert near > np.cos(np.radians(0.1)), frame
    assert head.animation_data.action is not None


def product(first, second):
    w, v = first[0], first[1:]
    return np.array([w * second[0] - v @ second[1:], *(w * second[1:] + second[0] * v + np.cross(v, second[1:]))])


def test_added_twice_it_counts_once(by_hand):
    write(by_hand, mode="additive")
    once = played_at(by_hand, (10, 30))

    write(by_hand)

    np.testing.assert_allclose(played_at(by_hand, (10, 30)), once, atol=1e-5)


@pytest.mark.parametrize("density", ["every", "reduced"])
def test_into_a_range_only_the_range_is_written(by_hand, density):
    keys = faces(by_hand)[0]
    outside, inside = np.array([1, 5, 9, 31, 40, 50, 60]), np.arange(16, 26)
    before = values(keys, SMILE, outside)
    original = keys.animation_data.action

    write(by_hand, mode="range", first=10, last=30, blend=4, density=density)

    np.testing.assert_allclose(values(keys, SMILE, outside), before, atol=1e-5)
    there = values(keys, SMILE, inside)
    brow = values(keys, 'key_blocks["browInnerUp"].value', outside)
    np.testing.assert_allclose(brow, 0.0, atol=1e-6)
    steps = np.abs(np.diff(values(keys, SMILE, np.arange(8, 33))))
    write(by_hand, mode="action", density="every")
    np.testing.assert_allclose(there, values(keys, SMILE, inside), atol=0.02)
    assert steps.max() < 0.15, "the ends are blended"
    assert original.use_fake_user


def test_a_range_beyond_the_take_is_refused_and_changes_nothing(played):
    write(played)
    before = sorted(bpy.data.actions.keys())

    with pytest.raises(DuologueError) as caught:
        write(played, mode="range", first=500, last=600)

    assert caught.value.code == ExitCode.SCENE_UNSUITABLE
    assert sorted(bpy.data.actions.keys()) == before


def test_only_chosen_channels_are_written_and_others_stay(played):
    write(played)
    settings = settings_of(played)
    keys = faces(played)[0]
    smile = values(keys, SMILE, np.arange(1, 50))
    settings.head_strength = 0.0
    actions.channels_of(keys).fcurves.find(SMILE).keyframe_points[4].co.y += 0.3
    edited = values(keys, SMILE, np.arange(1, 50))

    write(played, groups={"HEAD", "EYES"})

    np.testing.assert_allclose(values(keys, SMILE, np.arange(1, 50)), edited, atol=1e-6)
    assert np.abs(edited - smile).max() > 0.2
    assert np.ptp(values(settings.head_a, NECK, np.arange(1, 50), 1)) < 1e-6


def test_without_channels_nothing_is_written(played):
    with pytest.raises(DuologueError) as caught:
        write(played, groups=set())

    assert caught.value.code == ExitCode.SCENE_UNSUITABLE


@pytest.mark.parametrize("mode", ["action", "strip", "additive"])
def test_removing_takes_away_all_that_was_written(played, mode):
    write(played)
    bpy.ops.duologue.remove_keys()
    assert len(bpy.data.actions) == 0
    write(played, mode=mode, density="reduced")

    assert bpy.ops.duologue.remove_keys() == {"FINISHED"}

    assert len(bpy.data.actions) == 0
    for owner in owners_of(settings_of(played)):
        assert owner.animation_data.action is None
        assert not owner.animation_data.nla_tracks
    assert not bpy.ops.duologue.remove_keys.poll()


@pytest.mark.parametrize("mode", ["strip", "additive", "range"])
def test_removing_gives_the_artists_actions_back(by_hand, mode):
    keys = faces(by_hand)[0]
    frames = np.arange(1, 60)
    before, name = values(keys, SMILE, frames), keys.animation_data.action.name
    write(by_hand, mode=mode, first=10, last=30, density="reduced")

    bpy.ops.duologue.remove_keys()

    assert keys.animation_data.action.name == name
    assert not keys.animation_data.nla_tracks
    np.testing.assert_allclose(values(keys, SMILE, frames), before, atol=1e-6)
    assert name in settings_of(by_hand).message


def test_what_an_artist_added_or_moved_stays(played):
    write(played)
    keys = faces(played)[0]
    channels = actions.channels_of(keys)
    smile = channels.fcurves.find(SMILE)
    moved = smile.keyframe_points[7]
    frame = moved.co[0]
    moved.co.y += 0.25
    value = moved.co[1]
    actions.write_curves(keys, [Curve("eval_time", 0, np.array([0.0, 3.0, 5.0]), "mine")], FRAMES)

    bpy.ops.duologue.remove_keys()

    channels = actions.channels_of(keys)
    assert {curve.data_path: len(curve.keyframe_points) for curve in channels.fcurves} == {SMILE: 1, "eval_time": 3}
    assert tuple(channels.fcurves.find(SMILE).keyframe_points[0].co) == (frame, value)
    assert "Lips" in settings_of(played).message
    assert {group.name for group in channels.groups} == {"Lips", "mine"}
    assert faces(played)[1].animation_data.action is None, "Ben's were untouched"


def test_an_edited_range_keeps_the_edit_and_gets_the_rest_back(by_hand):
    keys = faces(by_hand)[0]
    before = values(keys, SMILE, np.arange(1, 60))
    write(by_hand, mode="range", first=10, last=30, groups={"LIPS"})
    curve = actions.channels_of(keys).fcurves.find(SMILE)
    curve.keyframe_points[-1].co.y = 0.9
    curve.update()

    bpy.ops.duologue.remove_keys()

    after = values(keys, SMILE, np.arange(1, 60))
    assert after[49] == pytest.approx(0.9)
    np.testing.assert_allclose(after[:25], before[:25], atol=1e-4)


@pytest.mark.parametrize("mode", ["action", "strip", "additive", "range"])
def test_writing_is_one_undo_step(played, mode):
    write(played)
    before = played_at(played, (1, 20, 40))
    settings = settings_of(played)
    settings.start_from, settings.start_frame, settings.key_writing.mode = "frame", 8, mode
    settings.key_writing.first, settings.key_writing.last = 10, 30
    bpy.ops.ed.undo_push(message="before")
    names = sorted(bpy.data.actions.keys())
    assert bpy.ops.duologue.write_keys() == {"FINISHED"}
    bpy.ops.ed.undo_push(message="written")
    assert np.abs(played_at(played, (1, 20, 40)) - before).max() > 1e-3

    bpy.ops.ed.undo()

    scene = bpy.context.scene
    assert sorted(bpy.data.actions.keys()) == names
    np.testing.assert_allclose(played_at(scene, (1, 20, 40)), before, atol=1e-6)


def test_a_take_of_an_earlier_version_is_removed_as_long_as_nobody_touched_it(played):
    write(played)
    for action in bpy.data.actions:
        action.pop("duologue_keys")
    keys = faces(played)[1]
    actions.channels_of(keys).fcurves.find(SMILE).keyframe_points[3].co.y += 0.1

    bpy.ops.duologue.remove_keys()

    assert keys.animation_data.action is not None
    assert keys.animation_data.action.name in settings_of(played).message
    assert faces(played)[0].animation_data.action is None


@pytest.mark.parametrize("mode", ["action", "strip"])
def test_an_artists_action_with_a_range_in_it_is_never_removed(by_hand, mode):
    keys = faces(by_hand)[0]
    before = values(keys, SMILE, np.arange(1, 60))
    original = keys.animation_data.action
    write(by_hand, mode="range", first=10, last=30)
    copy = keys.animation_data.action
    assigning.assign(keys, assigning.action_on_top(keys, "mine below", (1, 50)))
    keys.animation_data.action = None
    name = copy.name

    write(by_hand, mode=mode)

    assert name in bpy.data.actions
    assert keys.animation_data.nla_tracks[0].strips[0].action == copy
    bpy.ops.duologue.remove_keys()
    assert keys.animation_data.action == original
    np.testing.assert_allclose(values(keys, SMILE, np.arange(1, 60)), before, atol=1e-6)


def test_a_second_range_of_a_take_over_an_artists_action(by_hand):
    keys = faces(by_hand)[0]
    before, original = values(keys, SMILE, np.arange(1, 60)), keys.animation_data.action
    write(by_hand, mode="range", first=5, last=15)

    write(by_hand, mode="range", first=25, last=40)

    after = values(keys, SMILE, np.arange(1, 60))
    assert np.abs(after - before)[[9, 31]].min() > 1e-4
    bpy.ops.duologue.remove_keys()
    assert keys.animation_data.action == original
    np.testing.assert_allclose(values(keys, SMILE, np.arange(1, 60)), before, atol=1e-6)


def test_an_edit_of_one_data_block_does_not_keep_the_keys_of_others(played):
    write(played)
    head, keys = settings_of(played).head_a, faces(played)[0]
    curve = actions.channels_of(head).fcurves.find(NECK)
    curve.keyframe_points[7].co.y += 0.25
    curve.update()

    bpy.ops.duologue.remove_keys()

    assert [len(one.keyframe_points) for one in actions.channels_of(head).fcurves] == [1]
    assert keys.animation_data.action is None
    assert actions.OWN_PROPERTY not in head.animation_data.action


@pytest.mark.skipif(not actions.one_for_all(), reason="no slots")
def test_an_action_without_a_slot_animates_nothing(by_hand):
    keys = faces(by_hand)[0]
    keys.animation_data.action_slot = None

    assert actions.slot_name(keys) == ""
    assert actions.values_there(keys, Curve(SMILE, 0, np.zeros(3), "mine"), FRAMES) is None
    write(by_hand, mode="range", first=10, last=30)
    assert len(values(keys, SMILE, FRAMES)) == 3
