import itertools

import numpy as np
from duologue.addon.staging.cutting import SHORTEST_SHOT, shots
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.examples import examples

FPS = 25.0


def dialogue(seconds, *turns):
    """[2, T] from (person, start, end) in seconds."""
    speaking = np.zeros((2, round(seconds * FPS)))
    for person, start, end in turns:
        speaking[person, round(start * FPS) : round(end * FPS)] = 1.0
    return speaking


def shown_at(film, seconds):
    return [shot for shot in film if shot.seconds <= seconds][-1]


def test_film_opens_and_closes_on_both():
    film = shots(dialogue(20, (0, 1, 8), (1, 8.5, 18)), FPS)

    assert (film[0].seconds, film[0].view) == (0.0, "two")
    assert film[-1].view == "two"


def test_picture_is_with_who_speaks():
    film = shots(dialogue(20, (0, 1, 7), (1, 7.5, 13), (0, 13.2, 19)), FPS)

    assert shown_at(film, 5.0).person == 0
    assert shown_at(film, 10.0).person == 1
    assert shown_at(film, 15.0).person == 0


def test_short_answer_takes_no_shot():
    film = shots(dialogue(20, (0, 1, 19), (1, 9.0, 9.3)), FPS)

    assert not [shot for shot in film if shot.person == 1 and abs(shot.seconds - 9.0) < 0.5]


def test_long_turn_shows_the_listener_once():
    film = shots(dialogue(30, (0, 1, 16), (1, 16.5, 28)), FPS)

    listener = [shot for shot in film if shot.seconds < 15 and shot.person == 1]

    assert len(listener) == 1
    assert shown_at(film, 14.0).person == 0


def test_quick_exchange_stays_in_the_two_shot():
    turns = [(index % 2, 4 + 1.2 * index, 5.1 + 1.2 * index) for index in range(10)]

    film = shots(dialogue(20, *turns), FPS)

    assert {shot.view for shot in film} == {"two"}


def test_too_short_for_cuts_is_one_shot():
    assert len(shots(dialogue(5, (0, 0, 3)), FPS)) == 1


def test_silence_is_one_shot():
    assert len(shots(dialogue(30), FPS)) == 1


def test_overlap_does_not_flicker():
    film = shots(dialogue(24, (0, 0.6, 9), (1, 7, 16), (0, 15, 23)), FPS)

    assert min(np.diff([shot.seconds for shot in film])) >= SHORTEST_SHOT - 1e-9


@settings(deadline=None, max_examples=examples(60))
@given(st.integers(0, 2**31), st.floats(0.6, 90.0))
def test_no_shot_is_ever_too_short_nor_the_same_twice(seed, seconds):
    random = np.random.default_rng(seed)
    blocks = random.random((2, int(seconds) + 1)) > 0.5
    speaking = np.repeat(blocks, 25, axis=1)[:, : max(1, round(seconds * FPS))].astype(float)

    film = shots(speaking, FPS)

    times = [shot.seconds for shot in film] + [speaking.shape[1] / FPS]
    assert film[0].seconds == 0.0
    assert len(film) == 1 or min(np.diff(times)) >= SHORTEST_SHOT - 1e-9
    assert all(
        (shot.view, shot.person) != (following.view, following.person) for shot, following in itertools.pairwise(film)
    )


def test_noisy_probabilities_cut_like_clean_ones():
    clean = dialogue(20, (0, 1, 7), (1, 7.5, 13), (0, 13.2, 19))
    noise = np.random.default_rng(3).uniform(-0.15, 0.15, clean.shape)

    film = shots(np.clip(clean * 0.9 + 0.05 + noise, 0, 1), FPS)

    assert [(shot.view, shot.person) for shot in film] == [(shot.view, shot.person) for shot in shots(clean, FPS)]
