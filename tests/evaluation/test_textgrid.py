"""TextGrids as aligners write them, and what is wrong with those that cannot be used."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.contract.errors import DuologueError, ExitCode
from lab.evaluation.measures.phones import NOMINAL_OPENING, nominal_opening, plain_name
from lab.evaluation.performance.textgrid import check_within, read_textgrids, read_tiers
from tests.support.refusals import refused

LONG = """File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0
xmax = 2.5
tiers? <exists>
size = {size}
item []:
{tiers}"""
TIER = """    item [{number}]:
        class = "IntervalTier"
        name = "{name}"
        xmin = 0
        xmax = 2.5
        intervals: size = {count}
{intervals}"""
SHORT = 'File type = "ooTextFile"\nObject class = "TextGrid"\n\n0\n2\n<exists>\n1\n"IntervalTier"\n"phones"\n0\n2\n2\n'


def _interval(number, start, end, name):
    return f'intervals [{number}]:\n    xmin = {start}\n    xmax = {end}\n    text = "{name}"\n'


def _grid(tiers):
    parts = []
    for number, (name, intervals) in enumerate(tiers.items(), 1):
        text = "".join(_interval(k, *interval) for k, interval in enumerate(intervals, 1))
        parts.append(TIER.format(number=number, name=name, count=len(intervals), intervals=text))
    return LONG.format(size=len(tiers), tiers="".join(parts))


def _written(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "speech.TextGrid"
    path.write_bytes(text.encode(encoding))
    return path


PHONES = [(0, 0.5, ""), (0.5, 0.6, "B"), (0.6, 1.0, "AA1"), (1.0, 2.5, "sil")]
WORDS = [(0, 0.5, ""), (0.5, 1.0, 'say ""bah""'), (1.0, 2.5, "")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_tier_of_phones_is_found_among_others(tmp_path, encoding):
    path = _written(tmp_path, _grid({"words": WORDS, "phones": PHONES}), encoding)

    first, second = read_textgrids([path], ("Anna", "Ben"))

    assert first == ((0, 0.5, "pau"), (0.5, 0.6, "b"), (0.6, 1.0, "aa"), (1.0, 2.5, "pau"))
    assert second == ()
    assert read_tiers(path)["words"][1][2] == 'say "bah"'


def test_the_short_form_is_read_as_well(tmp_path):
    path = _written(tmp_path, SHORT + '0\n1.5\n"M"\n1.5\n2\n"IY2"\n')

    assert read_textgrids([path], ("Anna", "Ben"))[0] == ((0, 1.5, "m"), (1.5, 2, "iy"))


def test_tiers_named_after_the_speakers_are_theirs(tmp_path):
    path = _written(tmp_path, _grid({"Ben - words": WORDS, "Ben - phones": PHONES, "Anna - phones": PHONES[1:]}))

    first, second = read_textgrids([path], ("Anna", "Ben"))

    assert (len(first), len(second)) == (3, 4)


def test_two_files_are_the_speakers_in_order(tmp_path):
    one = _written(tmp_path, _grid({"phones": PHONES}))
    other = tmp_path / "other.TextGrid"
    other.write_text(_grid({"phones": [(0, 2.5, "UW0")]}))

    first, second = read_textgrids([one, other], ("Anna", "Ben"))

    assert (len(first), second) == (4, ((0, 2.5, "uw"),))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no TextGrid"),
        ("what is this", "no TextGrid"),
        (LONG.format(size=2, tiers=""), "damaged"),
        (SHORT + '0\n1.5\n"M"\n', "damaged"),
        (SHORT + '0\n"M"\n1.5\n0\n1\n"M"\n', "damaged"),
        (SHORT + '0\n1.5\n"ɐ"\n1.5\n2\n"t"\n', "not CMU's: ɐ"),
        (SHORT + '0\n1.5\n"sil"\n1.5\n2\n""\n', "holds no phones"),
        (SHORT.replace("\n2\n", "\n1e999\n"), "damaged"),
        (SHORT + '1.5\n0\n"M"\n1.5\n2\n"IY"\n', "end before they start"),
        (_grid({"words": WORDS, "syllables": WORDS}), "no tier called phones"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path, text, says):
    path = _written(tmp_path, text)

    with refused(ExitCode.BAD_REQUEST, "speech.TextGrid") as caught:
        read_textgrids([path], ("Anna", "Ben"))
    assert says in caught.value.message


def test_a_missing_and_a_binary_file_are_named(tmp_path):
    binary = tmp_path / "binary.TextGrid"
    binary.write_bytes(bytes(range(128, 256)))

    for path in (tmp_path / "none.TextGrid", binary):
        with refused(ExitCode.BAD_REQUEST):
            read_tiers(path)


@given(st.text(max_size=200))
def test_no_text_after_the_header_ends_in_anything_but_tiers_or_a_sentence(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("grids") / "wild.TextGrid"
    path.write_text('File type = "ooTextFile"\nObject class = "TextGrid"\n' + text, encoding="utf-8", errors="ignore")

    try:
        read_textgrids([path], ("Anna", "Ben"))
    except DuologueError as error:
        assert "wild.TextGrid" in error.message  # noqa: PT017


def test_phones_beyond_the_performance_are_refused_and_silence_is_not():
    check_within(((0.0, 1.0, "aa"), (1.0, 9.0, "pau")), 1.0, "x.TextGrid")

    with refused(ExitCode.BAD_REQUEST):
        check_within(((0.0, 1.2, "aa"),), 1.0, "x.TextGrid")


def test_stress_and_words_for_silence_are_plain():
    assert [plain_name(name) for name in ("AA1", "sp", "SIL", "", "P", "<eps>")] == [
        "aa",
        "pau",
        "pau",
        "pau",
        "p",
        "pau",
    ]


def test_nominal_lips_are_shut_on_long_bilabials_and_open_on_vowels():
    curve = nominal_opening(((0.0, 0.3, "m"), (0.3, 0.6, "aa"), (0.6, 1.0, "pau")), 100, 100)

    assert curve[15] == pytest.approx(0, abs=0.01)
    assert curve[45] == pytest.approx(NOMINAL_OPENING["aa"], abs=0.01)
    assert np.all((curve >= 0) & (curve <= 1 + 1e-9))
