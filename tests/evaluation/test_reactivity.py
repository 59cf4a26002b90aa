"""Curves that follow a signal, and curves that only look as if they did."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.contract.errors import ExitCode
from lab.__main__ import main as lab_main
from lab.evaluation.reactivity import benchmark
from lab.evaluation.reactivity.following import agreement, cross_correlation, following, lags
from lab.evaluation.reactivity.reactions import (
    CHANNELS,
    LATE,
    MUTED,
    PAIRS,
    PARTNERS,
    REAL,
    UNSEEN,
    Reaction,
    answers_of,
    signals_of,
    turns_of,
)
from lab.evaluation.reactivity.report import as_text, measure, write_reactivity
from tests.support.examples import examples
from tests.support.refusals import refused

FRAMES = 60 * 25
EVENTS = 8


def impulses(seed, every=3.0):
    """Events at chance moments, `every` so many seconds on average."""
    return (np.random.default_rng(seed).random(FRAMES) < 1 / (25 * every)).astype(float)


def answered(signal, frames, seed, noise=1.0):
    """A bump of about a second `frames` after every event, in noise that has a rhythm of its own."""
    bump = np.hanning(25)
    curve = np.roll(np.convolve(signal, bump, mode="same"), frames)
    wander = np.convolve(np.random.default_rng(seed).normal(size=FRAMES), bump, mode="same")
    return curve + noise * 0.3 * wander


@pytest.mark.parametrize("frames", [-20, 0, 12, 40])
def test_an_answer_is_found_at_its_lag(frames):
    pairs = [(impulses(seed), answered(impulses(seed), frames, 100 + seed)) for seed in range(6)]

    found = following(pairs, shuffles=300)

    assert found.lag == pytest.approx(frames / 25, abs=0.1)
    assert found.p < 0.01
    assert found.z > 5
    assert found.peak > found.chance


def test_answers_to_somebody_else_are_not_taken_for_answers():
    pairs = [(impulses(seed), answered(impulses(50 + seed), 12, 100 + seed)) for seed in range(6)]

    assert following(pairs, shuffles=300).p > 0.05


def test_an_answer_that_comes_after_five_seconds_is_out_of_time():
    pairs = [(impulses(seed), answered(impulses(seed), 125, 100 + seed)) for seed in range(6)]

    assert following(pairs, shuffles=300).p > 0.05


def test_chance_is_called_following_as_rarely_as_p_says():
    found = [
        following([(impulses(seed), answered(impulses(seed + 500), 0, seed + 900))], seed, shuffles=99).p
        for seed in range(120)
    ]

    assert np.mean(np.array(found) <= 0.1) < 0.2
    assert 0.35 < np.mean(found) < 0.65


def test_lags_are_symmetric_and_one_frame_apart():
    assert lags()[0] == -lags()[-1] == -2.0
    assert np.diff(lags()) == pytest.approx(1 / 25)


@settings(max_examples=examples(30))
@given(seed=st.integers(0, 10_000), frames=st.integers(0, FRAMES - 1))
def test_correlation_with_itself_turned_round_is_one_there(seed, frames):
    signal = np.random.default_rng(seed).normal(size=FRAMES)

    found = cross_correlation(signal, np.roll(signal, frames))

    assert found is not None
    assert int(found.argmax()) == frames
    assert found[frames] == pytest.approx(1)
    assert np.abs(found).max() <= 1 + 1e-9


def test_nothing_to_follow_is_not_followed():
    flat, curve = np.zeros(FRAMES), impulses(1)

    found = following([(flat, curve), (curve, flat)])

    assert cross_correlation(flat, curve) is None
    assert (found.dialogues, found.p, found.peak) == (0, 1.0, 0.0)


def test_a_dialogue_too_short_to_be_turned_is_refused():
    with pytest.raises(ValueError, match="too short"):
        following([(np.ones(100), np.ones(100))])


def test_agreement_is_one_with_itself_and_none_with_another():
    same, other = impulses(1), impulses(2)

    assert agreement([(same, same)]) == pytest.approx(1)
    assert abs(agreement([(same, other)])) < 0.1
    assert np.isnan(agreement([(np.zeros(FRAMES), same)]))


def _events():
    names = ("invitation", "floor", "gaze_away", "smile_onset", "nod", "blink", "brow_raise")
    events = {name: np.zeros((2, FRAMES), np.float32) for name in names}
    events["floor"][0, 100:200] = 1
    events["gaze_away"][0, 100:130] = 1
    events["smile_onset"][0, [50, 70]] = 1, 2
    events["blink"][0, 80] = 1
    return events


def test_signals_begin_on_the_frame_on_which_the_partner_does():
    speaking = np.zeros((2, FRAMES))
    speaking[0, 105:190] = 1.0

    found = signals_of(_events(), speaking, person=0)

    assert np.flatnonzero(found["takes the floor"]).tolist() == [100]
    assert np.flatnonzero(found["yields the floor"]).tolist() == [200]
    assert np.flatnonzero(found["falls silent"]).tolist() == [190]
    assert np.flatnonzero(found["looks at the listener"]).tolist() == [130]
    assert np.flatnonzero(found["looks away"]).tolist() == [100]
    assert np.flatnonzero(found["blinks"]).tolist() == [80]
    assert np.flatnonzero(found["begins to smile"]).tolist() == [50]
    assert not any(curve.any() for curve in signals_of(_events(), speaking, person=1).values())


def test_turns_last_a_little_longer_than_the_floor():
    turns = turns_of(_events(), person=0)

    assert np.flatnonzero(turns).tolist() == list(range(100, 215))


def _reactions():
    """Listeners who nod half a second after what they were given, and also of themselves."""
    found = {name: [] for name in PARTNERS}
    for seed in range(4):
        real = {pair.signal: impulses(seed) for pair in PAIRS}
        turns = np.ones(FRAMES, bool)
        for name in PARTNERS:
            given = {signal: np.roll(curve, 125 if name == LATE else 0) for signal, curve in real.items()}
            alone = 0.01 * answered(np.zeros(FRAMES), 0, seed)
            nods = alone + (0 if name == MUTED else 0.1 * answered(given["invites an answer"], 12, 9, noise=0))
            chances = np.repeat(nods[:, None], EVENTS, axis=1)
            found[name].append(Reaction(chances, chances, nods, {} if name == MUTED else given, real, turns))
    return found


def test_who_is_late_is_followed_late():
    answers = {(measured.pair, measured.partner): measured for measured in measure(_reactions())}

    real, late, muted = (answers[PAIRS[0].name, name] for name in (REAL, LATE, MUTED))

    assert real.added.lag == late.added.lag == pytest.approx(0.48, abs=0.05)
    assert max(real.added.p, late.added.p, real.real.p) < 0.01
    assert min(late.real.p, muted.real.p) > 0.05
    assert muted.added is None


def test_what_is_seen_adds_to_what_is_heard_of_the_same_partner():
    seen = next(pair.name for pair in PAIRS if CHANNELS[pair.signal] == "motion")
    reactions = _reactions()

    before = {(measured.pair, measured.partner): measured for measured in measure(reactions)}[seen, REAL]
    reactions[UNSEEN] = reactions[MUTED]
    after = {(measured.pair, measured.partner): measured for measured in measure(reactions)}[seen, REAL]

    assert before.added.dialogues == 0
    assert after.added.dialogues == 4
    assert before.whole == after.whole


def test_numbers_and_picture_are_written(tmp_path):
    reactions = _reactions()
    answers = measure(reactions)

    paths = write_reactivity(tmp_path / "out", reactions, answers)

    written = json.loads(paths[0].read_text(encoding="utf-8"))
    assert len(written["answers"]) == len(PAIRS) * len(PARTNERS)
    assert written["agreement_with_real"][REAL]["nod"] == pytest.approx(1)
    assert written["seconds"] == 4 * 60
    assert paths[1].read_bytes().startswith(b"\x89PNG")
    assert all(pair.name in as_text(answers) for pair in PAIRS)


def test_every_answer_is_named():
    assert {pair.answer for pair in PAIRS} <= set(answers_of(np.zeros((3, EVENTS)), np.zeros(3)))


def test_folder_without_rehearsals_is_named(tmp_path, capsys):
    assert lab_main(["evaluate", "reactivity", "--rehearsals", str(tmp_path)]) == ExitCode.BAD_REQUEST
    assert str(tmp_path) in capsys.readouterr().err


def test_one_rehearsal_has_nobody_to_exchange(tmp_path):
    (tmp_path / "0000").mkdir()

    with refused(ExitCode.BAD_REQUEST):
        benchmark.read_rehearsals(Path(tmp_path))
