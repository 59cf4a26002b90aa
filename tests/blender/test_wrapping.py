"""Sentences in panels: no line is wider than the panel, and nothing of them is lost."""

import itertools
from types import SimpleNamespace

import blf
import bpy
import pytest
from duologue.addon.interface.wrapping import lines_in, wrapped
from hypothesis import given
from hypothesis import strategies as st

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
