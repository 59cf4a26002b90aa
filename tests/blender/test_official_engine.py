"""From audio to keys by an official checkpoint (a tiny one), with the real worker: FLAME's heads, and the open head."""

import os
import wave
from pathlib import Path

import bpy
import numpy as np
import pytest
from duologue.addon.heads import faces
from duologue.addon.heads.rig import head_mesh
from duologue.addon.interface.operators import use_flame_file
from duologue.addon.keys import actions, partner, targets
from duologue.addon.settings.properties import settings_of
from duologue.backend.contract.performance import load_performance

from tests.support.flame_arrays import flame_arrays
from tests.support.flame_pickles import pickle_of_2017
from tests.support.tiny_checkpoint import tiny_checkpoint

ROOT = Path(__file__).resolve().parents[2]

pytestmark = [
    pytest.mark.one_blender,
    pytest.mark.skipif(
        not (ROOT / ".assets" / "faces" / "open-head-1.npz").is_file() or not os.environ.get("DUOLOGUE_PYTHON"),
        reason="python3 build.py test sets up the worker and the open head",
    ),
]


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """A folder with a face of FLAME's shape, imported once, and the face's id."""
    folder, model = tmp_path_factory.mktemp("faces"), tmp_path_factory.mktemp("models") / "generic_model.pkl"
    model.write_bytes(pickle_of_2017(flame_arrays(identities=60, expressions=60)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(use_flame_file, "faces_folder", lambda: folder)
        patch.setattr(faces, "faces_folder", lambda: folder)
        bpy.ops.wm.read_factory_settings(use_empty=True)
        assert bpy.ops.duologue.use_flame_file(filepath=str(model)) == {"FINISHED"}
        return folder, settings_of(bpy.context.scene).face


@pytest.fixture(scope="module")
def tracks(tmp_path_factory):
    """Two seconds of noise for each person, who speak one after the other."""
    folder, random = tmp_path_factory.mktemp("tracks"), np.random.default_rng(0)
    paths = []
    for person, name in enumerate(("anna", "ben")):
        samples = random.normal(scale=2000.0, size=32_000) * (np.arange(32_000) // 16_000 == person)
        paths.append(str(folder / f"{name}.wav"))
        with wave.open(paths[-1], "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(16_000)
            file.writeframes(samples.astype("<i2").tobytes())
    return paths


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    return tiny_checkpoint(tmp_path_factory.mktemp("weights")) / "DualTalk.safetensors"


@pytest.fixture
def conversation(scene, imported, tracks, weights, tmp_path, monkeypatch):
    """Build two heads on a face, and set the panel to the official engine."""
    for module in (faces, targets, partner):
        monkeypatch.setattr(module, "faces_folder", lambda: imported[0])
    monkeypatch.setattr("duologue.addon.interface.operators.generate.new_take_folder", lambda: _new(tmp_path))

    def build(face):
        settings = settings_of(scene)
        settings.face = face
        settings.track_a, settings.track_b = tracks
        assert bpy.ops.duologue.add_conversation() == {"FINISHED"}, settings.message
        settings.engine, settings.checkpoint = "dualtalk-official", str(weights)
        return settings

    return build


def _new(folder):
    path = folder / f"take-{len(list(folder.iterdir()))}"
    path.mkdir()
    return path


def values_of(head, frame):
    bpy.context.scene.frame_set(frame)
    return np.array(
        [key.value for key in head_mesh(head).data.shape_keys.key_blocks if not key.name.startswith("pose")]
    )


def test_flames_heads_play_the_models_own_components(conversation, imported):
    settings = conversation(imported[1])

    assert bpy.ops.duologue.generate() == {"FINISHED"}, settings.message

    take = load_performance(Path(settings.take))
    keys = head_mesh(settings.head_b).data.shape_keys.key_blocks
    bpy.context.scene.frame_set(21)
    assert (take.face, take.meta["engine"]) == ("flame", "dualtalk-official")
    assert keys["expression_003"].value == pytest.approx(take.expression[1, 20, 2], abs=1e-4)
    assert "knows no scene" in settings.message


def test_open_heads_play_it_through_the_transfer_and_then_one_reacts_to_the_other(conversation):
    settings = conversation("open-head-1")
    assert bpy.ops.duologue.generate() == {"FINISHED"}, settings.message
    for head in (settings.head_a, settings.head_b):
        assert np.abs(values_of(head, 5) - values_of(head, 35)).max() > 1e-3
    before = settings.head_a.animation_data.action
    settings.reaction = "second"

    assert bpy.ops.duologue.generate() == {"FINISHED"}, settings.message

    sent = load_performance(Path(settings.take).parent / "partner.npz")
    take = load_performance(Path(settings.take))
    assert sent.face.startswith("flame")
    np.testing.assert_array_equal(take.expression[0], sent.expression[0, : take.frame_count, :50])
    assert take.meta["partner_motion"] == "given for Anna"
    assert settings.head_a.animation_data.action is before
    assert len(actions.channels_of(settings.head_b).fcurves) == 23


def test_one_open_head_reacts_to_the_other_by_duologues_own_model(conversation):
    settings = conversation("open-head-1")
    settings.engine = "dualtalk"
    assert bpy.ops.duologue.generate() == {"FINISHED"}, settings.message
    settings.reaction = "first"
    before = settings.head_b.animation_data.action

    assert bpy.ops.duologue.generate() == {"FINISHED"}, settings.message

    take = load_performance(Path(settings.take))
    sent = load_performance(Path(settings.take).parent / "partner.npz")
    assert take.meta["partner"] == "given for Ben"
    np.testing.assert_allclose(take.pose[1, :, 2], sent.pose[1, : take.frame_count, 2], atol=1e-5)
    assert settings.head_b.animation_data.action is before
