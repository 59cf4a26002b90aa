"""Sentences in panels: no line is wider than the panel, and nothing of them is lost."""

import itertools
from types import SimpleNamespace

import blf
import bpy
import pytest
from duologue.addon.interface import character_panel, generate_panel, mapping_panel, message_row, panel, staging_panel
from duologue.addon.interface.wrapping import is_narrow, line_of, lines_in, wrapped
from duologue.addon.settings.properties import settings_of
from hypothesis import given
from hypothesis import strategies as st

from tests.support.drawn_panel import Label, drawn, drawn_panels, sidebar

WIDTHS = {"i": 1.0, "W": 4.0, " ": 1.5}


def measure(text):
    return sum(WIDTHS.get(letter, 2.0) for letter in text)


@given(st.text(alphabet="iWa/ \n\\é", max_size=200), st.floats(4.0, 80.0))
def test_no_line_is_too_wide_and_no_letter_is_lost(sentence, width):
    lines = wrapped(sentence, width, measure)

    assert all(measure(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == "".join(sentence.split())
    assert all(line.strip() == line and line for line in lines)


@given(st.lists(st.text(alphabet="iWa", min_size=1, max_size=8), max_size=30), st.floats(32.0, 80.0))
def test_words_that_fit_are_never_parted_and_lines_are_filled(words, width):
    lines = wrapped(" ".join(words), width, measure)

    assert " ".join(lines).split() == words
    for line, below in itertools.pairwise(lines):
        assert measure(f"{line} {below.split()[0]}") > width


def test_a_path_is_parted_after_a_folder():
    assert wrapped("aaa/aaa/aaaa", 18.0, measure) == ["aaa/aaa/", "aaaa"]


@pytest.mark.parametrize("scale", [1.0, 2.0])
@pytest.mark.parametrize("width", [180, 300, 700])
def test_lines_fit_the_region_in_the_interface_s_own_font(scale, width):
    styles = bpy.context.preferences.ui_styles
    context = SimpleNamespace(
        region=SimpleNamespace(width=width * scale),
        preferences=SimpleNamespace(system=SimpleNamespace(ui_scale=scale), ui_styles=styles),
    )
    sentence = (
        "WWWWW MMMMM The take is not at /projects/Größe/duologue_takes/scene/take-001/performance.npz. iiiii lllll " * 3
    )

    lines = lines_in(context, sentence)

    blf.size(0, styles[0].widget.points * scale)
    assert max(blf.dimensions(0, line)[0] for line in lines) <= width * scale - 80 * scale
    assert "".join(lines).replace(" ", "") == "".join(sentence.split())


HINTS = [
    (character_panel.DUOLOGUE_PT_character, "Press Add conversation first"),
    (mapping_panel.DUOLOGUE_PT_mapping, "Choose a character's armature or mesh first"),
    (generate_panel.DUOLOGUE_PT_placing, "The take begins at frame 1"),
    (staging_panel.DUOLOGUE_PT_staging, "Generate a take to see its places"),
]


@pytest.mark.parametrize(("drawn_panel", "hint"), HINTS)
def test_hints_of_every_panel_go_on_below_in_a_narrow_sidebar(scene, drawn_panel, hint):
    wide, narrow = (_labels(drawn_panel, scene, width) for width in (700, 192))

    assert hint in wide
    assert hint not in narrow
    assert hint in " ".join(narrow)


def test_hints_beside_a_take_s_places_and_in_a_head_s_habits_go_on_below(played):
    settings_of(played).staging.used = True
    hints = {
        staging_panel.DUOLOGUE_PT_staging: "These values decide, not the sentence",
        character_panel.DUOLOGUE_PT_character: "Habits show in the next take",
    }

    for drawn_panel, hint in hints.items():
        assert hint in _labels(drawn_panel, played, 700)
        assert hint not in _labels(drawn_panel, played, 192)
        assert hint in " ".join(_labels(drawn_panel, played, 192))


def test_a_narrow_sidebar_has_every_field_of_a_wide_one(played):
    wide, narrow = (drawn_panels(played, width) for width in (292, 192))

    fields = [item for item in narrow if not isinstance(item, Label)]
    assert len(fields) == len([item for item in wide if not isinstance(item, Label)])


def test_a_message_of_any_length_takes_one_row_of_the_panel_and_all_of_its_pop_up(scene):
    settings = settings_of(scene)
    counts = []
    for sentence in ("", "Done.", "A long sentence on what went wrong. " * 20):
        settings.message, settings.message_is_error = sentence, bool(sentence)
        counts.append(len([said for said in drawn(panel.DUOLOGUE_PT_main, scene, 200) if said and said != "Dismiss"]))
    text = " ".join(_labels(message_row.DUOLOGUE_PT_message, scene, 200))

    assert counts[1] == counts[2]
    assert settings.message.strip() in text


@pytest.mark.parametrize(("scale", "width", "narrow"), [(1.0, 292, False), (1.0, 192, True), (2.0, 292, True)])
def test_what_is_narrow_grows_with_the_interface(scene, scale, width, narrow):
    context = sidebar(scene, width)
    context.preferences.system.ui_scale = scale

    assert is_narrow(context) is narrow


def _labels(drawn_panel, scene, width):
    return [said for said in drawn(drawn_panel, scene, width) if isinstance(said, Label)]


@pytest.mark.parametrize("width", [180, 292, 700])
def test_a_row_of_one_line_begins_a_long_sentence_and_says_that_there_is_more(scene, width):
    context, sentence = sidebar(scene, width), "87024 keys written. The scene's range is now 1 to 588."

    line = line_of(context, sentence)

    assert lines_in(context, line) == [line]
    assert line == sentence or (line.endswith(" …") and sentence.startswith(line.removesuffix(" …")))
    assert line_of(context, "Done.") == "Done."
