"""What a partner in the scene does is sampled as it is seen, and read back as a take."""

import bpy
import numpy as np
import pytest
from duologue.addon.heads.rig import head_mesh
from duologue.addon.keys import actions, assigning
from duologue.addon.keys.key_writing import write_take
from duologue.addon.keys.partner import known_partner
from duologue.addon.keys.sampling import sampled
from duologue.addon.retargeting.curves import Curve
from duologue.addon.settings.properties import settings_of
from duologue.addon.steps import at_once
from duologue.backend.contract.arkit import ARKIT_INDEX, ARKIT_NAMES
from duologue.backend.contract.errors import ExitCode
from duologue.backend.contract.performance import ALONE

from tests.support.reacting import REQUEST, take_of
from tests.support.refusals import refused


def test_what_a_head_plays_is_sampled_as_it_was_written(reacting):
    settings = settings_of(reacting)
    settings.reaction = "second"

    found = known_partner(bpy.context, REQUEST)

    take = take_of()
    assert (found.face, found.frame_count, found.speakers) == ("open-head-1", 100, ("Anna", "Ben"))
    np.testing.assert_allclose(found.expression[0], take.expression[0], atol=1e-5)
    np.testing.assert_allclose(found.pose[0], take.pose[0], atol=1e-5)
    np.testing.assert_allclose(found.translation, take.translation, atol=1e-5)
    assert not found.meta[ALONE], "where Ben sits is known, so that Anna's glances have an aim"


@pytest.mark.parametrize(("fps", "start"), [(24, 1), (30, 101), (60, -20)])
def test_sampling_is_in_seconds_whatever_the_scenes_rate(reacting, tmp_path, fps, start):
    settings = settings_of(reacting)
    reacting.render.fps, settings.start_frame = fps, start
    write_take(bpy.context, tmp_path / "first" / "performance.npz")
    reacting.frame_start = reacting.frame_end = max(start, 0)
    settings.reaction = "first"

    found = known_partner(bpy.context, REQUEST)

    assert abs(found.seconds - 4.0) < 0.1
    assert np.abs(found.pose[1, :95, 1] - take_of().pose[1, :95, 1]).max() < 0.02


def test_hidden_heads_constraints_and_nla_count_as_they_are_seen(reacting):
    settings = settings_of(reacting)
    settings.reaction, head = "second", settings.head_a
    head.hide_viewport = head_mesh(head).hide_viewport = True
    action = head.animation_data.action
    head.animation_data.action = None
    track = head.animation_data.nla_tracks.new()
    strip = track.strips.new("moved", 1, action)
    if bpy.app.version >= (4, 4) and strip.action_slot is None:
        strip.action_slot = action.slots[0]
    aim = bpy.data.objects.new("Aim", None)
    turn = head.pose.bones["neck"].constraints.new("COPY_ROTATION")
    turn.target, turn.mix_mode, turn.owner_space, turn.target_space = aim, "REPLACE", "LOCAL", "WORLD"
    aim.rotation_euler = (0.0, 0.0, 0.3)
    frame = reacting.frame_current

    found = known_partner(bpy.context, REQUEST)

    np.testing.assert_allclose(found.pose[0, :, 2], take_of().pose[0, :, 2], atol=1e-5)
    assert np.ptp(found.pose[0, :, 1], axis=0).max() < 1e-5, "the constraint holds the neck"
    assert np.linalg.norm(found.pose[0, 0, 1]) == pytest.approx(0.3, abs=1e-4)
    assert (reacting.frame_current, len(bpy.data.scenes)) == (frame, 1)
    assert not [thing for thing in bpy.data.objects if "sampling" in thing.name]


def arkit_character(name, rename=str):
    """A mesh without bones that carries ARKit's keys."""
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [], [(0, 1, 2)])
    part = bpy.data.objects.new(name, mesh)
    bpy.context.collection.objects.link(part)
    part.shape_key_add(name="Basis")
    for key in ARKIT_NAMES:
        part.shape_key_add(name=rename(key)).value = 0.0  # Blender 5 begins with 1
    return part


def test_a_captured_arkit_character_is_read_back_by_its_keys(reacting):
    """Jaw and eyes are keys there; a take says them as rotations."""
    part = arkit_character("Phone capture", lambda key: key.replace("Left", "_L").replace("Right", "_R"))
    frames = np.arange(1, 76)
    wave = 0.5 + 0.5 * np.sin(frames * 0.2)
    keys = {"jawOpen": wave, "mouthSmile_L": 0.5 * wave, "eyeLookOut_L": wave, "eyeLookIn_R": wave}
    owner = part.data.shape_keys
    assigning.assign_new_action(owner, "capture")
    actions.write_curves(owner, [Curve(f'key_blocks["{n}"].value', 0, v, "Face") for n, v in keys.items()], frames)
    settings = settings_of(reacting)
    settings.head_a, settings.reaction = part, "second"

    found = known_partner(bpy.context, REQUEST)

    assert found.meta[ALONE]
    assert found.face == "open-head-1"
    np.testing.assert_allclose(found.expression[0, :75, ARKIT_INDEX["mouthSmileLeft"]], 0.5 * wave, atol=2e-3)
    np.testing.assert_allclose(found.pose[0, :75, 2, 0], 0.4129 * wave, atol=2e-3)
    np.testing.assert_allclose(found.pose[0, :75, 3, 1], np.radians(30) * wave, atol=2e-3)


def test_a_character_nobody_can_read_is_told(reacting):
    part = arkit_character("Stranger", lambda key: f"shape {hash(key) % 9973}")
    settings = settings_of(reacting)
    settings.head_a, settings.reaction = part, "second"

    with refused(ExitCode.RIG_UNSUITABLE):
        known_partner(bpy.context, REQUEST)


def test_muted_keys_count_as_nothing(reacting):
    head = settings_of(reacting).head_a
    mesh = head_mesh(head)
    mesh.data.shape_keys.key_blocks["mouthSmileLeft"].mute = True

    found = at_once(sampled(reacting, head, [mesh], ("neck",), np.arange(1.0, 20.0)))

    assert found.values["mouthSmileLeft"].max() == 0.0
