"""A .blend that was saved while the panel was one list opens with every value that it had."""

from pathlib import Path

import bpy
import pytest
from duologue.addon.settings.conversations import conversations_of, settings_of

SAVED = Path(__file__).resolve().parents[1] / "data" / "settings_of_one_panel.blend"
"""Made with 4.2 by the version before sub-panels: two conversations, the second of which is shown."""
VALUES = {
    "name": "Breakfast",
    "audio_kind": "stereo",
    "track_a": "//a.wav",
    "track_b": "//b.wav",
    "stereo": "//call.wav",
    "mix": "//mix.wav",
    "by_timecode": False,
    "segments": "//who.rttm",
    "transcript_a": "//a.txt",
    "transcript_b": "//b.txt",
    "swap_speakers": True,
    "engine": "dualtalk",
    "checkpoint": "//d.safetensors",
    "reaction": "second",
    "partner_from": "take",
    "partner_take": "//p.npz",
    "prompt": "two rivals",
    "character_a": "mei",
    "character_b": "omar",
    "character_edited": "second",
    "seed": 7,
    "start_from": "frame",
    "start_frame": 1001,
    "take_start": 1001.5,
    "grow_range": False,
    "cuts": "never",
    "expression_strength": 0.5,
    "jaw_strength": 0.75,
    "head_strength": 1.25,
    "take": "//t/performance.npz",
    "eye_contact_a": 0.25,
    "eye_contact_b": 0.5,
    "lock_a": True,
    "lock_b": True,
    "regenerate_from": 1010,
    "regenerate_to": 1020,
    "mapping_head": "second",
}


@pytest.fixture
def opened(scene):
    bpy.ops.wm.open_mainfile(filepath=str(SAVED))
    return bpy.context.scene


def test_every_value_is_what_it_was(opened):
    first = conversations_of(opened)[0]

    assert {name: getattr(first, name) for name in VALUES} == VALUES
    assert (first.head_a.name, first.head_b.name) == ("Ada", "Bo")
    assert (first.staging.arrangement, first.staging.used, first.staging.first.lean) == ("side_by_side", True, 0.125)


def test_its_other_conversation_is_there_and_shown_and_both_are_in_the_list(opened):
    shown = settings_of(opened)

    assert (shown.name, shown.track_a, shown.start_from) == ("Later", "//later.wav", "preview")
    assert len(opened.duologue_rows) == 2
