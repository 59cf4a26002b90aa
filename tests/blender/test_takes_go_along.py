"""Takes lie beside the .blend, are remembered relative to it, and go where it goes."""

import os
import shutil
from pathlib import Path

import bpy
import pytest
from bpy_extras.io_utils import ImportHelper
from duologue.addon import command
from duologue.addon.interface.operators.export_take import DUOLOGUE_OT_export_take
from duologue.addon.interface.operators.generate import RunningJob
from duologue.addon.interface.operators.locate_take import DUOLOGUE_OT_locate_take
from duologue.addon.interface.operators.watching import stop_all
from duologue.addon.keys import saving, takes
from duologue.addon.settings import blend_paths
from duologue.addon.settings.properties import DuologueSettings, settings_of
from duologue.backend.contract.errors import DuologueError, ExitCode

from tests.support.staged_worker import fake_python, write_wave


@pytest.fixture
def project(pair, tmp_path, monkeypatch):
    """An unsaved scene with two heads and sound in a project's folder, and the user's settings elsewhere."""
    folder = tmp_path / "Projekt Größe 1"
    folder.mkdir()
    monkeypatch.setenv("DUOLOGUE_PYTHON", str(fake_python(tmp_path, "good")))
    monkeypatch.setattr(bpy.utils, "user_resource", lambda *_, **__: str(tmp_path / "user"))
    settings = settings_of(pair)
    settings.track_a, settings.track_b = str(write_wave(folder / "a.wav")), str(write_wave(folder / "b ä.wav"))
    return folder


def now():
    return settings_of(bpy.context.scene)


def generate():
    assert bpy.ops.duologue.generate() == {"FINISHED"}, now().message
    return takes.take_file(now())


def save(path, **options):
    bpy.ops.wm.save_as_mainfile(filepath=str(path), check_existing=False, **options)


