"""Who speaks when, as the artist says it, goes into the request."""

from pathlib import Path

import bpy
import pytest
from duologue.addon.conversation import request_of
from duologue.addon.interface.sound_panel import DUOLOGUE_PT_sound, DUOLOGUE_PT_words
from duologue.addon.settings.properties import settings_of

from tests.support.drawn_panel import drawn
from tests.support.staged_worker import write_wave


@pytest.fixture
def mixed(scene, tmp_path):
    """Settings of a scene whose dialogue is one mixed recording."""
    settings = settings_of(scene)
    settings.audio_kind, settings.mix = "mix", str(write_wave(tmp_path / "mix.wav"))
    return settings


def test_a_guess_is_left_to_the_worker(mixed):
    request = request_of(bpy.context)

    assert request.segments is None
    assert request.swap_speakers is False


def test_chosen_segments_and_the_swap_reach_the_request(mixed, tmp_path):
    mixed.segments, mixed.swap_speakers = str(tmp_path / "who.rttm"), True

    request = request_of(bpy.context)

    assert Path(request.segments) == tmp_path / "who.rttm"
    assert request.swap_speakers is True


def test_the_panel_offers_them_below_the_audio(mixed):
    assert "File" in drawn(DUOLOGUE_PT_sound, mixed.id_data)

    offered = drawn(DUOLOGUE_PT_words, mixed.id_data)

    assert [label for label in offered if label] == ["Anna", "Ben", "Segments", "Swap speakers"]
