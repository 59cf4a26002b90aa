"""Every sub-panel in every state of the work, and what a button says that cannot be pressed."""

import builtins
import io
import os
from types import SimpleNamespace

import bpy
import pytest
from duologue.addon.interface import cast_panel, generate_panel, panel, sidebar, sound_panel
from duologue.addon.interface.operators.check_backend import RunningCheck
from duologue.addon.interface.operators.running_job import RunningJob
from duologue.addon.interface.operators.stepping import ShownSteps, SteppingOperator
from duologue.addon.registration import CLASSES
from duologue.addon.settings import character_properties
from duologue.addon.settings.conversations import match_rows, new_conversation
from duologue.addon.settings.properties import settings_of
from duologue.addon.worker.preferences import backend_state

from tests.support.drawn_panel import drawn, drawn_panels
from tests.support.staged_worker import fake_python, write_wave

SUB_PANELS = [kind for kind in CLASSES if issubclass(kind, bpy.types.Panel) and hasattr(kind, "bl_parent_id")]


@pytest.fixture
def empty(scene, monkeypatch, tmp_path):
    """No head, no sound, no backend."""
    monkeypatch.setenv("DUOLOGUE_PYTHON", str(tmp_path / "nowhere"))
    backend_state(bpy.context, now=True)
    match_rows(scene)
    return scene


def running(monkeypatch, scene):
    worker = SimpleNamespace(stage="Listening", share=0.4)
    monkeypatch.setattr(RunningJob, "worker", worker)
    monkeypatch.setattr(RunningJob, "scene", scene.name)


def test_sub_panels_stand_in_the_order_of_the_work():
    steps = {kind.bl_label: kind.bl_order for kind in SUB_PANELS if kind.bl_parent_id == "DUOLOGUE_PT_main"}

    for number, name in enumerate(("Conversation", "Cast", "Sound", "Scene", "Generate")):
        assert steps[name] == number
    names = {kind.bl_idname for kind in SUB_PANELS} | {"DUOLOGUE_PT_main"}
    assert {kind.bl_parent_id for kind in SUB_PANELS} <= names


def test_an_empty_scene_shows_what_to_do_in_three_steps_and_an_example(empty):
    said = drawn(panel.DUOLOGUE_PT_main, empty)

    assert [entry[0] for entry in said if entry[:1] in "123" and entry[1:2] == " "] == ["1", "2", "3"]
    assert "Load example dialogue" in said


def test_a_step_that_is_done_has_no_button_and_the_box_goes_when_all_are(empty, tmp_path, monkeypatch):
    monkeypatch.setenv("DUOLOGUE_PYTHON", str(fake_python(tmp_path, "good")))
    backend_state(bpy.context, now=True)
    settings = settings_of(empty)
    assert "Add" in drawn(panel.DUOLOGUE_PT_main, empty)

    for name in ("head_a", "head_b"):
        head = bpy.data.objects.new(name, bpy.data.armatures.new(name))
        empty.collection.objects.link(head)
        setattr(settings, name, head)
    assert "Add" not in drawn(panel.DUOLOGUE_PT_main, empty)
    settings.track_a = str(write_wave(tmp_path / "a.wav"))

    assert "Start here" not in drawn(panel.DUOLOGUE_PT_main, empty)


def test_another_conversation_moves_nothing_down_by_the_first_steps(played):
    new_conversation(played)

    assert "Start here" not in drawn(panel.DUOLOGUE_PT_main, played)


@pytest.mark.parametrize("state", ["empty", "heads", "running", "checking", "take", "error"])
def test_every_panel_draws_in_every_state(state, request, monkeypatch):
    scene = request.getfixturevalue("played" if state in ("heads", "take", "error", "running") else "empty")
    settings = settings_of(scene)
    match_rows(scene)
    if state == "heads":
        settings.take = settings.track_a = settings.track_b = ""
    if state == "running":
        running(monkeypatch, scene)
    if state == "checking":
        monkeypatch.setattr(RunningCheck, "worker", SimpleNamespace(stage="Loading torch", share=0.5))
    if state == "error":
        settings.message, settings.message_is_error, settings.message_code = "It broke. (99)", True, 99

    said = drawn_panels(scene)

    assert drawn_panels(scene, 192)
    assert ("Generate" in said) == (state != "running")
    assert "Variation" in said
    assert ("Loading torch" in said) == (state == "checking")
    assert ("It broke. (99)" in said) == (state == "error")


