"""Who is asked, who lands a turn, who interrupts."""

import numpy as np

from backend.animation.contact import ASKS, CHECK, LANDS, STARTLED, contacts_of, urgency_of
from backend.animation.moments import SaidFrames, moments_heard, moments_of, moments_of_speech
from backend.contract.constants import FRAME_RATE, SAMPLE_RATE
from backend.prosody.phrases import Phrase, phrases_of


def of_spans(first, second, **given):
    return moments_of(tuple(tuple(Phrase(*span) for span in spans) for spans in (first, second)), **given)


def test_a_phrase_is_a_turns_last_where_the_other_one_goes_on_or_nobody_does():
    moments = of_spans([(1.0, 3.0), (3.3, 5.0), (9.0, 11.0), (11.4, 12.0)], [(5.2, 8.0)])

    assert [said.last for said in moments.utterances[0]] == [False, True, False, True]
    assert [said.last for said in moments.utterances[1]] == [True]


def test_a_mm_hm_takes_no_turn_and_interrupts_nobody():
    moments = of_spans([(1.0, 3.0), (3.3, 6.0)], [(2.5, 3.1)])

    assert [said.last for said in moments.utterances[0]] == [False, True]
    assert moments.utterances[1][0].short
    assert moments.interruptions_of(0) == ()


def test_a_short_answer_that_is_answered_takes_its_turn():
    moments = of_spans([(1.0, 3.0), (4.6, 6.0)], [(3.4, 4.1)])

    assert not moments.utterances[1][0].short
    assert moments.utterances[1][0].last


def test_who_begins_in_the_others_speech_interrupts():
    moments = of_spans([(3.2, 8.7)], [(7.98, 10.4)])

    assert moments.interruptions_of(0) == (round(7.98 * FRAME_RATE),)
    assert moments.onsets_for(1) == (round(3.2 * FRAME_RATE),)
    assert moments.interruptions_of(1) == ()


def test_a_turn_that_begins_a_little_early_interrupts_nobody():
    moments = of_spans([(1.0, 3.2)], [(3.0, 6.0)])

    assert moments.interruptions_of(0) == ()
    assert moments.utterances[0][0].last


def test_a_raised_voice_makes_the_other_one_look_up():
    moments = of_spans([], [(1.0, 6.0)], loud=((), (60,)))

    assert moments.interruptions_of(0) == (60,)
    assert moments.interruptions_of(1) == ()


def test_a_voice_that_rises_asks():
    asks, tells = Phrase(1.0, 2.0, (), 4.0), Phrase(1.0, 2.0, (), -3.0)

    assert moments_of(((asks,), ())).utterances[0][0].asks
    assert not moments_of(((tells,), ())).utterances[0][0].asks


def test_eyes_come_200_to_240_ms_after_an_interruption_and_stay_most_of_a_second():
    moments = of_spans([(3.2, 8.7)], [(7.98, 10.4)])
    onset = round(7.98 * FRAME_RATE)

    for seed in range(20):
        (startled,) = (
            each for each in contacts_of(moments, 0, np.random.default_rng(seed)) if each.urgency == STARTLED
        )
        assert 5 <= startled.start - onset <= 6
        assert startled.stop - startled.start >= 0.8 * FRAME_RATE


def test_contact_is_due_at_last_words_questions_names_and_phrase_ends():
    phrases = ((Phrase(1.0, 3.0), Phrase(3.4, 5.0)), (Phrase(5.2, 8.0, (), 4.0),))
    moments = moments_of(phrases, said=SaidFrames(names=((40,), ())))

    urgency = [urgency_of(contacts_of(moments, who, np.random.default_rng(1)), 300) for who in range(2)]

    assert urgency[0][40] == ASKS
    assert urgency[0][75] == CHECK
    assert urgency[0][round(4.6 * 25)] == LANDS
    assert urgency[0][136:140].max() == ASKS  # the other one begins to speak
    assert urgency[1][round(7.2 * 25)] == ASKS
    assert urgency[1][10] == 0


def test_of_speech_alone_nobody_asks_and_nobody_gets_loud():
    speaking = np.zeros((2, 300))
    speaking[0, 20:100], speaking[1, 110:200] = 1.0, 1.0

    moments = moments_of_speech(speaking)

    assert [(said.start, said.stop) for said in moments.utterances[0]] == [(20, 100)]
    assert moments.loud == ((), ())


def test_a_question_is_heard_in_the_sound():
    seconds, rising = 4.0, np.linspace(110.0, 190.0, round(1.5 * SAMPLE_RATE))
    time = round(seconds * SAMPLE_RATE)
    tracks = np.zeros((2, time), np.float32)
    for start, hertz in ((0.2, np.full(round(1.0 * SAMPLE_RATE), 110.0)), (1.8, rising)):
        phase = 2 * np.pi * np.cumsum(hertz) / SAMPLE_RATE
        first = round(start * SAMPLE_RATE)
        tracks[0, first : first + len(hertz)] = 0.1 * sum(np.sin(order * phase) / order for order in range(1, 6))
    speaking = np.zeros((2, round(seconds * FRAME_RATE)))
    speaking[0, 5:30], speaking[0, 45:82] = 1.0, 1.0

    first, second = (phrases_of(tracks[who], speaking[who]) for who in range(2))
    moments = moments_heard((first, second), tracks, speaking, separate=True)

    assert [said.asks for said in moments.utterances[0]] == [False, True]
