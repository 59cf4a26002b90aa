"""The staging of a take as values in the panel: shown, corrected, sent, and given back to the sentence."""

import json
import os
import subprocess
from math import radians
from pathlib import Path

import bpy
import numpy as np
import pytest
from duologue.addon.interface import staging_panel
from duologue.addon.keys.key_writing import write_take
from duologue.addon.settings.properties import settings_of
from duologue.addon.settings.staging_properties import mood_items, places_of, show_staging, staging_told
from duologue.backend.contract.errors import ExitCode
from duologue.backend.contract.job import read_request

from tests.support.drawn_panel import drawn
from tests.support.staged_worker import fake_python

ROOT = Path(__file__).resolve().parents[2]
MEETING = 37
"""Scene frame at which the fake take's necks are level, so that eyes meet."""
WORKER = os.environ.get("DUOLOGUE_PYTHON")
TOLD = {
    "arrangement": "across_a_table",
    "places": [
        {
            "position": [-0.5, 1.2, 0.1], "facing": 1.25, "posture": "seated", "lean": 0.1, "mood": "friendly",
            "gaze_away": 0.0, "away": None, "gaze_held": 0.0,
        },
        {
            "position": [0.5, 1.59, -0.1], "facing": -1.25, "posture": "standing", "lean": -0.05, "mood": "sad",
            "gaze_away": 0.5, "away": [20.0, -10.0], "gaze_held": 0.8,
        },
    ],
}  # fmt: skip


def nearly(one, other):
    """Equal as far as Blender's single precision goes."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(nearly(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(nearly, one, other))
    return one == pytest.approx(other, abs=1e-5) if isinstance(one, float) else one == other


def test_what_is_shown_is_told_again(scene):
    staging = settings_of(scene).staging

    show_staging(staging, TOLD)

    assert nearly(staging_told(staging), TOLD)
    np.testing.assert_allclose(staging.first.position, (-0.5, -0.1), atol=1e-6)
    assert staging.distance == pytest.approx(np.hypot(1.0, 0.2))


@pytest.mark.parametrize(
    "values",
    [None, {}, [], {"places": []}, {"arrangement": "x", "places": [1, 2]}, TOLD | {"places": TOLD["places"][:1]}],
)
def test_a_take_without_a_staging_changes_nothing(scene, values):
    staging = settings_of(scene).staging
    show_staging(staging, TOLD)

    show_staging(staging, values)

    assert nearly(staging_told(staging), TOLD)


def test_after_generate_the_takes_staging_is_shown_and_the_sentence_still_decides(played):
    settings = settings_of(played)

    assert settings.staging.arrangement == "across_a_table"
    assert not settings.staging.used
    assert read_request(Path(settings.take).parent).staging is None


def test_used_values_go_into_the_request_as_they_are_corrected(played):
    settings = settings_of(played)
    settings.staging.used = True
    settings.staging.distance = 2.0
    settings.staging.first.lean = radians(10.0)
    settings.staging.second.mood = "sad"

    assert bpy.ops.duologue.generate() == {"FINISHED"}, settings.message

    sent = read_request(Path(settings.take).parent).staging
    assert np.abs(np.subtract(sent["places"][0]["position"], sent["places"][1]["position"]))[0] == pytest.approx(2.0)
    assert sent["places"][0]["lean"] == pytest.approx(radians(10.0))
    assert sent["places"][1]["mood"] == "sad"


def test_writing_keys_does_not_undo_the_artists_corrections(played):
    settings = settings_of(played)
    settings.staging.used = True
    settings.staging.first.lean = radians(12.0)

    write_take(bpy.context, Path(settings.take))

    assert settings.staging.first.lean == pytest.approx(radians(12.0))


def test_the_way_back_to_the_sentence_shows_the_take_again(played):
    settings = settings_of(played)
    settings.staging.used = True
    settings.staging.distance = 3.0

    assert bpy.ops.duologue.stage_by_sentence() == {"FINISHED"}

    assert not settings.staging.used
    assert settings.staging.distance == pytest.approx(1.2)


def test_the_way_back_needs_no_take(played):
    settings = settings_of(played)
    settings.staging.used, settings.take = True, "/nowhere/performance.npz"

    assert bpy.ops.duologue.stage_by_sentence() == {"FINISHED"}

    assert not settings.staging.used


def test_a_distance_moves_both_alike_and_leaves_heights(scene):
    staging = settings_of(scene).staging
    show_staging(staging, TOLD)
    middle = (np.array(staging.first.position) + np.array(staging.second.position)) / 2

    staging.distance = 3.0

    assert staging.distance == pytest.approx(3.0)
    np.testing.assert_allclose((np.array(staging.first.position) + staging.second.position) / 2, middle, atol=1e-6)
    assert [place.height for place in places_of(staging)] == pytest.approx([1.2, 1.59])


@pytest.mark.skipif(not WORKER, reason="python3 build.py test sets up the worker")
def test_whatever_the_sliders_and_menus_allow_the_worker_takes(scene):
    """Its own Python says so: Blender's has not what staging needs."""
    staging, values = settings_of(scene).staging, []
    show_staging(staging, TOLD)
    moods = [item[0] for item in mood_items(None, None)]
    for number, mood in enumerate(moods):
        for place in places_of(staging):
            place.mood = mood
            for name in ("height", "facing", "lean", "gaze_away", "gaze_held"):
                setattr(place, name, getattr(place.bl_rna.properties[name], ("hard_min", "hard_max")[number % 2]))
        values.append(staging_told(staging))
    code = (
        "import json, sys\n"
        "from backend.staging.presets import moods\n"
        "from backend.staging.values import checked_staging\n"
        "[checked_staging(one) for one in json.load(sys.stdin)]; print(json.dumps(list(moods())))"
    )

    ended = subprocess.run(
        [WORKER, "-c", code], cwd=ROOT, input=json.dumps(values), capture_output=True, text=True, check=False
    )

    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout) == moods


def test_values_the_worker_refuses_are_its_sentence(played, tmp_path, monkeypatch):
    monkeypatch.setenv("DUOLOGUE_PYTHON", str(fake_python(tmp_path, "dies-explained")))
    settings = settings_of(played)
    settings.staging.used = True

    assert bpy.ops.duologue.generate() == {"CANCELLED"}

    assert settings.message_code == ExitCode.AUDIO_SILENT
    assert settings.staging.used


def test_the_panel_shows_places_once_a_take_was_seen(played):
    said = drawn(staging_panel.DUOLOGUE_PT_staging, played)
    settings_of(played).staging.arrangement = ""
    without = drawn(staging_panel.DUOLOGUE_PT_staging, played)

    for shown in ("Use these values", "Distance", "Anna", "Ben", "Eyes at", "Facing", "Posture", "Leans", "Mood"):
        assert shown in said
        assert shown not in without


def test_less_eye_contact_turns_the_keys_of_that_ones_eyes_alone(played):
    settings = settings_of(played)
    played.frame_set(MEETING)
    before = [np.array(head.pose.bones["eye_left"].matrix.col[2].xyz) for head in (settings.head_a, settings.head_b)]
    settings.eye_contact_a = 0.0

    assert bpy.ops.duologue.write_keys() == {"FINISHED"}, settings.message

    played.frame_set(MEETING)
    after = [np.array(head.pose.bones["eye_left"].matrix.col[2].xyz) for head in (settings.head_a, settings.head_b)]
    turned = [np.degrees(np.arccos(np.clip(one @ other, -1, 1))) for one, other in zip(before, after, strict=True)]
    assert 4.0 < turned[0] < 8.0
    assert turned[1] < 0.05
