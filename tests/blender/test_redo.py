"""*Adjust Last Operation*: what stands there can be adjusted, and leaves the scene as if it had been so at once."""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import bpy
import pytest
from duologue.addon.interface.operators import choose_sound, generate, load_example, takes
from duologue.addon.interface.operators.running_job import RunningJob
from duologue.addon.interface.operators.shows_take import ShowsTake
from duologue.addon.registration import CLASSES
from duologue.addon.settings.properties import settings_of

from tests.support import vendor_rigs
from tests.support.drawn_panel import Label, Layout
from tests.support.scene_state import changes, state
from tests.support.vendors import VENDORS

ELSEWHERE = {
    *("duologue.turn_board", "duologue.use_strips", "duologue.override_character", "duologue.import_rig_preset"),
    *("duologue.load_character", "duologue.show_controls"),
    *("duologue.show_conversation", "duologue.mapping_row", "duologue.use_preset"),
}
"""The first need a view, a sequencer, a library or another file; the last do as those do that are tried, at length."""


def random_character(_scene, _folder):
    return bpy.ops.duologue.random_character, {"seed": 3}, {"seed": 4}


def add_controls(_scene, _folder):
    return bpy.ops.duologue.add_controls, {"person": "first"}, {"person": "second"}


def apply_cuts(_scene, _folder):
    return bpy.ops.duologue.apply_cuts, {"with_set": False}, {"with_set": True}


def use_rig_preset(scene, _folder):
    settings_of(scene).head_a = vendor_rigs.build(VENDORS["arkit-52"], "Mine").armature
    return bpy.ops.duologue.use_rig_preset, {"preset": "arkit-52"}, {"preset": "ready-player-me"}


def locate_take(scene, folder):
    first = Path(settings_of(scene).take)
    other = folder / "copied" / "performance.npz"
    other.parent.mkdir()
    shutil.copy(first, other)
    return bpy.ops.duologue.locate_take, {"filepath": str(first)}, {"filepath": str(other)}


def choose_transcript(_scene, folder):
    texts = [folder / f"{number}.txt" for number in (1, 2)]
    for text in texts:
        text.write_text("Hello.", encoding="utf-8")
    return bpy.ops.duologue.choose_transcript, *({"filepath": str(text)} for text in texts)


def save_character(_scene, _folder):
    return bpy.ops.duologue.save_character, {"name": "One"}, {"name": "One", "replace": True}


def import_character(scene, folder):
    file = folder / "somebody.json"
    bpy.ops.duologue.export_character(filepath=str(file))
    file.write_text(json.dumps(json.loads(file.read_text(encoding="utf-8")) | {"name": "Somebody"}), encoding="utf-8")
    return bpy.ops.duologue.import_character, {"filepath": str(file)}, {"filepath": str(file), "replace": True}


REDONE = {
    f"duologue.{one.__name__}": one
    for one in (
        random_character,
        add_controls,
        apply_cuts,
        use_rig_preset,
        locate_take,
        choose_transcript,
        save_character,
        import_character,
    )
}


def redoable():
    """Operators that Blender offers to adjust, with what it shows of them."""
    for one in CLASSES:
        if issubclass(one, bpy.types.Operator) and {"REGISTER", "UNDO"} <= getattr(one, "bl_options", set()):
            kind = getattr(bpy.ops.duologue, one.bl_idname.partition(".")[2]).get_rna_type()
            shown = [
                prop.identifier for prop in kind.properties if not prop.is_hidden and prop.identifier != "rna_type"
            ]
            yield one, [] if _names_alone(one) else shown


def _names_alone(kind):
    return issubclass(kind, ShowsTake) or kind is choose_sound.DUOLOGUE_OT_choose_sound


def test_everything_that_can_be_adjusted_is_tried():
    assert {one.bl_idname for one, shown in redoable() if shown} <= REDONE.keys() | ELSEWHERE


@pytest.mark.one_blender
@pytest.mark.parametrize("name", REDONE)
def test_what_is_adjusted_afterwards_is_as_if_it_had_been_so_at_once(played, tmp_path, own, name):
    act, former, adjusted = REDONE[name](played, tmp_path)
    bpy.ops.ed.undo_push(message="before")
    assert act(**adjusted) == {"FINISHED"}, settings_of(bpy.context.scene).message
    wanted = state()
    bpy.ops.ed.undo_push(message="at once")
    bpy.ops.ed.undo()
    remove_files(own)
    assert act(**former) == {"FINISHED"}, settings_of(bpy.context.scene).message
    bpy.ops.ed.undo_push(message="former")

    bpy.ops.ed.undo()
    assert act(**adjusted) == {"FINISHED"}, settings_of(bpy.context.scene).message

    assert changes(wanted, state()) == []


def remove_files(folder):
    if folder.exists():
        shutil.rmtree(folder)


@pytest.mark.parametrize("name", ["write_keys", "use_take", "compare_takes", "delete_take", "choose_sound"])
def test_a_take_or_a_sound_is_named_and_no_field(name):
    (kind,) = [one for one, _ in redoable() if one.bl_idname == f"duologue.{name}"]
    operator = SimpleNamespace(layout=Layout(), take="takes/take-3/performance.npz", _used=("take-3",))

    kind.draw(operator, bpy.context)

    assert operator.layout.said == ["take-3"]
    assert all(isinstance(one, Label) for one in operator.layout.said)


def test_after_generate_there_is_nothing_to_repeat():
    writing = generate.DUOLOGUE_OT_write_take
    assert {"REGISTER", "UNDO"} <= writing.bl_options, "else Blender offers what was done before, and undoes the take"
    assert RunningJob.made is None
    assert not bpy.ops.duologue.write_take.poll()


def test_a_take_that_was_used_at_once_can_be_used_again_by_the_same_operator():
    def switched(_context):
        yield "Reading", 0.0
        return "It is on the heads."

    told = []
    operator = SimpleNamespace(
        folder=lambda _settings: "take",
        _switched=switched,
        finish=lambda _context, sentence: told.append(sentence) or {"FINISHED"},
    )

    takes._SwitchingOperator.invoke(operator, bpy.context, None)
    steps = takes._SwitchingOperator.steps(operator, bpy.context)

    assert told == ["It is on the heads."]
    assert next(steps) == ("Reading", 0.0), "begun anew"


def test_the_example_that_is_loaded_again_by_the_same_operator_clears_nothing(played):
    operator = SimpleNamespace(_startup=(object(),))

    assert list(load_example.DUOLOGUE_OT_load_example.steps(operator, bpy.context)) == []
    assert operator._startup == ()
