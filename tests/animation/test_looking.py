"""Looks away by plan: their share, their lengths, and what they leave alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.animation.contact import ASKS, CHECK, LANDS, STARTLED, Contact, contacts_of
from backend.animation.looking import look_frames, plan_looks, shares_away
from backend.animation.moments import moments_of_speech
from backend.contract.constants import FRAME_RATE
from backend.contract.segments import runs_of
from tests.support.examples import examples

MINUTE = 60 * FRAME_RATE
NOBODY = np.zeros(MINUTE, bool)


def talk(seed, frames=MINUTE):
    """[2, T] two people who take turns of one to three phrases, now and then over the other's end."""
    rng = np.random.default_rng(seed)
    speaking = np.zeros((2, frames))
    frame, who = 10, 0
    while frame < frames:
        for _ in range(int(rng.integers(1, 4))):
            length = int(rng.uniform(1.0, 3.0) * FRAME_RATE)
            speaking[who, frame : frame + length] = 1.0
            frame += length + int(rng.uniform(0.2, 0.6) * FRAME_RATE)
        frame += int(rng.uniform(-1.0, 0.5) * FRAME_RATE)
        who = 1 - who
    return speaking


def planned(share, seed):
    speaking = talk(seed)
    rng = np.random.default_rng(seed)
    contacts = contacts_of(moments_of_speech(speaking), 0, rng)
    own = rng.random(MINUTE // 50).repeat(50) < 0.4
    talks = speaking[0] > 0.5
    return plan_looks(shares_away(own, talks, share), contacts, own, rng, talks), contacts


@settings(max_examples=examples(60), deadline=None)
@given(share=st.floats(0.0, 1.0), seed=st.integers(0, 10_000))
def test_a_minute_holds_the_share_that_is_asked_for_within_a_twentieth(share, seed):
    away, _ = planned(share, seed)

    assert away.mean() == pytest.approx(share, abs=0.05)


@pytest.mark.parametrize("share", [0.25, 0.4, 0.6, 0.7])
def test_looks_away_last_eight_tenths_to_two_seconds_and_are_parted_by_checks_of_a_third_of_one(share):
    lengths, backs = [], []
    for seed in range(8):
        away, _ = planned(share, seed)
        lengths += [(stop - start) / FRAME_RATE for start, stop in runs_of(away)[1:-1]]
        backs += [(stop - start) / FRAME_RATE for start, stop in runs_of(~away)[1:-1]]

    assert max(lengths) <= 2.0
    assert np.quantile(lengths, 0.1) >= 0.76
    assert 1.0 <= np.median(lengths) <= 1.8
    assert min(backs) >= 0.28


def test_where_nearly_all_the_time_is_asked_for_looks_are_longer_and_still_end():
    away, _ = planned(0.9, 3)

    lengths = [(stop - start) / FRAME_RATE for start, stop in runs_of(away)]
    assert len(lengths) > 8
    assert max(lengths) < 8.0


def test_who_is_interrupted_or_asks_looks_at_the_other_whatever_the_share():
    for seed in range(10):
        away, contacts = planned(0.6, seed)
        for contact in contacts:
            if contact.urgency == STARTLED:
                assert not away[contact.start : min(contact.start + 10, contact.stop)].any()


@pytest.mark.parametrize(("urgency", "share"), [(CHECK, 0.4), (LANDS, 0.6), (ASKS, 0.6)])
def test_contact_that_is_due_is_kept_at_shares_that_leave_room_for_it(urgency, share):
    due = tuple(Contact(start, start + 20, urgency) for start in range(100, MINUTE - 100, 250))

    away = plan_looks(np.full(MINUTE, share), due, NOBODY, np.random.default_rng(4))

    kept = [not away[contact.start : contact.start + 10].any() for contact in due]
    assert np.mean(kept) == 1.0


def test_looks_begin_where_the_engine_looks_away():
    own = np.zeros(MINUTE, bool)
    for start in range(50, MINUTE, 120):
        own[start : start + 35] = True

    away = plan_looks(shares_away(own, NOBODY, None), (), own, np.random.default_rng(5))

    assert away.mean() == pytest.approx(own.mean(), abs=0.05)
    begun = np.array([own[start] for start, _ in runs_of(away)])
    assert begun.mean() > 0.6


def test_shares_of_speaking_and_listening_move_together_and_meet_what_is_wanted():
    speaking = np.arange(1000) < 500
    own = np.zeros(1000, bool)
    own[:300], own[500:600] = True, True

    rates = shares_away(own, speaking, 0.6)

    assert rates.mean() == pytest.approx(0.6, abs=1e-6)
    assert rates[0] > rates[-1]
    assert shares_away(own, speaking, None)[[0, -1]].tolist() == [0.6, 0.2]


def test_a_look_has_two_or_three_targets_unless_it_is_cut_short():
    rng = np.random.default_rng(6)

    counts = {length: {len(look_frames(length, rng)) for _ in range(50)} for length in (8, 20, 30, 40, 50)}

    assert counts == {8: {1}, 20: {2}, 30: {2}, 40: {3}, 50: {3}}
    for length in range(1, 120):
        parts = look_frames(length, rng)
        assert sum(parts) == length
        assert min(parts) >= 1
        assert max(parts) / FRAME_RATE < 1.3


def test_no_frames_are_no_looks():
    nothing = np.zeros(0, bool)

    assert plan_looks(shares_away(nothing, nothing, 0.5), (), nothing, np.random.default_rng(7)).shape == (0,)


def test_a_turn_that_is_thought_about_begins_looking_away_though_nothing_is_owed():
    begun, talks = np.zeros(MINUTE, bool), np.zeros(MINUTE, bool)
    starts = range(250, MINUTE - 100, 250)
    for start in starts:
        begun[start - 12 : start + 15] = True
        talks[start : start + 60] = True
    rates, always = np.full(MINUTE, 0.3), np.ones(MINUTE, bool)

    plain, thinking = (
        plan_looks(rates, (), always, np.random.default_rng(8), talks, asked=False, begun=given)
        for given in (None, begun)
    )
    asked = tuple(Contact(start, start + 10, ASKS) for start in starts)
    met = plan_looks(rates, asked, always, np.random.default_rng(8), talks, asked=False, begun=begun)

    assert np.mean([thinking[start + 5] for start in starts]) > 0.9 > np.mean([plain[start + 5] for start in starts])
    assert not any(met[start : start + 10].any() for start in starts)
    assert thinking.mean() == pytest.approx(plain.mean(), abs=0.05)
