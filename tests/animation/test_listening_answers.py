"""A listener answers the ends of the other's phrases: when, how far, and when not."""

import numpy as np
import pytest

from backend.animation.lip_closure import lip_gap
from backend.animation.listening_answers import Listener, answered, closing_smile, smile_of
from backend.contract.arkit import ARKIT_INDEX
from tests.support.made_phrases import phrase

FPS, FRAMES = 25, 3000
ENDS = np.arange(8.0, 112.0, 8.0)
CALM = np.zeros(FRAMES)
BROW = ARKIT_INDEX["browInnerUp"]


def _phrases(**how):
    return tuple(phrase(end - 3.0, end, **how) for end in ENDS)


def _listener(**how):
    known = {
        "speaking": CALM,
        "expression": np.zeros((FRAMES, 52)),
        "jaw": CALM,
        "neck": np.zeros((FRAMES, 3)),
        "warmth": 1.0,
    }
    return Listener(**known | how)


def _answers(listener, phrases, smile=CALM, closes=False, seed=0):
    return answered(np.random.default_rng(seed), listener, phrases, smile, closes=closes)


def _after(curve, end, seconds=2.0):
    return curve[round(end * FPS) : round((end + seconds) * FPS)]


def test_smiles_of_4_to_6_tenths_are_half_there_300_to_700_ms_after_the_phrase():
    smile = smile_of(_answers(_listener(), _phrases(), smile=np.full(FRAMES, 0.4), seed=2)[0])

    answers = [_after(smile, end) for end in ENDS if _after(smile, end).max() > 0.1]
    assert len(answers) > len(ENDS) / 2
    for answer in answers:
        assert 0.39 < answer.max() < 0.61
        assert 0.3 <= np.flatnonzero(answer > answer.max() / 2)[0] / FPS <= 0.7


def test_cold_moods_do_not_smile_back():
    assert smile_of(_answers(_listener(warmth=0.0), _phrases(), smile=np.full(FRAMES, 0.6))[0]).max() == 0


def test_who_smiles_already_does_not_smile_twice():
    expression = np.zeros((FRAMES, 52))
    for side in ("Left", "Right"):
        expression[:, ARKIT_INDEX[f"mouthSmile{side}"]] = 0.65

    assert smile_of(_answers(_listener(expression=expression), _phrases())[0]).max() == pytest.approx(0.65)


def test_a_smile_leaves_the_lips_as_far_apart_as_they_were():
    listener = _listener()

    expression, _ = _answers(listener, _phrases(), smile=np.full(FRAMES, 0.4))

    assert lip_gap(expression, CALM) == pytest.approx(lip_gap(listener.expression, CALM), abs=0.3)


def test_nods_are_3_to_5_degrees_in_one_or_two_cycles_where_the_voice_falls():
    falling, rising = (_answers(_listener(), _phrases(tail=tail), seed=1)[1][:, 0] for tail in (-5.0, 5.0))

    nodded = [np.degrees(_after(falling, end)) for end in ENDS if _after(falling, end).max() > 0]
    assert 3 <= len(nodded) < len(ENDS)
    for nod in nodded:
        assert 2.5 < nod.max() < 5.0
        assert 0.3 < (nod > 0).sum() / FPS < 1.4
        assert np.flatnonzero(nod > 0)[0] / FPS <= 0.4
    assert sum(_after(rising, end).max() > 0 for end in ENDS) < len(nodded)


def test_nobody_nods_over_a_nod_or_while_taking_the_turn():
    neck, speaking = np.zeros((FRAMES, 3)), CALM.copy()
    for end in ENDS:
        at = np.arange(FRAMES) / FPS - end - 0.3
        neck[:, 0] += np.radians(4.0) * np.exp(-((at / 0.15) ** 2))
        speaking[round((end + 0.1) * FPS) : round((end + 2.0) * FPS)] = 1

    for listener in (_listener(neck=neck), _listener(speaking=speaking)):
        assert np.array_equal(_answers(listener, _phrases(tail=-5.0))[1], listener.neck)


def test_news_gets_a_brow_flash_and_ordinary_phrases_none():
    news, ordinary = (_answers(_listener(), _phrases(lively=lively))[0][:, BROW] for lively in (1.5, 0.0))

    flashes = [_after(news, end) for end in ENDS if _after(news, end).max() > 0]
    assert len(flashes) > len(ENDS) / 2
    for flash in flashes:
        assert (flash > 0.05).sum() / FPS < 0.7
        assert 0.2 < flash.max() < 0.6
    assert ordinary.max() == 0


def test_two_people_part_with_a_smile_unless_they_are_cross():
    last = phrase(100.0, 110.0)
    for warmth, smiles in ((1.0, True), (0.1, False)):
        listener = _listener(warmth=warmth)
        faces = (
            _answers(listener, (last,), closes=True)[0],
            closing_smile(np.random.default_rng(1), listener, last.end),
        )
        for face in faces:
            assert (smile_of(face)[round(111.5 * FPS) :].min() > 0.35) == smiles


def test_a_smile_fades_where_the_listener_speaks():
    speaking = CALM.copy()
    speaking[round(111.0 * FPS) :] = 1

    smile = smile_of(_answers(_listener(speaking=speaking), (phrase(100.0, 110.0),), closes=True)[0])

    assert smile[round(110.7 * FPS)] > 0.2
    assert smile[round(111.3 * FPS) :].max() < 0.05


def test_short_words_are_not_answered():
    short = tuple(phrase(end - 0.4, end, lively=2.0, tail=-5.0) for end in ENDS)
    listener = _listener()

    expression, neck = _answers(listener, short)

    assert np.array_equal(expression, listener.expression)
    assert np.array_equal(neck, listener.neck)
