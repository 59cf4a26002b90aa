"""Where keys go: as a new action, into a range, as a strip, additively; some channels alone."""

import bpy
import numpy as np
import pytest
from duologue.addon.keys import actions
from duologue.addon.keys.removing import owners_of
from duologue.addon.settings.properties import settings_of
from duologue.backend.contract.errors import ExitCode

from tests.support.key_modes import NECK, SMILE, faces, played_at, take, values, write
from tests.support.refusals import refused


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
    names = [key.name for key in keys.key_blocks[1:]]
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

    with refused(ExitCode.SCENE_UNSUITABLE):
        write(played, mode="range", first=500, last=600)

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
    with refused(ExitCode.SCENE_UNSUITABLE):
        write(played, groups=set())


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
