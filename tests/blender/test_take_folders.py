"""Folders of takes: one a take, none left behind by what failed, and where the command line puts them."""

import os
from pathlib import Path

import bpy
import pytest
from duologue.addon import command
from duologue.addon.interface.operators.running_job import RunningJob
from duologue.addon.interface.operators.watching import stop_all
from duologue.addon.keys import takes
from duologue.addon.settings.properties import settings_of
from duologue.backend.contract.errors import ExitCode
from duologue.backend.contract.job import PERFORMANCE_FILE

from tests.support.blend_files import generate, now, reopen, save
from tests.support.refusals import refused
from tests.support.staged_worker import fake_python


def test_a_project_that_is_read_only_gets_its_take_among_the_settings(project, monkeypatch):
    save(project / "scene.blend")
    (project / "duologue_takes").write_text("a file where a folder cannot be")

    take = generate() / PERFORMANCE_FILE

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


@pytest.mark.parametrize("play", ["dies-midway", "dies-at-once", "no-torch", "garbage"])
def test_a_job_without_a_take_leaves_no_folder_but_its_log(project, tmp_path, monkeypatch, play):
    monkeypatch.setenv("DUOLOGUE_PYTHON", str(fake_python(tmp_path, play)))
    save(project / "scene.blend")

    assert bpy.ops.duologue.generate() == {"CANCELLED"}

    assert not (project / "duologue_takes").exists()
    assert now().message_log == "" or Path(now().message_log).is_file()


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
    with refused(ExitCode.TAKE_NOT_FOUND):
        takes.take_file(settings_of(scene))
