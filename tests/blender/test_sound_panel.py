"""The dialogue's sound: files with what they are, files that are dropped, strips that are in the sequencer already."""

import json
import wave
from pathlib import Path

import bpy
import numpy as np
import pytest
from duologue.addon.conversation import audio_paths
from duologue.addon.interface.operators.choose_sound import _in_order
from duologue.addon.interface.sound_panel import DUOLOGUE_PT_sound
from duologue.addon.interface.speaking_rows import bars
from duologue.addon.keys.start import start_of
from duologue.addon.keys.surroundings import place_sounds
from duologue.addon.settings.properties import settings_of
from duologue.addon.staging.sequencer import has_strip_sounds, strip_sounds
from duologue.addon.staging.sound_files import SoundFacts, facts_of, loudness_in_steps
from hypothesis import given
from hypothesis import strategies as st

from tests.support.drawn_panel import drawn
from tests.support.fake_worker import fake_performance
from tests.support.staged_worker import write_wave

RATE = 16_000


def strips_of(scene):
    editor = scene.sequence_editor or scene.sequence_editor_create()
    return editor.strips if bpy.app.version >= (4, 4) else editor.sequences


def add_strip(scene, path, channel, frame):
    return strips_of(scene).new_sound(path.stem, str(path), channel, frame)


def sound_of(path):
    """[N] samples of a mixed track, and its rate."""
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32767, file.getframerate()


@pytest.fixture
def sounds(tmp_path):
    return write_wave(tmp_path / "anna.wav", 4.0), write_wave(tmp_path / "ben.wav", 2.0)


@pytest.fixture
def channels(scene, sounds, tmp_path, monkeypatch):
    """Anna in two pieces on channel 1, the second one cut; Ben on channel 2."""
    pytest.importorskip("aud")
    monkeypatch.setattr(bpy.utils, "user_resource", lambda *_, path="", **__: str(tmp_path / "user" / path))
    add_strip(scene, sounds[0], 1, 50)
    cut = add_strip(scene, sounds[0], 1, 200)
    cut.frame_final_end = 225
    add_strip(scene, sounds[1], 2, 100)
    return scene


def test_a_file_says_its_length_rate_and_channels(scene, sounds):
    settings_of(scene).track_a, settings_of(scene).track_b = str(sounds[0]), "/nowhere.wav"

    said = drawn(DUOLOGUE_PT_sound, scene)

    assert "anna.wav: 0:04, 16 kHz, mono" in said
    assert "nowhere.wav: not found" in said


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        (SoundFacts(64.2, 48_000, 2), "1:04, 48 kHz, stereo"),
        (SoundFacts(3725.0, 44_100, 1), "1:02:05, 44.1 kHz, mono"),
        (SoundFacts(0.6, 8_000, 6), "0:01, 8 kHz, 6 channels"),
    ],
)
def test_facts_are_told_as_people_read_them(facts, sentence):
    assert facts.sentence() == sentence


def test_what_is_no_sound_has_no_facts(tmp_path):
    (tmp_path / "text.wav").write_text("no sound")

    assert facts_of(tmp_path / "text.wav") is None
    assert facts_of(tmp_path / "nothing.wav") is None
    assert facts_of(tmp_path) is None


def test_loudness_shows_where_somebody_speaks(tmp_path):
    pytest.importorskip("aud")
    tone = np.sin(np.arange(RATE) * 0.1) * 8000
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.concatenate((tone, np.zeros(RATE), tone)).astype("<i2").tobytes())

    *_, loudness = loudness_in_steps(tmp_path / "a.wav", 30)

    assert loudness.shape == (30, 1)
    assert loudness[:9].min() > 0.9
    assert loudness[11:19].max() < 0.1


