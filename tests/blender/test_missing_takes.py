"""A take that is not where it was: said with its number, located, and never written over."""

import shutil
from pathlib import Path

import bpy
from bpy_extras.io_utils import ImportHelper
from duologue.addon.interface.operators.export_take import DUOLOGUE_OT_export_take
from duologue.addon.interface.operators.locate_take import DUOLOGUE_OT_locate_take
from duologue.backend.contract.errors import ExitCode
from duologue.backend.contract.job import PERFORMANCE_FILE

from tests.support.blend_files import generate, now, save


def test_a_missing_take_is_located(project, tmp_path):
    save(project / "scene.blend")
    take = generate() / PERFORMANCE_FILE
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
    shutil.rmtree(generate())

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
    take = generate() / PERFORMANCE_FILE
    shutil.rmtree(take.parents[1])

    assert Asking(DUOLOGUE_OT_locate_take)() == take.parents[2] / "performance.npz"


def test_a_missing_take_is_told_before_a_file_to_export_to_is_asked_for(project):
    save(project / "scene.blend")
    take = generate() / PERFORMANCE_FILE
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
    take = generate() / PERFORMANCE_FILE
    now().take = str(take.parent)

    assert bpy.ops.duologue.write_keys() == {"FINISHED"}
