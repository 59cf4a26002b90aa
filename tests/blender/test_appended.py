"""A conversation that is appended into another .blend: heads act, actions play, takes and sound are found."""

import bpy
import pytest
from duologue.addon.conversation import collection_of, sound_files
from duologue.addon.heads.rig import head_mesh
from duologue.addon.interface import adjust_panel, following, takes_panel
from duologue.addon.keys import takes
from duologue.addon.keys.actions import channels_of, last_frame_of
from duologue.addon.keys.key_writing import write_take
from duologue.addon.keys.take_identity import content_of
from duologue.addon.settings.properties import heads_of, settings_of

from tests.support.blend_files import now, save
from tests.support.drawn_panel import drawn
from tests.support.staged_worker import fake_python, write_wave


@pytest.fixture
def library(pair, tmp_path, monkeypatch):
    """A saved project with a conversation and its take, in the scene Dialogue."""
    project = tmp_path / "library"
    project.mkdir()
    monkeypatch.setenv("DUOLOGUE_PYTHON", str(fake_python(tmp_path, "good")))
    monkeypatch.setattr(bpy.utils, "user_resource", lambda *_, **__: str(tmp_path / "user"))
    write_wave(project / "a.wav"), write_wave(project / "b.wav")
    pair.name = "Dialogue"
    path = project / "dialogue.blend"
    save(path)
    settings = now()
    settings.track_a, settings.track_b = "//a.wav", "//b.wav"
    assert bpy.ops.duologue.generate() == {"FINISHED"}, settings.message
    save(path)
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.context.scene.render.fps = 25
    return path


def append_scene(library):
    with bpy.data.libraries.load(str(library), link=False) as (_, wanted):
        wanted.scenes = ["Dialogue"]
    bpy.context.window.scene = wanted.scenes[0]


@pytest.mark.parametrize("saved", [True, False], ids=["into a saved file", "into an unsaved file"])
def test_scene_brings_its_heads_take_and_sound(library, tmp_path, saved):
    film = tmp_path / "film" / "film.blend"
    film.parent.mkdir()
    if saved:
        save(film)
    append_scene(library)

    settings = now()
    assert takes.take_file(settings).is_relative_to(library.parent)
    assert all(path.is_file() for path in sound_files(settings))
    assert bpy.ops.duologue.write_keys() == {"FINISHED"}, settings.message
    save(film)
    assert takes.take_file(now()).is_file()
    assert all(path.is_file() for path in sound_files(now()))
    bpy.ops.wm.open_mainfile(filepath=str(film))
    bpy.context.window.scene = bpy.data.scenes["Dialogue"]
    assert takes.take_file(now()).is_file()
    assert bpy.ops.duologue.write_keys() == {"FINISHED"}, now().message
    assert bpy.ops.duologue.generate() == {"FINISHED"}, now().message
    assert takes.take_file(now()).is_relative_to(film.parent)


def test_file_that_has_one_of_its_own_keeps_both(library, tmp_path, monkeypatch):
    film = tmp_path / "film" / "film.blend"
    film.parent.mkdir()
    settings = now()
    settings.track_a, settings.track_b = (str(library.parent / name) for name in ("a.wav", "b.wav"))
    assert bpy.ops.duologue.add_conversation() == {"FINISHED"}, settings.message
    save(film)
    assert bpy.ops.duologue.generate() == {"FINISHED"}, now().message
    mine, scene = takes.take_file(now()), bpy.context.scene

    append_scene(library)

    theirs = takes.take_file(now())
    assert takes.take_file(settings_of(scene)) == mine != theirs
    assert not set(heads_of(now())) & set(heads_of(settings_of(scene)))
    for shown in (scene, bpy.context.scene):
        for head in heads_of(settings_of(shown)):
            assert last_frame_of(head) == 50
    assert bpy.ops.duologue.write_keys() == {"FINISHED"}, now().message


