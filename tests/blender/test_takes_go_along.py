"""Takes lie beside the .blend, are remembered relative to it, and go where it goes."""

import os
import shutil
from pathlib import Path

import bpy
import pytest
from duologue.addon.keys import saving, takes
from duologue.addon.settings import blend_paths
from duologue.addon.settings.properties import DuologueSettings, settings_of
from duologue.backend.contract.job import PERFORMANCE_FILE

from tests.support.blend_files import generate, now, reopen, save


def test_a_take_is_remembered_relative_to_its_blend(project):
    save(project / "Szene 1.blend")

    generate()

    assert now().take == "//duologue_takes/Szene 1/take-001/performance.npz"


def test_a_project_that_moves_still_writes_its_keys(project, tmp_path):
    save(project / "scene.blend")
    now().track_a, now().track_b = "//a.wav", "//b ä.wav"
    generate()
    save(project / "scene.blend")
    project.rename(tmp_path / "moved")
    (tmp_path / "moved" / "scene.blend").rename(tmp_path / "moved" / "renamed.blend")
    reopen(tmp_path / "moved" / "renamed.blend")

    assert bpy.ops.duologue.write_keys() == {"FINISHED"}, now().message
    assert bpy.ops.duologue.generate() == {"FINISHED"}, now().message
    assert now().take == "//duologue_takes/renamed/take-002/performance.npz"


def test_a_take_of_an_unsaved_file_comes_along_when_it_is_saved(project):
    take = generate() / PERFORMANCE_FILE
    assert take.is_relative_to(takes.users_takes())

    save(project / "scene.blend")

    assert now().take == "//duologue_takes/scene/take-001/performance.npz"
    assert "take-001" in now().message
    assert sorted(path.name for path in takes.take_file(now()).parent.iterdir()) == sorted(
        path.name for path in take.parent.iterdir()
    )
    reopen(project / "scene.blend")
    assert takes.take_file(now()).is_file()


def test_takes_of_a_file_s_actions_are_never_named_twice(project):
    generate()
    save(project / "scene.blend")
    shutil.rmtree(takes.take_file(now()).parent)

    generate()

    assert now().take == "//duologue_takes/scene/take-002/performance.npz"


def test_save_as_takes_the_take_along_and_paths_keep_their_files(project, tmp_path):
    save(project / "scene.blend")
    now().track_a, now().segments = "//a.wav", "//notes/who.json"
    first = generate() / PERFORMANCE_FILE
    other = tmp_path / "elsewhere" / "shot.blend"
    other.parent.mkdir()

    save(other)

    assert now().take == "//duologue_takes/shot/take-001/performance.npz"
    copied = takes.take_file(now())
    assert copied.read_bytes() == first.read_bytes()
    assert first.is_file(), "the file before still has its own"
    assert blend_paths.file_of(now(), now().track_a).samefile(project / "a.wav")
    assert os.path.normpath(blend_paths.file_of(now(), now().segments)) == str(project / "notes" / "who.json")


def test_a_second_blend_in_the_folder_has_takes_of_its_own(project):
    save(project / "one.blend")
    generate()

    save(project / "two.blend")

    assert now().take == "//duologue_takes/two/take-001/performance.npz"
    assert generate().name == "take-002"
    assert [path.name for path in (project / "duologue_takes" / "one").iterdir()] == ["take-001"]


def test_saving_again_copies_nothing(project):
    save(project / "scene.blend")
    generate()
    now().message = ""

    save(project / "scene.blend")

    assert now().message == ""
    assert len(list((project / "duologue_takes" / "scene").iterdir())) == 1


def test_saving_over_another_file_keeps_that_one_s_take(project):
    save(project / "one.blend")
    generate()
    other = project / "duologue_takes" / "two" / "take-001"
    other.mkdir(parents=True)
    (other / "performance.npz").write_bytes(b"another take")

    save(project / "two.blend")

    assert (other / "performance.npz").read_bytes() == b"another take"
    assert now().take == "//duologue_takes/two/take-001-2/performance.npz"
    assert takes.take_file(now()).is_file()


def test_a_saved_copy_has_its_take_and_the_open_file_keeps_its_own(project, tmp_path):
    save(project / "scene.blend")
    generate()
    before = now().take

    save(tmp_path / "copy.blend", copy=True)

    assert now().take == before
    reopen(tmp_path / "copy.blend")
    assert now().take == "//duologue_takes/copy/take-001/performance.npz"
    assert takes.take_file(now()).is_file()


