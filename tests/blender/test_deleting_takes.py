"""Takes that are deleted go to the bin; what is no take, or more than one, stays."""

import bpy
import pytest
from duologue.addon.interface import adjust_panel, takes_panel
from duologue.addon.keys.adopting import unknown_keys
from duologue.addon.settings.conversations import conversations_of, new_conversation, show_conversation
from duologue.addon.settings.properties import heads_of
from duologue.backend.contract.errors import ExitCode
from duologue.backend.contract.job import PERFORMANCE_FILE

from tests.support.blend_files import generate, neck, now, rows
from tests.support.drawn_panel import drawn


def test_a_deleted_take_is_in_the_bin_and_its_keys_stay(saved_project, tmp_path):
    folder = generate(0)
    before = neck(20)

    assert bpy.ops.duologue.delete_take(take=str(folder)) == {"FINISHED"}

    assert (tmp_path / "data" / "Trash" / "files" / "take-001" / PERFORMANCE_FILE).is_file()
    assert not folder.exists()
    assert rows() == []
    assert (now().take, neck(20)) == ("", pytest.approx(before))


def test_keys_whose_take_was_deleted_came_from_nowhere_else_and_are_another_ones_beside_it(saved_project):
    folder = generate(0)
    heads, content = heads_of(now()), now().takes.content
    new_conversation(bpy.context.scene)
    now().head_a, now().head_b = heads
    assert content
    assert unknown_keys(now()) == (), "the first conversation knows their take"
    show_conversation(bpy.context.scene, conversations_of(bpy.context.scene)[0])

    assert bpy.ops.duologue.delete_take(take=str(folder)) == {"FINISHED"}

    assert (now().takes.content, bool(unknown_keys(now()))) == ("", True)
    for panel in (takes_panel.DUOLOGUE_PT_takes, adjust_panel.DUOLOGUE_PT_adjust):
        assert "another file" not in " ".join(drawn(panel, bpy.context.scene))


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
