"""Presets as Blender has them: kept, used, removed; those that come with Duologue set what they say."""

from pathlib import Path

import bpy
import pytest
from duologue.addon.settings.properties import settings_of

SHIPPED = Path(__file__).resolve().parents[2] / "presets" / "duologue"
MENUS = {"generate": "DUOLOGUE_PT_generate_presets", "adjust": "DUOLOGUE_PT_adjust_presets"}


@pytest.fixture
def scripts(scene, tmp_path, monkeypatch):
    """The user's scripts are in a temporary folder."""
    folder = tmp_path / "scripts"

    def user_resource(_kind, *, path="", create=False):
        found = folder / path
        if create:
            found.mkdir(parents=True, exist_ok=True)
        return str(found)

    monkeypatch.setattr(bpy.utils, "user_resource", user_resource)
    monkeypatch.setattr(bpy.utils, "script_paths", lambda *_, **__: [str(folder / "presets")])
    return folder / "presets" / "duologue"


def use(kind, path):
    return bpy.ops.duologue.use_preset(filepath=str(path), menu_idname=MENUS[kind])


def test_a_generation_preset_brings_back_sentence_engine_places_and_locks(scripts):
    settings = settings_of(bpy.context.scene)
    settings.prompt, settings.engine, settings.cuts, settings.lock_b = "two rivals “at dawn”", "dualtalk", "never", True
    settings.staging.used, settings.staging.arrangement = True, "custom"
    settings.staging.first.position, settings.staging.second.position = (-0.7, 0.1), (0.6, 0.0)
    settings.staging.first.mood, settings.staging.second.mood = "tense", "sad"
    settings.staging.first.posture, settings.staging.second.lean = "standing", 0.2
    settings.seed, settings.take = 5, "/a/take.npz"
    assert bpy.ops.duologue.add_generate_preset(name="At dawn") == {"FINISHED"}

    bpy.ops.wm.read_factory_settings(use_empty=True)
    settings = settings_of(bpy.context.scene)
    settings.seed = 9
    assert use("generate", scripts / "generate" / "At_dawn.py") == {"FINISHED"}

    assert (settings.prompt, settings.engine, settings.cuts) == ("two rivals “at dawn”", "dualtalk", "never")
    assert (settings.lock_a, settings.lock_b, settings.staging.used) == (False, True, True)
    assert tuple(settings.staging.first.position) == pytest.approx((-0.7, 0.1))
    assert settings.staging.first.mood == "tense"
    assert (settings.staging.first.posture, settings.staging.second.lean) == ("standing", pytest.approx(0.2))
    assert (settings.seed, settings.take) == (9, ""), "which are a take's own"


def test_a_preset_belongs_to_the_conversation_that_is_shown(scripts):
    scene = bpy.context.scene
    scene.duologue.prompt = "kept"
    assert bpy.ops.duologue.add_generate_preset(name="One") == {"FINISHED"}
    assert bpy.ops.duologue.new_conversation() == {"FINISHED"}
    scene.duologue.prompt, scene.duologue_more[0].prompt = "the first", "the second"

    use("generate", scripts / "generate" / "One.py")

    assert (scene.duologue.prompt, scene.duologue_more[0].prompt) == ("the first", "kept")


def test_an_adjustment_preset_brings_back_both_people_s_sliders(scripts):
    adjust = settings_of(bpy.context.scene).adjust
    adjust.first.lips, adjust.second.offset, adjust.second.mirrored = 1.5, -0.04, True
    assert bpy.ops.duologue.add_adjust_preset(name="Mine") == {"FINISHED"}
    adjust.first.lips, adjust.second.offset, adjust.second.mirrored = 0.2, 0.5, False

    assert use("adjust", scripts / "adjust" / "Mine.py") == {"FINISHED"}

    assert (adjust.first.lips, adjust.second.offset) == (pytest.approx(1.5), pytest.approx(-0.04))
    assert (adjust.first.mirrored, adjust.second.mirrored) == (False, True)


def test_a_preset_that_cannot_be_used_is_told(scripts, tmp_path):
    (tmp_path / "Old.py").write_text("import bpy\nbpy.context.scene.duologue.engine = 'none of ours'\n")

    assert use("generate", tmp_path / "Old.py") == {"CANCELLED"}
    assert settings_of(bpy.context.scene).message_code == 2


def test_a_preset_of_one_s_own_is_removed(scripts):
    bpy.ops.duologue.add_generate_preset(name="Gone")
    assert (scripts / "generate" / "Gone.py").is_file()

    assert bpy.ops.duologue.add_generate_preset(name="Gone", remove_name=True) == {"FINISHED"}

    assert not (scripts / "generate" / "Gone.py").exists()


@pytest.mark.parametrize("kind", MENUS)
def test_blender_finds_the_presets_that_come_with_duologue(scene, kind):
    folders = [Path(path) for path in bpy.utils.preset_paths(f"duologue/{kind}")]

    assert SHIPPED / kind in folders
    assert len(list((SHIPPED / kind).glob("*.py"))) >= 3


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*/*.py")), ids=lambda path: f"{path.parent.name} {path.stem}")
def test_a_preset_that_comes_with_duologue_changes_something_and_sets_the_same_again(scene, path):
    settings = settings_of(scene)

    def values():
        sliders = [group.told() for group in (settings.adjust.first, settings.adjust.second)]
        return (settings.prompt, settings.staging.used, *sliders)

    settings.prompt = ""
    before = values()
    assert use(path.parent.name, path) == {"FINISHED"}
    once = values()
    settings.adjust.first.lips, settings.adjust.second.eye_contact = 0.33, 0.33
    assert use(path.parent.name, path) == {"FINISHED"}

    assert once != before
    if path.parent.name == "adjust":
        assert values() == once