@pytest.mark.parametrize("kind", ["tracks", "mix", "one voice", "no such file"])
@pytest.mark.parametrize("width", [192, 600])
def test_the_first_take_moves_no_row_above_or_in_the_panel_of_generate(played, kind, width):
    settings = settings_of(played)
    if kind == "mix":
        settings.audio_kind, settings.mix = "mix", settings.track_a
    if kind in ("one voice", "no such file"):
        settings.track_b = ""
    if kind == "no such file":
        settings.track_a = "//nothing.wav"
    above = (cast_panel.DUOLOGUE_PT_cast, sound_panel.DUOLOGUE_PT_sound, generate_panel.DUOLOGUE_PT_generate)
    after = [len(drawn(label, played, width)) for label in above]

    settings.take = ""

    assert [len(drawn(label, played, width)) for label in above] == after


def test_people_are_called_by_their_names_wherever_they_are_known(played):
    said = drawn_panels(played)

    assert said.count("Anna") >= 4
    assert not {"First", "Second", "First head", "the first"} & set(said)


def test_cast_counts_the_expressions_of_both_heads(played):
    assert drawn(cast_panel.DUOLOGUE_PT_cast, played).count("52 of 52") == 2


def test_heads_that_were_deleted_can_be_built_again(played):
    assert "Add conversation" not in drawn(cast_panel.DUOLOGUE_PT_cast, played)

    bpy.data.batch_remove(list(settings_of(played).collection.all_objects))

    assert "Add conversation" in drawn(cast_panel.DUOLOGUE_PT_cast, played)


def test_a_rig_of_ones_own_without_a_mapping_says_so_and_offers_one(played):
    head = bpy.data.objects.new("Bo", bpy.data.armatures.new("Bo"))
    played.collection.objects.link(head)
    settings_of(played).head_b = head

    said = drawn(cast_panel.DUOLOGUE_PT_cast, played)

    assert {"Bo", "Auto-map"} <= set(said)
    assert cast_panel.warnings_of(played, head)
    assert cast_panel.warnings_of(played, settings_of(played).head_a) == []


@pytest.mark.parametrize("state", ["empty", "played"])
def test_whatever_cannot_be_pressed_says_why(state, request):
    request.getfixturevalue(state)
    silent = []
    for name in (entry for entry in dir(bpy.ops.duologue) if not entry.startswith("_")):
        operator = getattr(bpy.ops.duologue, name)
        if "INTERNAL" in operator.bl_options or operator.poll():
            continue
        with pytest.raises(RuntimeError) as refused:
            operator()
        if "context is incorrect" in str(refused.value):
            silent.append(name)

    assert silent == []


def test_names_are_beside_their_fields_as_in_blender_unless_the_sidebar_is_narrow(scene):
    layout = SimpleNamespace(column=lambda align: SimpleNamespace(align=align))
    for width, split in ((292, True), (192, False)):
        context = SimpleNamespace(
            region=SimpleNamespace(width=width), preferences=SimpleNamespace(system=SimpleNamespace(ui_scale=1.0))
        )
        column = sidebar.native(layout, context)
        assert (column.use_property_split, column.use_property_decorate) == (split, False)


@pytest.mark.parametrize("busy", [False, True])
@pytest.mark.parametrize("kind", SUB_PANELS, ids=lambda entry: entry.bl_idname)
def test_while_an_operator_works_in_steps_panels_are_grey(monkeypatch, kind, busy):
    seen = []

    class Panel(sidebar.SubPanel):
        def draw(self, _context):
            seen.append(self.layout.enabled)

    monkeypatch.setattr(SteppingOperator, "shown", ShownSteps("Writing keys") if busy else None)

    Panel.draw(SimpleNamespace(layout=SimpleNamespace(enabled=True)), bpy.context)

    assert seen == [not busy]
    assert hasattr(kind.draw, "__wrapped__"), "every sub-panel is one of these"


def test_a_redraw_lists_no_folder_and_reads_no_file(played, monkeypatch):
    monkeypatch.setattr(character_properties, "_pause", lambda: 60.0)  # as in a window
    settings_of(played).head_a.duologue_rig = "arkit"
    drawn_panels(played)
    asked = []
    for module, name in ((os, "scandir"), (os, "listdir"), (io, "open"), (builtins, "open")):
        monkeypatch.setattr(module, name, lambda place, *_, **__: asked.append(place) or pytest.fail(str(place)))

    drawn_panels(played)
    for kind in ("move_backend", "remove_rig_preset", "generate", "load_character", "remove_character"):
        getattr(bpy.ops.duologue, kind).poll()

    assert asked == []
