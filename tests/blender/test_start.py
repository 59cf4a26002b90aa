"""Where in the scene's time a take begins, and what that does to the scene's range."""

from pathlib import Path

import bpy
import pytest
from duologue.addon.keys.retaking import range_to_make
from duologue.addon.keys.start import start_of, written_start
from duologue.addon.settings.properties import settings_of
from duologue.backend.contract.errors import ExitCode
from duologue.backend.contract.job import read_request


def strips(scene):
    editor = scene.sequence_editor or scene.sequence_editor_create()
    return editor.strips if hasattr(editor, "strips") else editor.sequences


def sound(scene, path, frame):
    """A strip of the artist's own."""
    try:
        return strips(scene).new_sound("My sound", path, 1 + len(strips(scene)), frame)
    except RuntimeError:
        pytest.skip("this Blender was built without audio")


def begin(strip):
    return strip.content_start if hasattr(strip, "content_start") else strip.frame_start


def key_range(scene):
    return tuple(settings_of(scene).head_a.animation_data.action.frame_range)


def write(scene):
    assert bpy.ops.duologue.write_keys() == {"FINISHED"}, settings_of(scene).message


@pytest.fixture
def shot(scene):
    """A shot from 1001 to 1240."""
    scene.frame_start, scene.frame_end = 1001, 1240
    return scene


def test_take_begins_where_the_shot_does_and_the_shot_stays_as_long(shot, played):
    played.frame_start, played.frame_end = 1001, 1240
    settings_of(played).start_from = "scene"

    write(played)

    assert key_range(played) == (1001, 1050)
    assert (played.frame_start, played.frame_end) == (1001, 1240)
    assert min(marker.frame for marker in played.timeline_markers) == 1001


def test_with_the_sound_it_begins_where_a_strip_of_the_artist_s_plays_it(played):
    sound(played, settings_of(played).track_a, 120)

    write(played)

    assert key_range(played) == (120, 169)
    own = [strip for strip in strips(played) if strip.name.startswith("Duologue")]
    assert [Path(part.sound.filepath).name for part in own] == ["b.wav"], (
        "the artist's strip plays the other one already"
    )
    assert begin(own[0]) == 120


def test_strip_before_frame_0_that_is_cut_begins_where_its_sound_would(played):
    strip = sound(played, settings_of(played).track_a, -30)
    if hasattr(strip, "content_start"):
        strip.left_handle_offset = 12
    else:
        strip.frame_offset_start = 12

    write(played)

    assert key_range(played) == (-30, 19)
    assert played.frame_start == 0


def test_own_strips_that_were_moved_take_the_keys_along(played):
    own = [part for part in strips(played) if part.name.startswith("Duologue")]
    if not own:
        pytest.skip("this Blender was built without audio")
    for strip in own:
        strip.frame_start = 60
    played.frame_start = 20

    write(played)

    assert key_range(played) == (60, 109)


def test_muted_strip_and_one_of_another_file_play_no_part(played, tmp_path):
    from tests.support.staged_worker import write_wave

    settings_of(played).start_from = "sound"
    for strip in list(strips(played)):
        strips(played).remove(strip)
    sound(played, settings_of(played).track_a, 300).mute = True
    sound(played, str(write_wave(tmp_path / "other.wav")), 400)

    assert start_of(settings_of(played)) == 1


@pytest.mark.parametrize(("on", "start"), [(True, 77), (False, 5)])
def test_preview_range_counts_only_where_it_is_used(scene, on, start):
    scene.frame_start, scene.use_preview_range = 5, on
    scene.frame_preview_start, scene.frame_preview_end = 77, 99
    settings_of(scene).start_from = "preview"

    assert start_of(settings_of(scene)) == start


def test_frame_that_was_set_as_in_older_files_is_kept(scene):
    scene.frame_start = 1001
    settings = settings_of(scene)
    assert (settings.start_from, start_of(settings)) == ("sound", 1001)

    settings.start_frame = 42
    assert (settings.start_from, start_of(settings)) == ("frame", 42)

    settings.start_from = "scene"
    assert start_of(settings) == 1001


def test_range_grows_to_the_take_and_is_said(played):
    played.frame_start, played.frame_end = 1010, 1020
    settings_of(played).start_frame = 1001

    write(played)

    assert (played.frame_start, played.frame_end) == (1001, 1050)
    assert "1001 to 1050" in settings_of(played).message


def test_range_stays_where_the_panel_says_so(played):
    played.frame_start, played.frame_end = 1010, 1020
    settings = settings_of(played)
    settings.start_frame, settings.grow_range = 1001, False

    write(played)

    assert (played.frame_start, played.frame_end) == (1010, 1020)
    assert "1001 to 1050" in settings.message


@pytest.mark.parametrize(
    "rate", [(24, 1.001), (24, 1.0), (25, 1.0), (30, 1.001), (30, 1.0), (50, 1.0), (60, 1.001), (60, 1.0)]
)
def test_range_that_grew_ends_with_the_last_key(played, rate):
    played.render.fps, played.render.fps_base = rate
    played.frame_start, played.frame_end = 1, 1

    settings_of(played).start_frame = 1
    write(played)

    assert played.frame_end == key_range(played)[1] == 1 + round(1.96 * rate[0] / rate[1])


def test_take_may_end_with_blender_s_time_but_not_later(played):
    settings = settings_of(played)
    settings.start_frame = 1_048_525
    write(played)
    assert key_range(played) == (1_048_525, 1_048_574)
    action = settings.head_a.animation_data.action

    settings.start_frame = 1_048_526

    assert bpy.ops.duologue.write_keys() == {"CANCELLED"}
    assert settings.message_code == ExitCode.SCENE_UNSUITABLE
    assert settings.head_a.animation_data.action == action


def test_range_to_make_anew_follows_the_take(played):
    settings = settings_of(played)
    assert range_to_make(played) == (1, 50)
    settings.regenerate_from, settings.regenerate_to = 11, 20
    settings.start_frame = 1001

    write(played)

    assert range_to_make(played) == (1011, 1020)


def test_part_is_made_anew_where_the_take_was_written_wherever_the_next_one_would_begin(played):
    settings = settings_of(played)
    settings.start_frame = 1001
    write(played)
    settings.start_from, played.frame_start = "scene", 500
    settings.regenerate_from, settings.regenerate_to = 1011, 1020

    assert bpy.ops.duologue.generate(anew="range") == {"FINISHED"}, settings.message

    assert read_request(Path(settings.take).parent).keep.regenerate == ((0.4, 0.8),)
    assert key_range(played) == (1001, 1050)
    assert written_start(settings) == 1001


def test_file_from_before_the_menu_begins_at_the_frame_that_was_set_in_it(scene):
    settings = settings_of(scene)
    settings.start_frame = 101
    settings.property_unset("start_kind")  # as such a file has it

    assert (settings.start_from, start_of(settings)) == ("frame", 101)
