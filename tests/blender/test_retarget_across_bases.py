"""FLAME's output on a character with ARKit's keys, and a take for the open head on a FLAME rig of other make."""

from pathlib import Path

import bpy
import numpy as np
import pytest
from duologue.addon.keys import key_writing, targets
from duologue.addon.settings.properties import settings_of
from duologue.backend.contract.arkit import ARKIT_INDEX
from duologue.backend.contract.constants import JAW_OPEN_RADIANS
from duologue.backend.contract.errors import ExitCode
from duologue.backend.contract.performance import Performance, save_performance
from duologue.backend.contract.transfer import BasisTransfer, save_transfer, transfer_file

from tests.support import vendor_rigs
from tests.support.refusals import refused
from tests.support.vendors import VENDORS

FLAME = "flame-0123abcd"
SMILE = ARKIT_INDEX["mouthSmileLeft"]


def transfer(source, target, cross):
    """One that says plainly what becomes of what: `cross` [unknowns of the target, components of the source + 3]."""
    unknowns = len(cross)
    low = np.full(unknowns, -np.inf)
    return BasisTransfer(
        source=source,
        target=target,
        gram=np.eye(unknowns),
        cross=cross,
        lower=low,
        upper=-low,
        source_joints=np.zeros((5, 3)),
        target_joints=np.zeros((5, 3)),
        source_identity=(),
        source_joint_directions=np.zeros((5, 3, 0)),
        jaw_gain=1.0,
        residual_millimetres=0.4,
    )


@pytest.fixture
def faces(tmp_path, monkeypatch):
    """The folder of imported faces: FLAME's first component is the open head's left smile, and the jaw is the jaw."""
    to_open, to_flame = np.zeros((53, 50 + 3)), np.zeros((51, 52 + 3))
    to_open[SMILE, 0] = to_flame[0, SMILE] = 1.0
    to_open[52, 50] = to_flame[50, 52] = 1.0
    save_transfer(transfer_file(tmp_path, FLAME, "open-head-1"), transfer(FLAME, "open-head-1", to_open))
    save_transfer(transfer_file(tmp_path, "open-head-1", FLAME), transfer("open-head-1", FLAME, to_flame))
    monkeypatch.setattr(targets, "faces_folder", lambda: tmp_path)
    return tmp_path


def play(scene, folder, vendor, face, components, column):
    """Both people of `vendor` smile with one component in the second frame and open their jaws in the third."""
    characters = [vendor_rigs.build(VENDORS[vendor], name) for name in ("Anna", "Ben")]
    settings = settings_of(scene)
    settings.head_a, settings.head_b = (character.armature for character in characters)
    expression, pose = np.zeros((2, 3, components)), np.zeros((2, 3, 5, 3))
    expression[:, 1, column] = 0.8
    pose[:, 2, 2, 0] = JAW_OPEN_RADIANS / 2
    still = np.zeros((2, 3))
    take = Performance(25.0, face, ("Anna", "Ben"), expression, pose, np.zeros((2, 3, 3)), still, {})
    save_performance(folder / "performance.npz", take)
    key_writing.write_take(bpy.context, Path(folder / "performance.npz"))
    return characters[0]


def key_values(scene, character, name):
    values = []
    for frame in (1, 2, 3):
        scene.frame_set(frame)
        keys = (mesh.data.shape_keys.key_blocks for mesh in character.meshes)
        values.append(next(blocks[name].value for blocks in keys if name in blocks))
    return values


def test_flame_take_smiles_and_speaks_on_an_arkit_character(scene, tmp_path, faces):
    character = play(scene, tmp_path, "arkit-52", FLAME, 50, 0)

    np.testing.assert_allclose(key_values(scene, character, "mouthSmileLeft"), [0.0, 0.8, 0.0], atol=1e-5)
    np.testing.assert_allclose(key_values(scene, character, "jawOpen"), [0.0, 0.0, 0.5], atol=1e-5)
    np.testing.assert_allclose(key_values(scene, character, "mouthPucker"), 0.0, atol=1e-6)


def test_take_for_the_open_head_plays_on_a_flame_rig_of_other_make(scene, tmp_path, faces):
    character = play(scene, tmp_path, "flame", "open-head-1", 52, SMILE)

    np.testing.assert_allclose(key_values(scene, character, "Exp1"), [0.0, 0.8, 0.0], atol=1e-5)
    np.testing.assert_allclose(key_values(scene, character, "Exp2"), 0.0, atol=1e-6)


def test_sliders_act_on_the_take_before_it_is_told_for_another_face(scene, tmp_path, faces):
    adjust = settings_of(scene).adjust
    adjust.first.lips, adjust.second.lips = 0.5, 0.25

    character = play(scene, tmp_path, "flame", "open-head-1", 52, SMILE)

    np.testing.assert_allclose(key_values(scene, character, "Exp1"), [0.0, 0.4, 0.0], atol=1e-5)
    second = settings_of(scene).head_b.children[0].data.shape_keys.key_blocks["Exp1"]
    scene.frame_set(2)
    assert second.value == pytest.approx(0.2, abs=1e-5)


@pytest.mark.parametrize(("vendor", "face", "components"), [("arkit-52", FLAME, 50), ("flame", "open-head-1", 52)])
def test_take_that_nothing_here_can_tell_is_refused_with_the_way_out(
    scene, tmp_path, monkeypatch, vendor, face, components
):
    monkeypatch.setattr(targets, "faces_folder", lambda: tmp_path / "empty")

    with refused(ExitCode.PERFORMANCE_INVALID) as caught:
        play(scene, tmp_path, vendor, face, components, 0)

    assert "Use FLAME file" in caught.value.fix
    assert len(bpy.data.actions) == 0
