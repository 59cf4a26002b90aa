"""Takes that are deleted go to the bin; what is no take, or more than one, stays."""

import bpy
import pytest
from duologue.backend.contract.errors import ExitCode
from duologue.backend.contract.job import PERFORMANCE_FILE

from tests.support.blend_files import generate, neck, now, rows


def test_a_deleted_take_is_in_the_bin_and_its_keys_stay(saved_project, tmp_path):
    folder = generate(0)
    before = neck(20)

    assert bpy.ops.duologue.delete_take(take=str(folder)) == {"FINISHED"}

    assert (tmp_path / "data" / "Trash" / "files" / "take-001" / PERFORMANCE_FILE).is_file()
    assert not folder.exists()
    assert rows() == []
    assert (now().take, neck(20)) == ("", pytest.approx(before))


def test_a_take_is_not_deleted_where_there_is_no_bin(saved_project, tmp_path):
    folder = generate(0)
    (tmp_path / "data").write_text("a file where the bin would be")

    assert bpy.ops.duologue.delete_take() == {"CANCELLED"}

    assert now().message_code == ExitCode.OUTPUT_NOT_WRITABLE
    assert (folder / PERFORMANCE_FILE).is_file()
    assert now().take


def test_only_a_take_can_be_deleted(saved_project):
    generate(0)

    assert bpy.ops.duologue.delete_take(take=str(saved_project)) == {"CANCELLED"}
    assert now().message_code == ExitCode.TAKE_NOT_FOUND
    assert (saved_project / "a.wav").is_file()


@pytest.mark.parametrize("other", ["Holiday.jpg", "more"])
def test_a_folder_with_more_than_a_take_is_not_deleted(saved_project, other):
    folder = generate(0)
    if other == "more":
        (folder / other).mkdir()
    else:
        (folder / other).write_bytes(b"dear")

    assert bpy.ops.duologue.delete_take(take=str(folder)) == {"CANCELLED"}

    assert now().message_code == ExitCode.TAKE_NOT_FOUND
    assert (folder / other).exists()
    assert (folder / PERFORMANCE_FILE).is_file()