@given(st.lists(st.floats(0.0, 1.0), max_size=300), st.integers(1, 80))
def test_bars_are_as_many_as_asked_for_and_as_high_as_they_stand_for(heights, count):
    drawn_bars = bars(np.array(heights), count)

    assert len(drawn_bars) == (count if heights else 0)
    if heights and max(heights) == 0.0:
        assert set(drawn_bars) == {"▁"}
    if heights and min(heights) == 1.0:
        assert set(drawn_bars) == {"█"}


def test_turns_that_are_given_are_drawn_in_place_of_the_sound(scene, sounds, tmp_path):
    settings = settings_of(scene)
    settings.track_a, settings.segments = str(sounds[0]), str(tmp_path / "who.json")
    turns = [{"start": 0.0, "end": 2.0, "speaker": "Anna"}, {"start": 2.0, "end": 4.0, "speaker": "Ben"}]
    (tmp_path / "who.json").write_text(json.dumps({"schema": 1, "speakers": ["Anna", "Ben"], "segments": turns}))

    rows = [said for said in drawn(DUOLOGUE_PT_sound, scene) if said and set(said) <= set("▁▂▃▄▅▆▇█")]

    assert len(rows) == 2
    half = len(rows[0]) // 2
    assert set(rows[0][: half - 1]) == set(rows[1][half + 1 :]) == {"█"}
    assert set(rows[1][: half - 1]) == set(rows[0][half + 1 :]) == {"▁"}


def test_a_chosen_file_goes_where_the_button_is(scene, sounds):
    assert bpy.ops.duologue.choose_sound(filepath=str(sounds[0]), slot="mix") == {"FINISHED"}
    assert (settings_of(scene).audio_kind, audio_paths(settings_of(scene))) == ("mix", [sounds[0]])

    assert bpy.ops.duologue.choose_sound(filepath=str(sounds[1]), slot="track_b") == {"FINISHED"}
    assert audio_paths(settings_of(scene)) == [None, sounds[1]]


def test_two_files_at_once_are_both_peoples_by_the_names_in_them(scene, sounds):
    files = [{"name": "ben.wav"}, {"name": "anna.wav"}]

    assert bpy.ops.duologue.choose_sound(directory=str(sounds[0].parent), files=files) == {"FINISHED"}

    assert audio_paths(settings_of(scene)) == list(sounds)


def test_of_more_files_than_have_a_place_it_is_told_which_are_used(scene, sounds):
    files = [{"name": "anna.wav"}, {"name": "ben.wav"}]

    assert bpy.ops.duologue.choose_sound(directory=str(sounds[0].parent), files=files, slot="mix") == {"FINISHED"}

    assert audio_paths(settings_of(scene)) == [sounds[0]]
    assert "anna.wav" in settings_of(scene).message


def test_after_a_take_the_bars_are_its_turns(played):
    rows = [said for said in drawn(DUOLOGUE_PT_sound, played) if said and set(said) <= set("▁▂▃▄▅▆▇█")]

    half = len(rows[0]) // 2
    assert set(rows[0][: half - 1]) == set(rows[1][half + 1 :]) == {"█"}
    assert set(rows[1][: half - 1]) == set(rows[0][half + 1 :]) == {"▁"}


@pytest.mark.parametrize(
    ("files", "order"),
    [
        (("x.wav", "y.wav"), ("x.wav", "y.wav")),
        (("take BEN 2.wav", "take anna.wav"), ("take anna.wav", "take BEN 2.wav")),
        (("ben.wav", "y.wav"), ("y.wav", "ben.wav")),
        (("anna and ben.wav", "ben and anna.wav"), ("anna and ben.wav", "ben and anna.wav")),
    ],
)
def test_files_are_told_apart_by_names_and_else_stay_in_order(files, order):
    assert tuple(path.name for path in _in_order([Path(name) for name in files], ("Anna", "Ben"))) == order


