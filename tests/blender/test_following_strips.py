"""Takes that play as NLA strips: sliders move them as well, and strips that leave the sound are told and put back."""

import bpy
import numpy as np
import pytest
from duologue.addon.heads.rig import head_mesh
from duologue.addon.interface import adjust_panel, following, takes_panel
from duologue.addon.keys import actions
from duologue.addon.keys.following import has_followers, is_behind
from duologue.addon.keys.in_time import away_from_sound
from duologue.addon.keys.replacing import is_untouched
from duologue.addon.keys.strips import strip_playing
from duologue.addon.retargeting.curves import Curve
from duologue.addon.settings.properties import settings_of
from duologue.addon.staging.sequencer import own_sound_start

from tests.support.drawn_panel import drawn

JAW = 'pose.bones["jaw"].rotation_quaternion'


def owners(scene):
    settings = settings_of(scene)
    return [owner for head in (settings.head_a, settings.head_b) for owner in (head, head_mesh(head).data.shape_keys)]


def strips(scene):
    return [strip_playing(owner) for owner in owners(scene)]


def written(scene, **keys):
    for name, value in keys.items():
        setattr(settings_of(scene).key_writing, name, value)
    assert bpy.ops.duologue.write_keys() == {"FINISHED"}
    return scene


def played_at(scene, frames=(1, 17, 33, 50)):
    """[F, …] what both heads do, as Blender evaluates it."""
    found = []
    for frame in frames:
        scene.frame_set(frame)
        row = []
        for head, keys in zip(owners(scene)[::2], owners(scene)[1::2], strict=True):
            row += [key.value for key in keys.key_blocks[1:]]
            row += [value for bone in head.pose.bones for value in (*bone.rotation_quaternion, *bone.location)]
        found.append(row)
    return np.array(found)


def artists_action(owner):
    """A neck that is turned and a root elsewhere, in an action of the artist's."""
    owner.animation_data_clear()
    owner.animation_data_create().action = bpy.data.actions.new("mine")
    if actions.one_for_all():
        owner.animation_data.action_slot = owner.animation_data.action.slots.new(id_type="OBJECT", name=owner.name)
    turned = [(0, 0.8), (1, 0.6), (2, 0.0), (3, 0.0)]
    places = [Curve('pose.bones["root"].location', axis, np.full(2, 0.2 * axis), "mine") for axis in range(3)]
    necks = [Curve('pose.bones["neck"].rotation_quaternion', *axis, "mine") for axis in turned]
    necks = [Curve(neck.data_path, neck.index, np.full(2, neck.values), "mine") for neck in necks]
    actions.write_curves(owner, [*necks, *places], np.array([1, 50]))


@pytest.mark.parametrize("density", ["every", "reduced"])
@pytest.mark.parametrize("mode", ["strip", "additive"])
def test_sliders_move_strips_as_write_keys_would(played, mode, density):
    if mode == "additive":
        bpy.ops.duologue.remove_keys()
        artists_action(settings_of(played).head_a)
    written(played, mode=mode, density=density)
    names = {strip.action.name for strip in strips(played)}
    before = played_at(played)
    assert has_followers(settings_of(played))
    adjust = settings_of(played).adjust
    adjust.first.jaw, adjust.first.head, adjust.second.lips, adjust.second.mirrored = 0.3, 1.6, 0.2, True

    following.settle_now()

    followed = played_at(played)
    assert np.abs(followed - before).max() > 0.01
    assert {strip.action.name for strip in strips(played)} == names
    assert all(is_untouched(strip.action) for strip in strips(played))
    assert not is_behind(settings_of(played))
    written(played)
    np.testing.assert_allclose(played_at(played), followed, atol=1e-5)
    assert all(len(list(owner.animation_data.nla_tracks)) <= 2 for owner in owners(played))
    bpy.ops.duologue.remove_keys()
    assert strips(played) == [None] * 4


