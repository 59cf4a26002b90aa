"""*Use DualTalk checkpoint…* with the real worker, and the engine that it offers."""

import os
from pathlib import Path
from types import SimpleNamespace

import bpy
import pytest
from duologue.addon import conversation
from duologue.addon.interface import generate_panel
from duologue.addon.settings.properties import settings_of
from duologue.addon.worker import preferences
from duologue.backend.contract.constants import DEFAULT_ENGINE
from duologue.backend.contract.errors import ExitCode

from tests.support.drawn_panel import drawn
from tests.support.refusals import refused
from tests.support.tiny_checkpoint import tiny_checkpoint

pytestmark = [
    pytest.mark.one_blender,
    pytest.mark.skipif(not os.environ.get("DUOLOGUE_PYTHON"), reason="python3 build.py test sets up the worker"),
]


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    return tiny_checkpoint(tmp_path_factory.mktemp("weights"))


def panel_says(scene):
    return drawn(generate_panel.DUOLOGUE_PT_engine, scene)


def test_a_new_scene_has_the_default_engine_and_no_checkpoint_in_the_way(scene):
    said = panel_says(scene)

    assert settings_of(scene).engine == DEFAULT_ENGINE
    assert "Engine" in said
    assert "Use DualTalk checkpoint…" not in said


def test_the_official_engine_without_a_file_offers_the_button(scene):
    settings_of(scene).engine = "dualtalk-official"

    assert "Use DualTalk checkpoint…" in panel_says(scene)


def test_every_engine_says_in_a_sentence_what_it_is(scene):
    items = settings_of(scene).bl_rna.properties["engine"].enum_items

    assert [item.name for item in items] == ["Together", "DualTalk", "DualTalk official file"]
    assert all(len(item.description) > 40 for item in items)


@pytest.mark.skipif(bpy.app.version >= (5, 0), reason="scripts no longer reach a property's stored number")
def test_a_scene_from_before_there_were_three_engines_keeps_its_own(scene):
    """A .blend remembers an engine by its number: 0 was Duologue's own model and 1 the official one."""
    settings = settings_of(scene)
    found = []

    for number in (0, 1):
        settings["engine"] = number
        found.append(settings.engine)

    assert found == ["dualtalk", "dualtalk-official"]


def test_a_checkpoint_that_fits_is_remembered_and_becomes_the_engine(scene, weights):
    assert bpy.ops.duologue.use_checkpoint(filepath=str(weights / "DualTalk.safetensors")) == {"FINISHED"}

    settings = settings_of(scene)
    assert settings.engine == "dualtalk-official"
    assert Path(settings.checkpoint) == weights / "DualTalk.safetensors"
    assert "ready at" in settings.message
    assert "Use DualTalk checkpoint…" not in panel_says(scene), "the button is a small one now, beside the engine"


def test_what_is_missing_is_told_and_nothing_is_remembered(scene, weights):
    """The worker expects the official sizes of a .pth, most of whose tensors a tiny model lacks."""
    assert bpy.ops.duologue.use_checkpoint(filepath=str(weights / "Tiny.pth")) == {"CANCELLED"}

    settings = settings_of(scene)
    assert settings.message_code == ExitCode.WEIGHTS_INVALID
    assert "missing" in settings.message
    assert (settings.engine, settings.checkpoint) == (DEFAULT_ENGINE, "")
    assert not (weights / "Tiny.safetensors").exists()


@pytest.mark.parametrize("path", ["", "/nowhere/DualTalk.pth"])
def test_a_file_that_is_not_there_is_told(scene, path):
    assert bpy.ops.duologue.use_checkpoint(filepath=path) == {"CANCELLED"}

    assert settings_of(scene).message_code == ExitCode.WEIGHTS_INVALID


def test_a_checkpoint_that_went_away_is_told_before_anything_runs(scene, tmp_path):
    settings = settings_of(scene)
    settings.engine, settings.checkpoint = "dualtalk-official", str(tmp_path / "gone.safetensors")
    settings.audio_kind, settings.mix = "mix", __file__

    with refused(ExitCode.WEIGHTS_INVALID, "gone.safetensors"):
        conversation.request_of(bpy.context)


def test_other_scenes_take_the_checkpoint_from_the_preferences(scene, tmp_path):
    kept = SimpleNamespace(checkpoint="")
    preferences_ = SimpleNamespace(addons={preferences.PACKAGE: SimpleNamespace(preferences=kept)}, is_dirty=False)
    context = SimpleNamespace(scene=scene, preferences=preferences_)

    preferences.remember_checkpoint(context, tmp_path / "DualTalk.safetensors")

    assert conversation.checkpoint_file(context) == str(tmp_path / "DualTalk.safetensors")
    assert preferences_.is_dirty, "else Blender forgets it when it closes"
    settings_of(scene).checkpoint = str(tmp_path / "another.safetensors")
    assert conversation.checkpoint_file(context) == str(tmp_path / "another.safetensors")
