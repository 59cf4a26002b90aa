"""The sentence, and in a line below it how the worker understands it."""

import os

import bpy
import pytest
from duologue.addon.interface.operators.read_sentence import RunningReading
from duologue.addon.interface.scene_panel import DUOLOGUE_PT_reading, DUOLOGUE_PT_scene
from duologue.addon.settings.properties import settings_of
from duologue.addon.settings.scene_properties import reading_key
from duologue.addon.settings.staging_properties import show_staging, staging_sentence, staging_told
from duologue.addon.worker.preferences import backend_state
from duologue.backend.contract.errors import ExitCode
from duologue.backend.contract.postures import EYE_HEIGHTS

from tests.support.drawn_panel import drawn

WORKER = pytest.mark.skipif(not os.environ.get("DUOLOGUE_PYTHON"), reason="python3 build.py test sets up the worker")
PLACE = {
    "position": [-0.5, 1.2, 0.1], "facing": 1.25, "posture": "seated", "lean": 0.0, "mood": "neutral",
    "gaze_away": 0.0, "away": None, "gaze_held": 0.0,
}  # fmt: skip


@WORKER
def test_what_a_sentence_means_and_what_nothing_follows_from_stands_below_it(scene):
    settings = settings_of(scene)
    settings.prompt = "standing, 1.5 m apart, Anna is angry, a flamingo"

    assert bpy.ops.duologue.read_sentence() == {"FINISHED"}, settings.message

    assert settings.prompt_read == reading_key(settings)
    assert "1.5 m" in settings.prompt_understood
    assert "Anna stands" in settings.prompt_understood
    assert "angry" in settings.prompt_understood
    assert "flamingo" in settings.prompt_missed
    assert any("flamingo" in text for text in drawn(DUOLOGUE_PT_scene, scene))
    assert "Anna stands" in " ".join(drawn(DUOLOGUE_PT_reading, scene))


@WORKER
def test_another_sentence_or_another_name_is_not_shown_as_read(scene):
    settings = settings_of(scene)
    bpy.ops.duologue.read_sentence()
    understood = settings.prompt_understood
    assert understood in " ".join(drawn(DUOLOGUE_PT_scene, scene))

    settings.character_a = "walter"
    assert understood not in " ".join(drawn(DUOLOGUE_PT_scene, scene))
    settings.character_a = "anna"
    settings.prompt = "standing"
    assert understood not in " ".join(drawn(DUOLOGUE_PT_scene, scene))


def test_without_a_backend_the_panel_says_so_and_the_button_fails_with_its_code(scene, tmp_path, monkeypatch):
    monkeypatch.setenv("DUOLOGUE_PYTHON", str(tmp_path / "nowhere"))
    backend_state(bpy.context, now=True)
    settings = settings_of(scene)
    said = drawn(DUOLOGUE_PT_scene, scene)

    assert bpy.ops.duologue.read_sentence() == {"CANCELLED"}

    assert any("backend" in text for text in said)
    assert settings.message_code == ExitCode.WORKER_NOT_FOUND
    assert settings.prompt_read == ""


def test_a_conversation_that_was_removed_meanwhile_is_not_missed(scene, monkeypatch):
    monkeypatch.setattr(RunningReading, "asked", (scene.name, 99, "x"))

    RunningReading.keep(type("Read", (), {"staging": {}, "warnings": ()}))

    assert settings_of(scene).prompt_read == ""


def test_a_line_names_each_persons_posture_lean_and_mood_or_both_at_once(scene):
    other = PLACE | {"position": [0.5, 1.2, 0.1], "posture": "standing", "lean": 0.2, "mood": "sad", "gaze_away": 0.5}
    staging = {"arrangement": "across_a_table", "places": [PLACE, PLACE | {"position": [0.5, 1.2, 0.1]}]}

    assert staging_sentence(staging, ("Mia", "Max")) == "Across a table, 1.0 m apart; both sit"
    assert staging_sentence(staging | {"places": [PLACE, other]}, ("Mia", "Max")) == (
        "Across a table, 1.0 m apart; Mia sits; Max stands, leans in, sad, looks away"
    )
    both = staging | {"places": [PLACE | {"lean": 0.2, "gaze_held": 0.5}] * 2}
    assert staging_sentence(both, ("Mia", "Max")).endswith("both sit, lean in, hold the gaze")
    assert staging_sentence({"places": [1]}, ("Mia", "Max")) == ""


@pytest.mark.parametrize("posture", EYE_HEIGHTS)
def test_every_posture_that_takes_know_is_named_and_kept_by_the_values(scene, posture):
    staging = settings_of(scene).staging
    told = {"arrangement": "standing", "places": [PLACE | {"posture": posture}, PLACE | {"position": [1.0, 0.5, 0.0]}]}

    show_staging(staging, told)

    assert staging_told(staging)["places"][0]["posture"] == posture
    assert ("both sit" in staging_sentence(told, ("Mia", "Max"))) == (posture == "seated")


def test_a_posture_of_a_later_version_is_shown_as_sitting(scene):
    show_staging(settings_of(scene).staging, {"arrangement": "x", "places": [PLACE | {"posture": "floating"}, PLACE]})

    assert settings_of(scene).staging.first.posture == "seated"