def test_a_file_that_is_not_there_changes_nothing(scene, sounds):
    settings_of(scene).track_a = str(sounds[0])

    with pytest.raises(RuntimeError):
        bpy.ops.duologue.choose_sound(filepath="/nowhere.wav", slot="track_a")

    assert audio_paths(settings_of(scene)) == [sounds[0], None]


def test_without_strips_the_button_says_so(scene):
    assert not bpy.ops.duologue.use_strips.poll()


def test_one_strip_with_all_of_its_file_is_used_as_it_is_and_the_take_follows_it(scene, sounds):
    pytest.importorskip("aud")
    strip = add_strip(scene, sounds[0], 3, 77)

    assert bpy.ops.duologue.use_strips(channel_a="3", channel_b="0") == {"FINISHED"}, settings_of(scene).message

    settings = settings_of(scene)
    assert audio_paths(settings) == [sounds[0], None]
    assert start_of(settings) == 77
    strip.frame_start = 90
    assert start_of(settings) == 90


def test_strips_that_are_cut_or_several_are_mixed_where_they_lie(channels):
    settings = settings_of(channels)

    assert bpy.ops.duologue.use_strips(channel_a="1", channel_b="2") == {"FINISHED"}, settings.message

    (anna, rate), (ben, _) = map(sound_of, audio_paths(settings))
    seconds = len(anna) / rate
    assert seconds == pytest.approx((225 - 50) / 25, abs=1e-3)
    assert len(ben) == len(anna)
    loud = lambda track, start, end: np.abs(track[round(start * rate) : round(end * rate)]).max()  # noqa: E731
    assert loud(anna, 0.0, 4.0) == pytest.approx(8000 / 32768, rel=0.02)
    assert loud(anna, 4.01, 5.99) == 0.0
    assert loud(anna, 6.0, 7.0) == pytest.approx(8000 / 32768, rel=0.02)
    assert loud(ben, 0.0, 1.99) == 0.0
    assert loud(ben, 2.0, 4.0) == pytest.approx(8000 / 32768, rel=0.02)
    assert start_of(settings) == 50


def test_no_second_strip_is_placed_for_a_mixed_track_and_one_for_a_file_chosen_later(channels, sounds):
    settings = settings_of(channels)
    bpy.ops.duologue.use_strips(channel_a="1", channel_b="2")

    assert place_sounds(settings, fake_performance(), 50.0) == []
    assert len(strips_of(channels)) == 3

    settings.track_b = str(sounds[1])
    settings.track_a = ""
    place_sounds(settings, fake_performance(), 500.0)
    assert len(strips_of(channels)) == 4


def test_nobody_chosen_is_refused_and_nothing_changes(channels):
    assert bpy.ops.duologue.use_strips(channel_a="0", channel_b="0") == {"CANCELLED"}

    assert audio_paths(settings_of(channels)) == [None, None]


def test_a_muted_strip_and_duologues_own_are_no_source(scene, sounds):
    pytest.importorskip("aud")
    add_strip(scene, sounds[0], 1, 1).mute = True
    add_strip(scene, sounds[1], 2, 1).name = "Duologue ben"

    assert strip_sounds(scene) == []
    assert not has_strip_sounds(scene)


@pytest.mark.parametrize("muted", ["channel", "meta strip", "channel of the meta strip", None])
def test_what_a_muted_channel_or_meta_strip_holds_is_no_source(scene, sounds, muted):
    pytest.importorskip("aud")
    meta = strips_of(scene).new_meta("Talk", 2, 1)
    inside = meta.strips if bpy.app.version >= (4, 4) else meta.sequences
    inside.new_sound("ada", str(sounds[0]), 3, 1)
    if muted == "channel":
        scene.sequence_editor.channels[2].mute = True
    elif muted == "meta strip":
        meta.mute = True
    elif muted is not None:
        meta.channels[3].mute = True

    assert [sound.path for sound in strip_sounds(scene)] == ([] if muted else [sounds[0]])
    assert has_strip_sounds(scene) == (muted is None)
