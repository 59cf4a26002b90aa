"""Few keys after a slider was moved: fitted again, with what an artist does meanwhile."""

import bpy
import numpy as np
import pytest
from duologue.addon.heads.rig import head_mesh
from duologue.addon.interface import following
from duologue.addon.keys import actions, density
from duologue.addon.keys.replacing import is_untouched
from duologue.addon.settings.properties import settings_of

from tests.support.talking_take import curves_of, frames_of, values_of


def test_after_a_drag_few_keys_are_fitted_again(written):
    scene, write = written
    every = write().keys
    write(density="reduced")
    settings = settings_of(scene)
    smile = ("KEY", head_mesh(settings.head_a).data.shape_keys.name, 'key_blocks["mouthSmileLeft"].value', 0)
    before = values_of(scene, frames_of(scene))[smile]

    settings.adjust.first.lips = settings.adjust.second.lips = 0.5
    following.settle_now()

    assert sum(len(curve.keyframe_points) for curve in curves_of(scene).values()) * 5 <= every
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
    assert [len(fcurve.keyframe_points) for fcurve in actions.channels_of(keys).fcurves] == [1]


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

    assert [len(fcurve.keyframe_points) for fcurve in actions.channels_of(keys).fcurves] == [1]


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
