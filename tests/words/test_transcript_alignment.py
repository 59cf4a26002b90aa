"""Whatever a transcript is, nothing but sharpness is lost, and a warning says what is wrong."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy.signal import resample_poly

from backend.contract.constants import FRAME_RATE, SAMPLE_RATE
from backend.words.aligner import load_dictionary
from backend.words.forced_alignment import align_transcript

DEMO = Path(__file__).resolve().parents[2] / "presets" / "demo"
LINES = json.loads((DEMO / "dialogue.json").read_text(encoding="utf-8"))["lines"]


@pytest.fixture(scope="module")
def dictionary():
    pytest.importorskip("pocketsphinx")
    return load_dictionary()


@pytest.fixture(scope="module")
def recording():
    """Anna's track [N] of the bundled dialogue, and who speaks when, [2, T], as its lines say."""
    samples, rate = soundfile.read(DEMO / "anna.flac", dtype="float32")
    track = resample_poly(samples, SAMPLE_RATE, rate)
    speaking = np.zeros((2, len(track) * FRAME_RATE // SAMPLE_RATE + 1))
    for line in LINES:
        row = int(line["speaker"] != "Anna")
        speaking[row, int(line["start"] * FRAME_RATE) : int(line["end"] * FRAME_RATE) + 1] = 1
    return track, speaking


def said_by(speaker):
    return " ".join(line["text"] for line in LINES if line["speaker"] == speaker)


def fit(text, recording, dictionary, **options):
    track, speaking = recording
    return align_transcript(text, "Anna", track, speaking, 0, separate=True, dictionary=dictionary, **options)


def test_the_right_transcript_is_found_nearly_whole(recording, dictionary):
    found = fit(said_by("Anna"), recording, dictionary)

    assert found.found > 0.85 * found.words
    assert not [warning for warning in found.warnings if "does not" in warning]


def test_sure_words_are_said_in_the_order_of_the_text(recording, dictionary):
    found = fit(said_by("Anna"), recording, dictionary)

    sure = [aligned.word for piece in found.fitted for aligned in piece if aligned.sure]
    assert all(first.index < second.index for first, second in pairwise(sure))
    assert all(first.start < second.start for first, second in pairwise(sure))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (said_by("Ben"), "does not fit the recording"),
        ("Gestern bin ich mit meiner Schwester spazieren gegangen, und es hat geregnet.", "does not look English"),
        ("Я вчера гулял с сестрой, и шёл дождь.", "does not look English"),
    ],
)
def test_a_transcript_of_something_else_is_left_aside_and_told(text, reason, recording, dictionary):
    found = fit(text, recording, dictionary)

    assert found.fitted == ()
    assert found.found == 0
    assert len(found.warnings) == 1
    assert reason in found.warnings[0]
    assert "Anna" in found.warnings[0]


def test_somebody_who_is_silent_needs_no_words(recording, dictionary):
    track, speaking = recording

    found = fit(said_by("Anna"), (track, np.zeros_like(speaking)), dictionary)

    assert found.fitted == ()
    assert "says nothing" in found.warnings[0]


def test_words_of_no_dictionary_are_named(recording, dictionary):
    found = fit(said_by("Anna") + " Zaphod Slartibartfast", recording, dictionary)

    assert "Zaphod, Slartibartfast" in " ".join(found.warnings)


def test_words_that_are_not_heard_are_quoted(recording, dictionary):
    text = said_by("Anna") + " and then the purple elephants walked slowly over seventeen wooden bridges"

    found = fit(text, recording, dictionary)

    assert found.found > 0
    assert "words of the transcript of Anna were not surely heard" in found.warnings[-1]
    assert "purple elephants" in found.warnings[-1]


def test_progress_counts_the_pieces_and_may_stop_the_work(recording, dictionary):
    def stop(done, _total):
        if done == 1:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fit(said_by("Anna"), recording, dictionary, progress=stop)
