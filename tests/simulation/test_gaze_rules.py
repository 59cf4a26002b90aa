"""Rules of the rehearsals for gaze, on a made-up timeline that nobody has to speak."""

from dataclasses import replace

import numpy as np
import pytest

from backend.animation.contact import contacts_of
from backend.contract.constants import FRAME_RATE, SAMPLE_RATE
from backend.contract.segments import runs_of
from lab.simulation.behaviour.behaviour import draw_draft
from lab.simulation.behaviour.eyes import draw_gaze
from lab.simulation.behaviour.occasions import moments_in
from lab.simulation.script.people import draw_habits
from lab.simulation.script.script import Line
from lab.simulation.script.timeline import Timeline, Turn, Utterance

SECONDS = 120.0
FRAMES = round(FRAME_RATE * SECONDS)
HABITS = replace(draw_habits(np.random.default_rng(5)), gaze_speaking=0.5, gaze_listening=0.77)


def said(person, start, seconds, text="It is so."):
    samples = np.zeros(round(seconds * SAMPLE_RATE), np.float32)
    return Utterance(Line(person, text, "statement"), start, (), samples)


def timeline(asks=False):
    """Both speak in turn for 3 s, two phrases each; in every fifth turn the other one comes in 1 s before its end."""
    lines, turns, time = [], [], 0.5
    for number in range(1000):
        person = number % 2
        if time > SECONDS - 4.0:
            break
        lines += [said(person, time, 1.3), said(person, time + 1.6, 1.4, "Is it so?" if asks else "It is so.")]
        turns.append(Turn(person, time, time + 3.0, asks))
        time += 2.0 if number % 5 == 4 else 3.2
    return Timeline(SECONDS, tuple(lines), tuple(turns))


def speaking_of(lines, person):
    speaking = np.zeros(FRAMES)
    for line in lines.of(person):
        speaking[round(line.start * FRAME_RATE) : round(line.end * FRAME_RATE)] = 1.0
    return speaking


def drawn(seed, asks=False, person=0):
    lines = timeline(asks)
    moments, speaking = moments_in(lines), speaking_of(lines, person)
    rng = np.random.default_rng(seed)
    contacts = contacts_of(moments, person, rng)
    return draw_gaze(rng, HABITS, "easy", lines, contacts, person, speaking), moments, speaking


@pytest.fixture(scope="module")
def gazes():
    return [drawn(seed) for seed in range(6)]


def test_looks_away_last_at_most_two_seconds_at_two_or_three_targets(gazes):
    lengths, targets = [], []
    for gaze, _, _ in gazes:
        for start, stop in runs_of(gaze.away > 0)[1:-1]:
            lengths.append((stop - start) / FRAME_RATE)
            targets.append(1 + (np.diff(gaze.target[start:stop], axis=0) != 0).any(axis=1).sum())

    assert max(lengths) <= 2.0
    assert np.median(lengths) > 0.8
    assert 2 <= np.median(targets) <= 3


def test_people_look_as_often_as_their_habits_say(gazes):
    away = np.concatenate([gaze.away for gaze, _, _ in gazes])
    talks = np.concatenate([speaking for _, _, speaking in gazes]) > 0.5

    assert 1 - away[talks].mean() == pytest.approx(0.5, abs=0.1)
    assert 1 - away[~talks].mean() == pytest.approx(0.77, abs=0.1)


def test_questions_and_interruptions_are_met_by_eyes(gazes):
    for gaze, moments, _ in gazes:
        onsets = moments.interruptions_of(0)
        assert onsets
        assert not any(gaze.away[onset + 6 : onset + 14].any() for onset in onsets)
    gaze, moments, _ = drawn(3, asks=True)
    ends = [phrase.stop for phrase in moments.utterances[0] if phrase.asks and phrase.stop < FRAMES]
    assert len(ends) > 10
    assert np.mean([not gaze.away[end - 10 : end + 5].any() for end in ends]) > 0.9


def test_longer_turns_still_begin_looking_away_more_often_than_not(gazes):
    begun = [
        gaze.away[round((turn.start + 0.2) * FRAME_RATE)]
        for gaze, _, _ in gazes
        for turn in timeline().turns[2:]
        if turn.person == 0
    ]

    assert 0.4 < np.mean(begun) < 0.85


def test_last_words_are_landed_in_eye_contact(gazes):
    landed = [
        not gaze.away[phrase.stop - 8 : phrase.stop + 5].any()
        for gaze, moments, _ in gazes
        for phrase in moments.utterances[0]
        if phrase.last and phrase.stop < FRAMES
    ]

    assert np.mean(landed) > 0.8


def test_a_person_who_is_interrupted_blinks_raises_the_brows_and_stops_the_head():
    lines = timeline()
    speaking = np.stack([speaking_of(lines, who) for who in range(2)])
    draft = draw_draft(np.random.default_rng(2), HABITS, "easy", lines, 0, speaking, ())
    onsets = [onset for onset in moments_in(lines).interruptions_of(0) if onset < FRAMES - 2 * FRAME_RATE]

    assert len(onsets) > 2
    for onset in onsets:
        assert draft.blinks[max(0, onset - 23) : onset + 8].any()  # who has just blinked does not again
        assert draft.face.brow[onset + 8 : onset + 14].max() > 0.4
        moved = np.diff(draft.posture[onset + 7 : onset + 17] + draft.beating[onset + 7 : onset + 17], axis=0)
        assert np.degrees(np.abs(moved)).max() * FRAME_RATE < 3.0
