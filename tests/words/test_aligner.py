"""pocketsphinx finds the words of a text in real speech, and the parts that are not there it does not believe."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy.signal import resample_poly

from backend.contract.constants import SAMPLE_RATE
from backend.contract.errors import ExitCode
from backend.words import aligner
from backend.words.aligner import Aligner, load_aligner, load_dictionary
from backend.words.forced_alignment import plausible_words
from backend.words.spoken_words import spoken_words
from tests.support.refusals import refused

DEMO = Path(__file__).resolve().parents[2] / "presets" / "demo"
OTHER = "it was the season of light it was the season of darkness it was the spring of hope"


@pytest.fixture(scope="module")
def dictionary():
    pytest.importorskip("pocketsphinx")
    return load_dictionary()


@pytest.fixture(scope="module")
def line():
    """The bundled dialogue's first line: its text and samples [n], which begin where it does."""
    first = json.loads((DEMO / "dialogue.json").read_text(encoding="utf-8"))["lines"][0]
    samples, rate = soundfile.read(DEMO / "anna.flac", dtype="float32")
    kept = samples[round((first["start"] - 0.2) * rate) : round((first["end"] + 0.2) * rate)]
    return first["text"], resample_poly(kept, SAMPLE_RATE, rate)


def aligned(text, samples, dictionary, expected=0):
    words = spoken_words(text, dictionary)
    return words, Aligner(words).align(samples, range(len(words)), expected)


def test_every_word_of_the_right_text_is_found(line, dictionary):
    text, samples = line

    words, found = aligned(text, samples, dictionary)

    assert [word.index for word in found] == list(range(len(words)))
    assert plausible_words(found).all()


def test_phones_follow_each_other_within_the_sound(line, dictionary):
    text, samples = line

    _, found = aligned(text, samples, dictionary)

    edges = np.array([edge for word in found for start, end, _ in word.phones for edge in (start, end)])
    assert (np.diff(edges) > -1e-6).all()
    assert 0.1 < edges[0] < 0.4
    assert edges[-1] <= len(samples) / SAMPLE_RATE
    assert all(name.islower() for word in found for _, _, name in word.phones)


def test_the_part_that_is_said_is_found_in_a_longer_text(line, dictionary):
    text, samples = line

    words, found = aligned(f"{OTHER} {text} {OTHER}", samples, dictionary, expected=10)

    sure = [word.index for word, true in zip(found, plausible_words(found), strict=True) if true]
    assert " ".join(words[index].text for index in sure).lower() == "so did you finally move into the new place"


def test_a_word_that_is_not_said_is_passed_over(line, dictionary):
    text, samples = line

    words, found = aligned(text.replace("finally", "finally umbrella"), samples, dictionary)

    assert "umbrella" not in [
        words[word.index].text for word, true in zip(found, plausible_words(found), strict=True) if true
    ]
    assert plausible_words(found).sum() >= 7


def test_another_text_is_not_believed(line, dictionary):
    _, found = aligned(OTHER, line[1], dictionary)

    assert not plausible_words(found).any()


@pytest.mark.parametrize("samples", [np.zeros(0), np.zeros(100), np.zeros(16000), np.full(16000, np.float32(0.9))])
def test_what_is_no_speech_has_no_believed_words(samples, dictionary):
    _, found = aligned("hello there", samples.astype(np.float32), dictionary)

    assert not plausible_words(found).any()


def test_an_empty_window_finds_nothing(line, dictionary):
    words = spoken_words(line[0], dictionary)

    assert Aligner(words).align(line[1], range(0), 0) == ()


def test_the_same_sound_is_aligned_alike_whatever_came_before(line, dictionary):
    words = spoken_words(line[0], dictionary)
    one_aligner = Aligner(words)

    first = one_aligner.align(line[1], range(len(words)), 0)
    one_aligner.align(line[1][::-1].copy(), range(len(words)), 0)

    assert one_aligner.align(line[1], range(len(words)), 0) == first


def test_a_missing_library_is_told_with_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "pocketsphinx", None)

    with refused(ExitCode.DEPENDENCY_MISSING, "pocketsphinx") as caught:
        load_aligner()

    assert "sharper lips" in caught.value.fix


def test_no_vocabulary_is_left_on_the_disk(line, dictionary, tmp_path, monkeypatch):
    monkeypatch.setattr(aligner.tempfile, "tempdir", str(tmp_path))

    aligned(line[0], line[1], dictionary)

    assert list(tmp_path.iterdir()) == []
