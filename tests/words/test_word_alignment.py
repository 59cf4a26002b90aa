"""A text is laid under a track piece by piece; one wrong piece does not derail the next."""

import numpy as np

from backend.contract.constants import SAMPLE_RATE
from backend.words.forced_alignment import Stretch, align_words, plausible_words
from tests.support.made_words import aligned

RIGHT, WRONG = -12.0, -55.0


class Listener:
    """Answers with the words it is given, and remembers where in the text it was asked to look."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []

    def align(self, samples, window, expected):
        self.asked.append((window, expected))
        return self.answers.pop(0)


def words(first, count, score):
    return tuple(aligned(first + k, 0.2 + 0.3 * k, "b aa b", score) for k in range(count))


def fit(listener, pieces, count=1000):
    track = np.zeros(pieces * 4 * SAMPLE_RATE, np.float32)
    return align_words(listener, count, track, [Stretch(4.0 * k, 4.0 * k + 2) for k in range(pieces)])


def test_words_that_fit_the_sound_are_believed():
    assert plausible_words(words(0, 5, RIGHT)).all()


def test_words_of_another_text_are_not():
    assert not plausible_words(words(0, 5, WRONG)).any()


def test_one_word_that_sounds_right_among_wrong_ones_is_luck():
    run = list(words(0, 7, WRONG))
    run[3] = aligned(3, 1.1, "b aa b", RIGHT)

    assert not plausible_words(run).any()


def test_one_wrong_word_among_right_ones_is_alone_in_doubt():
    run = list(words(0, 7, RIGHT))
    run[3] = aligned(3, 1.1, "b aa b", WRONG)

    assert plausible_words(run).tolist() == [True, True, True, False, True, True, True]


def test_a_phone_that_swallows_other_speech_is_in_doubt():
    run = list(words(0, 3, RIGHT))
    long = aligned(1, 0.5, "b", RIGHT)
    run[1] = type(long)(1, 0.5, 1.4, ((0.5, 1.4, "b"),), RIGHT)

    assert plausible_words(run).tolist() == [True, False, False] or not plausible_words(run)[1]


def test_no_words_are_no_decision():
    assert plausible_words(()).shape == (0,)


def test_times_are_of_the_whole_track():
    fitted = fit(Listener(words(0, 3, RIGHT), words(3, 3, RIGHT)), 2)

    assert [round(piece[0].word.start, 3) for piece in fitted] == [0.2, 4.2]
    assert round(fitted[1][0].word.phones[0][0], 3) == 4.2


def test_each_piece_is_expected_to_go_on_with_the_text():
    listener = Listener(words(0, 3, RIGHT), words(3, 4, RIGHT), ())

    fit(listener, 3)

    assert [expected for _, expected in listener.asked] == [0, 3, 7]


def test_a_piece_that_does_not_fit_leaves_the_place_and_widens_the_search():
    listener = Listener(words(0, 3, RIGHT), words(50, 3, WRONG), words(9, 3, RIGHT), ())

    fit(listener, 4)

    widths = [len(window) for window, _ in listener.asked]
    assert [expected for _, expected in listener.asked] == [0, 3, 3, 12]
    assert widths[2] > widths[1]
    assert all(expected in window for window, expected in listener.asked)


def test_the_search_stays_bounded_when_nothing_ever_fits():
    listener = Listener(*([()] * 2000))

    fit(listener, 2000, count=100_000)

    assert max(len(window) for window, _ in listener.asked) < 3000


def test_the_end_of_the_text_is_no_place_to_fall_from():
    listener = Listener(words(0, 3, RIGHT), (), ())

    fitted = fit(listener, 3, count=3)

    assert [len(piece) for piece in fitted] == [3, 0, 0]
