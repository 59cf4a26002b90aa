"""What both engines do with what the voices stress and how their phrases end, on a motion that does nothing itself."""

import dataclasses

import numpy as np
import pytest

from backend.animation.lip_closure import lip_gap
from backend.animation.listening_answers import smile_of
from backend.engines.acting import Speaker, acted_brows, acted_head, speakers_of, together
from backend.engines.base import ORDINARY_SCENE, Conditions, DialogueAudio, Motion
from tests.support.made_phrases import phrase

FPS, SECONDS = 25, 60
FRAMES = SECONDS * FPS
FIRST = tuple(
    phrase(start, start + 2.4, start + 0.8, start + 2.0, tail=-4.0) for start in (2.0, 12.0, 22.0, 32.0, 42.0)
)
SECOND = tuple(phrase(start, start + 2.0, start + 1.0, tail=-4.0) for start in (7.0, 17.0, 27.0, 37.0, 56.5))
VOICES = (FIRST, SECOND)


class _Said(DialogueAudio):
    phrases = VOICES


def _conditions(**how):
    speaking = np.zeros((2, FRAMES), np.float32)
    for who, phrases in enumerate(VOICES):
        for said in phrases:
            speaking[who, round(said.start * FPS) : round(said.end * FPS)] = 1
    audio = _Said(np.zeros((2, SECONDS * 16000), np.float32), speaking, separate=True)
    return Conditions(audio, **how)


def _still(conditions):
    shapes = {"expression": 52, "jaw": 3, "neck": 3, "gaze": 2}
    arrays = {name: np.zeros((2, FRAMES, size), np.float32) for name, size in shapes.items()}
    return Motion(**arrays, speaking=conditions.speaking)


def _acted(mood="friendly", seed=0, **how):
    scene = dataclasses.replace(ORDINARY_SCENE, moods=(mood, mood))
    conditions = _conditions(scene=scene, **how)
    return together(_still(conditions), conditions, seed)


def test_a_head_moves_on_accents_and_holds_in_between():
    neck = acted_head(np.random.default_rng(0), np.zeros((FRAMES, 3)), Speaker(FIRST))

    speed = np.linalg.norm(np.diff(np.degrees(neck), axis=0), axis=1) * FPS
    quiet = speed[round(47.0 * FPS) : round(55.0 * FPS)]
    for said in FIRST:
        for accent in said.accents:
            assert speed[round((accent.time - 0.2) * FPS) : round(accent.time * FPS) + 1].max() > 25
    assert 0.05 < np.median(quiet) < 3.0
    assert np.quantile(quiet, 0.95) < 3.5


def test_both_people_have_their_own_voice_and_activity():
    conditions = _conditions(habits=({"head_activity": 2.0, "brow_activity": 0.4}, {}))

    lively, ordinary = speakers_of(conditions)

    assert lively == Speaker(FIRST, 1.6, 0.5)
    assert ordinary == Speaker(SECOND, 1.0, 1.0)
    assert acted_brows(np.random.default_rng(0), FRAMES, ordinary).max() <= 0.45


def test_lips_part_before_long_phrases_alone_and_the_motion_given_stays_as_it_was():
    conditions = _conditions()
    still = _still(conditions)

    made = together(still, conditions, 0)

    gap = lip_gap(made.expression[0], made.jaw[0, :, 0])
    breathing = np.flatnonzero(gap > 1.0) / FPS
    assert all(any(said.start - 0.5 < second < said.start for said in FIRST) for second in breathing)
    assert len(breathing) > 2 * len(FIRST)
    assert not still.jaw.any()


def test_listeners_answer_and_people_in_a_warm_mood_part_with_a_smile():
    made = _acted()

    assert smile_of(made.expression)[:, -10:].min() > 0.35
    assert np.degrees(made.neck[0, :, 0]).max() > 2.5
    assert np.degrees(made.neck[1, :, 0]).max() > 2.5


@pytest.mark.parametrize("mood", ["angry", "sad"])
def test_people_who_are_cross_or_sad_do_not_part_with_a_smile(mood):
    assert smile_of(_acted(mood).expression)[:, -10:].max() < 0.05


def test_the_same_seed_gives_the_same_answers_and_another_one_others():
    first, again, other = _acted(), _acted(), _acted(seed=1)

    assert np.array_equal(first.neck, again.neck)
    assert np.array_equal(first.expression, again.expression)
    assert not np.array_equal(first.neck, other.neck)


def test_where_nobody_knows_who_speaks_nothing_is_stressed():
    audio = DialogueAudio(np.zeros((2, 16000), np.float32), None, separate=False)

    assert audio.phrases == ((), ())
