"""Rules of the rehearsals for heads, breath and smiles, on a made-up timeline that nobody has to speak."""

import numpy as np
import pytest

from backend.contract.constants import SAMPLE_RATE
from backend.prosody.phrases import accents_in, strongest
from lab.simulation.behaviour.head import Beat, draw_beats, draw_nod, draw_posture, timeline_phrases
from lab.simulation.behaviour.smiles import draw_smiles
from lab.simulation.behaviour.trunk import draw_breathing
from lab.simulation.script.people import draw_habits
from lab.simulation.script.script import Line
from lab.simulation.script.timeline import Timeline, Turn, Utterance

FPS, SECONDS = 25, 80.0
FRAMES = round(FPS * SECONDS)
STARTS = np.arange(4.0, 76.0, 8.0)
HABITS = draw_habits(np.random.default_rng(5))


def _utterance(start, person=0, seconds=2.6, feeling="neutral"):
    """A line of eight vowels with a pause of 0.3 s in its middle."""
    half, step = (seconds - 0.3) / 2, (seconds - 0.3) / 8
    begins = [start + index * step for index in range(4)] + [start + half + 0.3 + index * step for index in range(4)]
    phones = [(begin, begin + step, "aa") for begin in begins]
    phones.insert(4, (start + half, start + half + 0.3, "pau"))
    samples = np.zeros(round(seconds * SAMPLE_RATE), np.float32)
    return Utterance(Line(person, "It is so.", "statement", feeling), start, tuple(phones), samples)


def _timeline(**how):
    said = tuple(_utterance(start, **how) for start in STARTS)
    turns = tuple(Turn(line.line.person, line.start, line.end) for line in said)
    return Timeline(SECONDS, said, turns)


def _beats(timeline):
    return tuple(
        Beat((start + end) / 2, 0.3 + 0.6 * (index % 3 == 1))
        for line in timeline.utterances
        for index, (start, end, name) in enumerate(line.phones)
        if name == "aa"
    )


def test_a_line_with_a_pause_is_two_phrases_with_an_accent_each():
    timeline = _timeline()

    phrases = timeline_phrases(timeline, 0, _beats(timeline))

    assert len(phrases) == 2 * len(STARTS)
    assert all(len(phrase.accents) == 1 for phrase in phrases)
    assert all(phrase.accents[0].strength > 0.8 for phrase in phrases)
    assert timeline_phrases(timeline, 1, ()) == ()


def test_the_strongest_vowels_are_chosen_apart_and_few():
    times, scores = np.arange(0.1, 4.0, 0.3), np.linspace(0, 1, 13)

    chosen = strongest(times, scores, accents_in(4.0))

    assert len(chosen) == 3
    assert chosen[0] == 12
    assert np.diff(np.sort(times[chosen])).min() >= 0.7
    assert strongest(np.zeros(0), np.zeros(0), 1) == []


def test_the_head_dips_before_each_accent():
    timeline = _timeline()
    phrases = timeline_phrases(timeline, 0, _beats(timeline))

    path, stressed = draw_beats(np.random.default_rng(0), HABITS, phrases, np.zeros(FRAMES))

    assert stressed.sum() == len(phrases)
    for phrase in phrases:
        frame = round(phrase.accents[0].time * FPS)
        around = np.degrees(path[frame - 8 : frame + 6, 0])
        assert np.ptp(around) > 2.4
        assert np.abs(np.diff(around)).max() * FPS > 25


def test_posture_is_held():
    timeline = _timeline()
    speaking, breath = np.zeros(FRAMES), np.zeros(FRAMES)

    posture = np.degrees(draw_posture(np.random.default_rng(1), HABITS, timeline, 0, speaking, breath))

    speed = np.linalg.norm(np.diff(posture, axis=0), axis=1) * FPS
    assert (speed < 3.0).mean() > 0.6
    assert np.quantile(speed, 0.02) > 0
    assert posture.std(axis=0).max() > 0.5


def test_nods_are_one_or_two_swings_of_3_to_6_degrees():
    rng = np.random.default_rng(2)

    size, hertz, swings = np.array([draw_nod(rng, HABITS) for _ in range(200)]).T

    assert np.degrees(np.median(size)) == pytest.approx(4.2, abs=1.0)
    assert set(swings) == {1.0, 2.0}
    assert hertz.min() >= 1.6


def test_people_breathe_in_for_300_to_400_ms_before_a_line_and_part_their_lips():
    timeline = _timeline()

    breathing = draw_breathing(np.random.default_rng(3), HABITS, timeline, 0)

    begins = np.flatnonzero(breathing.inhalation) / FPS
    for start in STARTS:
        lead = start - begins[begins < start].max()
        assert 0.32 < lead < 0.5
        parted = breathing.parted[round((start - 0.5) * FPS) : round(start * FPS)]
        assert 1.8 < parted.max() < 4.0
        assert breathing.parted[round(start * FPS)] == pytest.approx(0.0, abs=0.2)
        assert breathing.parted[round((start + 1.0) * FPS)] == 0


def test_a_smile_about_the_others_line_comes_after_it():
    timeline = _timeline(feeling="funny")
    habits = (HABITS, HABITS)

    smiles = [draw_smiles(np.random.default_rng(seed), habits, "merry", timeline)[1] for seed in range(4)]

    own = [smile for found in smiles for smile in found if not smile.answers]
    ends = STARTS + 2.6
    assert len(own) > 5
    for smile in own:
        since = smile.start - ends
        assert ((since >= 0.04) & (since <= 0.46)).any()