def test_keys_of_appended_heads_follow_once_their_take_is_located(library, tmp_path):
    settings = settings_of_library(library)
    settings.start_frame, settings.start_from = 11, "frame"
    settings.adjust.first.jaw = 0.5
    assert bpy.ops.duologue.write_keys() == {"FINISHED"}
    save(library)
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.context.scene.render.fps = 25
    with bpy.data.libraries.load(str(library), link=False) as (_, wanted):
        wanted.collections = ["Duologue"]
    bpy.context.scene.collection.children.link(wanted.collections[0])
    settings = now()
    heads = sorted(
        (item for item in wanted.collections[0].all_objects if item.type == "ARMATURE"), key=lambda x: x.name
    )
    settings.head_a, settings.head_b = heads
    before = keys_of(heads)

    assert bpy.ops.duologue.locate_take(filepath=str(next(library.parent.rglob("performance.npz")))) == {"FINISHED"}

    following.settle_now()
    assert keys_of(heads) == before, "what they play is what the sliders say"
    assert (now().take_start, now().adjust.first.jaw) == (11.0, 0.5)
    assert "nobody here knows" not in " ".join(drawn(takes_panel.DUOLOGUE_PT_takes, bpy.context.scene)).casefold()
    now().adjust.first.jaw = 1.0
    following.settle_now()
    assert keys_of(heads) != before
    assert [head.animation_data.action.frame_range[0] for head in heads] == [11.0, 11.0]


@pytest.mark.parametrize("recorded", [True, False], ids=["as written", "as an earlier version wrote them"])
def test_a_take_that_is_located_begins_where_its_own_keys_do(played, recorded):
    settings, take = now(), takes.take_file(now())
    action = settings.head_a.animation_data.action
    early = [('pose.bones["control corner.L"].location', 1)]
    if recorded:
        early.append(("location", 0))
    else:
        for one in bpy.data.actions:
            del one["duologue_keys"]
    for path, index in early:
        curve = channels_of(settings.head_a).fcurves.new(path, index=index)
        curve.keyframe_points.insert(-20, 0.0)
    assert action.frame_range[0] == -20
    settings.take = settings.takes.content = ""

    assert bpy.ops.duologue.locate_take(filepath=str(take)) == {"FINISHED"}

    assert settings.take_start == 1
    assert settings.takes.content == content_of(take)


def settings_of_library(library):
    bpy.ops.wm.open_mainfile(filepath=str(library))
    return now()


def keys_of(heads):
    return [
        (curve.data_path, curve.array_index, [tuple(key.co) for key in curve.keyframe_points])
        for head in heads
        for curve in channels_of(head).fcurves
    ]


def test_collection_brings_heads_that_act_and_play_and_can_be_chosen(library, tmp_path):
    film = tmp_path / "film.blend"
    save(film)
    with bpy.data.libraries.load(str(library), link=False) as (_, wanted):
        wanted.collections = ["Duologue"]
    bpy.context.scene.collection.children.link(wanted.collections[0])
    heads = [item for item in wanted.collections[0].all_objects if item.type == "ARMATURE"]
    bpy.context.scene.frame_set(10)
    values = [head_mesh(head).data.shape_keys.key_blocks["mouthFunnel"].value for head in heads]
    assert min(values) > 0.0

    settings = now()
    settings.head_a, settings.head_b = sorted(heads, key=lambda shown: shown.name)

    assert collection_of(settings) == wanted.collections[0]
    for panel in (takes_panel.DUOLOGUE_PT_takes, adjust_panel.DUOLOGUE_PT_adjust):
        assert "nobody here knows" in " ".join(drawn(panel, bpy.context.scene)).casefold()
    assert "Locate…" in drawn(takes_panel.DUOLOGUE_PT_takes, bpy.context.scene)
    assert not bpy.ops.duologue.write_keys.poll()
    write_take(bpy.context, next(library.parent.rglob("performance.npz")))
    assert [last_frame_of(head) for head in heads] == [50, 50]