def test_a_strip_whose_keys_an_artist_edited_waits_and_the_message_says_so(played):
    written(played, mode="strip")
    edited = strips(played)[0].action
    slot = strips(played)[0].action_slot if actions.one_for_all() else None
    actions.channels_of(actions.ActionSlot(edited, slot)).fcurves[5].keyframe_points[3].co.y += 0.1
    before = played_at(played)
    settings_of(played).adjust.first.jaw = settings_of(played).adjust.second.jaw = 0.2

    following.settle_now()

    settings, after = settings_of(played), played_at(played)
    half = before.shape[1] // 2
    assert np.array_equal(after[:, :half], before[:, :half])
    assert not np.array_equal(after[:, half:], before[:, half:]), "the other one follows"
    assert edited.name in following.edited_names(settings)
    assert edited.name in settings.message
    assert "Write keys" in drawn(adjust_panel.DUOLOGUE_PT_adjust, played)


def test_a_muted_strip_follows_nothing(played):
    written(played, mode="strip")
    for strip in strips(played):
        strip.mute = True

    assert not has_followers(settings_of(played))


@pytest.mark.parametrize(
    "moved",
    [
        {"frame_start_ui": 13.0},
        {"frame_start_ui": -20.0},
        {"scale": 0.5},
        {"repeat": 2.0},
        {"use_reverse": True},
    ],
    ids=lambda moved: next(iter(moved)),
)
def test_strips_that_leave_the_sound_are_told_and_go_back(played, moved):
    written(played, mode="strip")
    settings, before = settings_of(played), played_at(played)
    assert away_from_sound(settings) is None
    assert not bpy.ops.duologue.put_strips_back.poll()
    for name, value in moved.items():
        setattr(strips(played)[1], name, value)
    away = away_from_sound(settings)
    if next(iter(moved)) == "frame_start_ui":
        assert away.frames == pytest.approx(moved["frame_start_ui"] - 1.0)
    else:
        assert away.stretched
    assert away.sentence() in " ".join(drawn(takes_panel.DUOLOGUE_PT_takes, played))

    assert bpy.ops.duologue.put_strips_back() == {"FINISHED"}

    assert away_from_sound(settings) is None
    np.testing.assert_allclose(played_at(played), before, atol=1e-5)


def test_a_strip_that_is_cut_at_its_ends_is_still_at_the_sound(played):
    written(played, mode="strip")
    strip = strips(played)[0]
    strip.action_frame_start, strip.frame_start = 10.0, 10.0
    strip.action_frame_end, strip.frame_end = 40.0, 40.0

    assert away_from_sound(settings_of(played)) is None


def test_a_strip_without_room_stays_and_is_named(played):
    written(played, mode="strip")
    strip, track = strips(played)[0], owners(played)[0].animation_data.nla_tracks[-1]
    strip.frame_start_ui = 101.0
    other = track.strips.new("other", 20, bpy.data.actions.new("other"))

    bpy.ops.duologue.put_strips_back()

    assert strip.name in settings_of(played).message
    assert away_from_sound(settings_of(played)) is not None
    track.strips.remove(other)
    bpy.ops.duologue.put_strips_back()
    assert away_from_sound(settings_of(played)) is None


@pytest.mark.skipif(not bpy.app.build_options.audaspace, reason="no sound strips")
@pytest.mark.parametrize("mode", ["action", "strip"])
def test_sound_that_the_artist_moves_is_told(played, mode):
    written(played, mode=mode)
    settings = settings_of(played)
    editor = played.sequence_editor
    for strip in editor.strips if bpy.app.version >= (4, 4) else editor.sequences:
        strip.frame_start += 30
    assert own_sound_start(played, settings.number) == 31.0
    assert away_from_sound(settings).frames == pytest.approx(-30.0)

    if mode == "strip":
        for strip in strips(played):
            strip.frame_start_ui = 31.0
        assert away_from_sound(settings) is None, "both were moved"
    else:
        assert not bpy.ops.duologue.put_strips_back.poll()
        written(played)
        assert away_from_sound(settings_of(played)) is None