def reopen(path):
    bpy.ops.wm.open_mainfile(filepath=str(path))


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
    take = generate()
    assert take.is_relative_to(takes.users_takes())

    save(project / "scene.blend")

    assert now().take == "//duologue_takes/scene/take-001/performance.npz"
    assert "take-001" in now().message
    assert sorted(one.name for one in takes.take_file(now()).parent.iterdir()) == sorted(
        one.name for one in take.parent.iterdir()
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
    first = generate()
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
    assert generate().parent.name == "take-002"
    assert [one.name for one in (project / "duologue_takes" / "one").iterdir()] == ["take-001"]


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
    take = generate()

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
    take = generate()
    chosen = tmp_path / "downloads" / "performance.npz"
    chosen.parent.mkdir()
    shutil.copy(take, chosen)
    now().take = str(chosen)

    save(project / "other.blend")

    assert now().take == str(chosen)


def test_an_old_file_s_absolute_path_goes_on_working_and_becomes_relative(project):
    save(project / "scene.blend")
    now().take = str(generate())

    assert bpy.ops.duologue.write_keys() == {"FINISHED"}
    save(project / "scene.blend")

    assert now().take == "//duologue_takes/scene/take-001/performance.npz"


def test_the_takes_of_every_conversation_and_scene_go_along(project):
    take = generate()
    other = bpy.data.scenes.new("Other")
    settings_of(other).partner_take = str(take)

    save(project / "scene.blend")

    assert settings_of(other).partner_take == now().take == "//duologue_takes/scene/take-001/performance.npz"


def test_a_missing_take_is_located(project, tmp_path):
    save(project / "scene.blend")
    take = generate()
    moved = project / "old takes" / "performance.npz"
    moved.parent.mkdir()
    take.rename(moved)

    assert bpy.ops.duologue.write_keys() == {"CANCELLED"}
    assert now().message_code == ExitCode.TAKE_NOT_FOUND
    assert bpy.ops.duologue.locate_take(filepath=str(project / "a.wav")) == {"CANCELLED"}
    assert bpy.ops.duologue.locate_take(filepath=str(moved)) == {"FINISHED"}

    assert now().take == "//old takes/performance.npz"
    assert bpy.ops.duologue.write_keys() == {"FINISHED"}


def test_every_use_of_a_missing_take_has_its_number(project):
    save(project / "scene.blend")
    shutil.rmtree(generate().parent)

    assert bpy.ops.duologue.export_take(filepath=str(project / "a.csv")) == {"CANCELLED"}
    assert now().message_code == ExitCode.TAKE_NOT_FOUND
    now().message_code = 0
    now().lock_a = True
    assert bpy.ops.duologue.generate(anew="variation") == {"CANCELLED"}
    assert now().message_code == ExitCode.TAKE_NOT_FOUND


class Asking:
    """An operator that asks for a file, without the file browser, which the background lacks."""

    def __init__(self, kind):
        self.kind, self.filepath, self.format, self.report = kind, "", ".csv", lambda *_: None

    def ask(self, _context):
        return {"RUNNING_MODAL"}

    def fail(self, context, error):
        return self.kind.fail(self, context, error)

    def __call__(self):
        """Where the file browser begins; None where it is not opened."""
        asked = self.kind.invoke(self, bpy.context, None) == {"RUNNING_MODAL"}
        return Path(self.filepath) if asked else None


def test_the_file_browser_begins_where_a_missing_take_was(project, monkeypatch):
    monkeypatch.setattr(ImportHelper, "invoke", lambda *_: {"RUNNING_MODAL"})
    save(project / "scene.blend")
    take = generate()
    shutil.rmtree(take.parents[1])

    assert Asking(DUOLOGUE_OT_locate_take)() == take.parents[2] / "performance.npz"


def test_a_missing_take_is_told_before_a_file_to_export_to_is_asked_for(project):
    save(project / "scene.blend")
    take = generate()
    before = Asking(DUOLOGUE_OT_export_take)()
    shutil.rmtree(take.parent)

    assert (before, Asking(DUOLOGUE_OT_export_take)()) == (project / f"{take.parent.name}.csv", None)
    assert now().message_code == ExitCode.TAKE_NOT_FOUND


def test_an_export_without_a_file_is_refused(project):
    save(project / "scene.blend")
    generate()

    assert bpy.ops.duologue.export_take() == {"CANCELLED"}
    assert now().message_code == ExitCode.OUTPUT_NOT_WRITABLE


def test_the_folder_of_a_take_stands_for_it(project):
    take = generate()
    now().take = str(take.parent)

    assert bpy.ops.duologue.write_keys() == {"FINISHED"}


def test_a_project_that_is_read_only_gets_its_take_among_the_settings(project, monkeypatch):
    save(project / "scene.blend")
    (project / "duologue_takes").write_text("a file where a folder cannot be")

    take = generate()

    assert take.is_relative_to(takes.users_takes())
    assert str(take.parent) in now().message


def test_two_blenders_never_share_a_take_folder(project, monkeypatch):
    base = takes.users_takes()
    real, raced = Path.mkdir, []

    def mkdir(self, *given, **named):
        if self.name == "take-001" and not raced:
            raced.append(self)
            real(self)
        return real(self, *given, **named)

    monkeypatch.setattr(Path, "mkdir", mkdir)

    assert takes.new_take_folder() == base / "take-002"


def test_what_a_crashed_blender_left_goes_once_it_is_old(project):
    base = takes.users_takes()
    for name, files in (("take-001", ("request.json", "worker.log")), ("take-002", ("request.json", "my notes.txt"))):
        (base / name).mkdir(parents=True)
        for file in files:
            (base / name / file).touch()
            os.utime(base / name / file, (0, 0))
        os.utime(base / name, (0, 0))
    (base / "take-003").mkdir()

    takes.new_take_folder()

    assert not (base / "take-001" / "worker.log").exists()
    assert (base / "take-002" / "my notes.txt").exists()
    assert (base / "take-003").exists(), "another Blender may be at it"


def test_every_path_of_a_conversation_goes_along():
    texts = {name: one for name, one in DuologueSettings.bl_rna.properties.items() if one.type == "STRING"}
    paths = {name: one for name, one in texts.items() if one.subtype == "FILE_PATH"}
    asked_for = {name for name in texts if name.startswith(("transcript", "track", "stereo", "mix"))}  # by buttons

    assert paths.keys() | asked_for == set(blend_paths.PATHS)
    if "is_path_supports_blend_relative" in bpy.types.StringProperty.bl_rna.properties:
        assert all(one.is_path_supports_blend_relative for one in paths.values())


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


@pytest.mark.parametrize("play", ["dies-midway", "dies-at-once", "no-torch", "garbage"])
def test_a_job_without_a_take_leaves_no_folder_but_its_log(project, tmp_path, monkeypatch, play):
    monkeypatch.setenv("DUOLOGUE_PYTHON", str(fake_python(tmp_path, play)))
    save(project / "scene.blend")

    assert bpy.ops.duologue.generate() == {"CANCELLED"}

    assert not (project / "duologue_takes").exists()
    assert now().message_log == "" or Path(now().message_log).is_file()


def test_a_file_that_is_opened_says_nothing_of_the_last_session(project):
    generate()
    save(project / "scene.blend")
    assert now().message

    reopen(project / "scene.blend")

    assert (now().message, now().message_is_error, now().message_code) == ("", False, 0)


class Job:
    """A worker that is at it."""

    def __init__(self, folder):
        self.folder, self.closed = folder, False

    def close(self):
        self.closed = True


@pytest.mark.parametrize("end", ["load", "unregister"])
def test_a_job_that_ends_with_its_file_or_blender_leaves_no_folder(project, monkeypatch, end):
    save(project / "scene.blend")
    folder = takes.new_take_folder()
    job = Job(folder)
    monkeypatch.setattr(RunningJob, "worker", job)

    if end == "load":
        reopen(project / "scene.blend")
    else:
        stop_all()

    assert job.closed
    assert RunningJob.worker is None
    assert not (project / "duologue_takes").exists()


def animate(project, *words):
    tracks = ("--a", project / "a.wav", "--b", project / "b ä.wav")
    return command.main(["animate", *(str(word) for word in (*tracks, *words))])


def test_the_command_line_s_take_lies_beside_what_it_saves(project, tmp_path):
    save(project / "scene.blend")
    out = tmp_path / "out" / "shot.blend"

    assert animate(project, "--save", out) == ExitCode.OK

    assert now().take == "//duologue_takes/shot/take-001/performance.npz"
    assert not (project / "duologue_takes").exists()
    reopen(out)
    assert takes.take_file(now()).is_relative_to(out.parent)


def test_the_command_line_puts_takes_where_it_is_told(project, tmp_path):
    out, folder = tmp_path / "out" / "shot.blend", tmp_path / "takes of all"

    assert animate(project, "--save", out, "--takes", folder) == ExitCode.OK

    assert (folder / "take-001" / "performance.npz").is_file()
    reopen(out)
    assert takes.take_file(now()) == folder / "take-001" / "performance.npz"


def test_a_place_that_cannot_be_written_is_told_before_the_worker_runs(project, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setattr(command, "make_take", None)

    assert animate(project, "--save", tmp_path / "file" / "x.blend") == ExitCode.OUTPUT_NOT_WRITABLE


def test_a_failed_command_leaves_no_folder(project, tmp_path, monkeypatch):
    monkeypatch.setenv("DUOLOGUE_PYTHON", str(fake_python(tmp_path, "dies-midway")))

    assert animate(project, "--save", tmp_path / "out" / "x.blend") == ExitCode.WORKER_DIED

    assert not (tmp_path / "out" / "duologue_takes").exists()


def test_there_is_no_take_without_a_choice(scene):
    with pytest.raises(DuologueError) as caught:
        takes.take_file(settings_of(scene))

    assert caught.value.code == ExitCode.TAKE_NOT_FOUND