def test_a_save_that_fails_moves_nothing(project, tmp_path):
    save(project / "scene.blend")
    generate()
    before, folder = now().take, tmp_path / "full" / "scene.blend"
    (folder.parent).mkdir()
    (folder.parent / "scene.blend@").mkdir()  # where Blender writes aside

    with pytest.raises(RuntimeError):
        save(folder)

    assert now().take == before
    assert not list((tmp_path / "full").rglob("performance.npz"))


@pytest.mark.parametrize("broken", ["copytree", "rename"])
def test_a_take_that_cannot_be_copied_stays_where_it_is_and_is_told(project, tmp_path, monkeypatch, broken):
    save(project / "scene.blend")
    take = generate() / PERFORMANCE_FILE

    def fail(*_, **__):
        raise OSError(28, "No space left on device")

    if broken == "copytree":
        monkeypatch.setattr(saving.shutil, "copytree", fail)
    else:
        monkeypatch.setattr(Path, "rename", fail)
    (tmp_path / "elsewhere").mkdir()

    save(tmp_path / "elsewhere" / "scene.blend")

    assert takes.take_file(now()).samefile(take)
    assert "take-001" in now().message
    assert not list((tmp_path / "elsewhere").rglob("take-*"))


def test_a_file_of_the_artist_s_own_choice_is_not_copied(project, tmp_path):
    save(project / "scene.blend")
    take = generate() / PERFORMANCE_FILE
    chosen = tmp_path / "downloads" / "performance.npz"
    chosen.parent.mkdir()
    shutil.copy(take, chosen)
    now().take = str(chosen)

    save(project / "other.blend")

    assert now().take == str(chosen)


def test_an_old_file_s_absolute_path_goes_on_working_and_becomes_relative(project):
    save(project / "scene.blend")
    now().take = str(generate() / PERFORMANCE_FILE)

    assert bpy.ops.duologue.write_keys() == {"FINISHED"}
    save(project / "scene.blend")

    assert now().take == "//duologue_takes/scene/take-001/performance.npz"


def test_the_takes_of_every_conversation_and_scene_go_along(project):
    take = generate() / PERFORMANCE_FILE
    other = bpy.data.scenes.new("Other")
    settings_of(other).partner_take = str(take)

    save(project / "scene.blend")

    assert settings_of(other).partner_take == now().take == "//duologue_takes/scene/take-001/performance.npz"


def test_every_path_of_a_conversation_goes_along():
    texts = {name: prop for name, prop in DuologueSettings.bl_rna.properties.items() if prop.type == "STRING"}
    paths = {name: text for name, text in texts.items() if text.subtype == "FILE_PATH"}
    asked_for = {name for name in texts if name.startswith(("transcript", "track", "stereo", "mix"))}  # by buttons

    assert paths.keys() | asked_for == set(blend_paths.PATHS)
    if "is_path_supports_blend_relative" in bpy.types.StringProperty.bl_rna.properties:
        assert all(path.is_path_supports_blend_relative for path in paths.values())


def test_paths_that_cannot_be_relative_stay_absolute(monkeypatch):
    def other_drive(*_):
        raise ValueError("path is on mount 'D:', start on mount 'C:'")

    monkeypatch.setattr(blend_paths.os.path, "relpath", other_drive)

    assert blend_paths.told_from(Path("/x/y.npz"), "/z/a.blend") == "/x/y.npz"


def test_a_path_chosen_under_windows_is_found(project):
    save(project / "scene.blend")
    (project / "sound").mkdir()
    shutil.copy(project / "a.wav", project / "sound" / "a.wav")

    assert blend_paths.file_of(now(), "//sound\\a.wav") == project / "sound" / "a.wav"


def test_a_linked_scene_s_paths_belong_to_its_library(project, tmp_path):
    save(project / "scene.blend")
    generate()
    bpy.context.scene.name = "Dialogue"
    save(project / "scene.blend")
    bpy.ops.wm.read_factory_settings(use_empty=True)
    (tmp_path / "film").mkdir()
    save(tmp_path / "film" / "film.blend")
    with bpy.data.libraries.load(str(project / "scene.blend"), link=True) as (_, wanted):
        wanted.scenes = ["Dialogue"]

    assert takes.take_file(settings_of(wanted.scenes[0])).is_relative_to(project)
    save(tmp_path / "film" / "film.blend")


def test_a_file_that_is_opened_says_nothing_of_the_last_session(project):
    generate()
    save(project / "scene.blend")
    assert now().message

    reopen(project / "scene.blend")

    assert (now().message, now().message_is_error, now().message_code) == ("", False, 0)
