import itertools

import numpy as np
import pytest
from duologue.addon.staging.cutting import CUTAWAY, LEAST_OVERLAP, MOST_OVERLAP, SHORTEST_SHOT, shots
from duologue.addon.staging.reactions import Reaction
from hypothesis import example, given, settings
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


def lengths(film, seconds):
    """Each shot's seconds."""
    return np.diff([*(shot.seconds for shot in film), seconds])


def nod(person, start, strength=0.7):
    return Reaction(person, "nod", start, start + 0.8, strength)


def test_film_opens_and_closes_on_both():
    film = shots(dialogue(20, (0, 1, 8), (1, 8.5, 18)), FPS)

    assert (film[0].seconds, film[0].view) == (0.0, "two")
    assert film[-1].view == "two"


@pytest.mark.parametrize("first_word", [0.0, 0.4, 1.0])
def test_first_line_is_seen_on_the_speaker_s_face_within_two_seconds(first_word):
    film = shots(dialogue(20, (0, first_word, 8), (1, 8.5, 18)), FPS)

    assert shown_at(film, first_word + 1.8).person == 0


def test_last_line_is_seen_on_the_speaker_s_face_to_its_end():
    for end in (18.0, 19.5):
        film = shots(dialogue(20, (0, 1, 14), (1, 14.3, end)), FPS)

        assert shown_at(film, end).person == 1


def test_picture_leads_the_sound_where_an_answer_follows():
    film = shots(dialogue(30, (0, 1, 7), (1, 7.2, 13), (0, 13.1, 19), (1, 19.3, 26)), FPS)

    for end, person in ((7.0, 1), (13.0, 0), (19.0, 1)):
        cut = min((shot for shot in film if shot.person == person), key=lambda shot: abs(shot.seconds - end))
        assert LEAST_OVERLAP - 1e-6 <= end - cut.seconds <= MOST_OVERLAP + 1e-6


def test_picture_stays_with_who_is_interrupted_for_a_moment():
    film = shots(dialogue(20, (0, 1, 8), (1, 7, 14), (0, 14.2, 18)), FPS)

    cut = min((shot for shot in film if shot.person == 1), key=lambda shot: abs(shot.seconds - 7.0))
    assert LEAST_OVERLAP - 1e-6 <= cut.seconds - 7.0 <= MOST_OVERLAP + 1e-6


def test_picture_stays_for_what_the_one_who_is_asked_does():
    speaking = dialogue(20, (0, 1, 7), (1, 7.2, 13), (0, 13.2, 18))

    film = shots(speaking, FPS, [Reaction(0, "smile", 7.1, 8.0, 0.8)])

    cut = next(shot for shot in film if shot.person == 1)
    assert 7.2 + LEAST_OVERLAP <= cut.seconds <= 7.2 + MOST_OVERLAP + 1e-6


@pytest.mark.parametrize("kind", ["smile", "nod", "brows", "voice"])
def test_reaction_within_a_line_is_shown_from_before_it_begins(kind):
    film = shots(dialogue(20, (0, 1, 7), (1, 7.2, 18)), FPS, [Reaction(1, kind, 4.0, 4.9, 0.6)])

    cutaway = shown_at(film, 4.0)
    assert (cutaway.view, cutaway.person) == ("close", 1)
    assert 3.7 < cutaway.seconds < 4.0
    assert shown_at(film, cutaway.seconds + CUTAWAY[1] + 0.01).person == 0


def test_cutaways_last_as_an_editor_s_do():
    reactions = [nod(1, start, strength) for start, strength in ((4, 0.5), (8.5, 0.9), (9.5, 0.4), (13, 0.7), (19, 1))]

    film = shots(dialogue(30, (0, 1, 22), (1, 22.3, 28)), FPS, reactions)

    seconds = [
        length for shot, length in zip(film, lengths(film, 30), strict=True) if shot.person == 1 and shot.seconds < 21
    ]
    assert len(seconds) == 4
    assert all(CUTAWAY[0] - 1e-6 <= one <= CUTAWAY[1] + 1e-6 for one in seconds)
    assert shown_at(film, 8.5).person == 1, "of two that are near to each other the clearer one"


def test_faint_reactions_are_shown_in_long_turns_alone():
    blink = [Reaction(1, "blink", 4.0, 4.3, 0.15)]

    short = shots(dialogue(20, (0, 1, 7), (1, 7.2, 18)), FPS, blink)
    long = shots(dialogue(20, (0, 1, 12), (1, 12.2, 18)), FPS, blink)

    assert shown_at(short, 4.1).person == 0
    assert shown_at(long, 4.1).person == 1


def test_reaction_at_the_edge_of_a_line_gets_no_shot_of_its_own():
    speaking = dialogue(20, (0, 1, 7), (1, 7.2, 18))

    assert shots(speaking, FPS, [nod(1, 2.0), nod(1, 6.0)]) == shots(speaking, FPS)


def test_picture_is_with_who_speaks():
    film = shots(dialogue(20, (0, 1, 7), (1, 7.5, 13), (0, 13.2, 19)), FPS)

    assert shown_at(film, 5.0).person == 0
    assert shown_at(film, 10.0).person == 1
    assert shown_at(film, 15.0).person == 0


def test_short_answer_takes_no_turn():
    film = shots(dialogue(20, (0, 1, 19), (1, 9.0, 9.3)), FPS)

    assert not [shot for shot in film if shot.person == 1 and abs(shot.seconds - 9.0) < 0.5]


@pytest.mark.parametrize("seconds", [0.48, 0.8, 1.0])
def test_answer_within_a_long_line_is_seen_on_who_gives_it(seconds):
    speaking = dialogue(20, (0, 1, 6), (1, 6.1, 6.1 + seconds), (0, 6.2 + seconds, 18))
    answer = Reaction(1, "voice", 6.1, 6.1 + seconds, 0.6)

    film = shots(speaking, FPS, [answer])

    assert shown_at(film, 6.1).person == shown_at(film, 6.1 + min(seconds, 0.7)).person == 1
    assert shown_at(film, 8.2).person == 0


def test_single_short_turn_is_seen_on_who_says_it():
    film = shots(dialogue(20, (0, 1, 8), (1, 8.3, 9.3), (0, 10.0, 18)), FPS)

    assert shown_at(film, 8.8).person == 1


def test_long_turn_shows_the_listener_once_even_if_nothing_happens():
    film = shots(dialogue(30, (0, 1, 5.2), (0, 5.5, 16), (1, 16.5, 28)), FPS)

    listener = [shot for shot in film if shot.seconds < 15 and shot.person == 1]

    assert [shot.seconds for shot in listener] == [5.2], "at the end of a phrase"
    assert shown_at(film, 14.0).person == 0


def test_quick_exchange_stays_in_the_two_shot():
    turns = [(index % 2, 4 + 1.2 * index, 5.1 + 1.2 * index) for index in range(10)]

    film = shots(dialogue(20, *turns), FPS)

    assert {shot.view for shot in film} == {"two"}


@pytest.mark.parametrize("length", [0.6, 0.8, 1.1])
def test_quick_exchange_goes_over_shoulders_where_the_two_shot_shows_small_faces(length):
    turns = [(index % 2, 4 + (length + 0.1) * index, 4 + length + (length + 0.1) * index) for index in range(12)]
    end = turns[-1][2]

    film = shots(dialogue(30, *turns), FPS, two_shot_is_close=False)

    exchange = [shot for shot in film if 3.5 < shot.seconds < end]
    assert {shot.view for shot in film if shot.person is not None} == {"over"}
    assert all(one.person != other.person for one, other in itertools.pairwise(exchange))
    assert len(exchange) >= 4
    held = np.diff([shot.seconds for shot in exchange])
    assert held.min() >= SHORTEST_SHOT
    assert held.max() < 3.2
    assert film[-1].view == "two"


def test_long_turns_are_cut_alike_however_large_faces_are_in_the_two_shot():
    speaking = dialogue(30, (0, 1, 7), (1, 7.2, 13), (0, 13.1, 19), (1, 19.3, 26))

    assert shots(speaking, FPS, two_shot_is_close=False) == shots(speaking, FPS)


def test_too_short_for_cuts_is_one_shot():
    assert len(shots(dialogue(5, (0, 0, 3)), FPS)) == 1


def test_silence_is_one_shot():
    assert len(shots(dialogue(30), FPS)) == 1


def test_overlap_does_not_flicker():
    film = shots(dialogue(24, (0, 0.6, 9), (1, 7, 16), (0, 15, 23)), FPS)

    assert min(np.diff([shot.seconds for shot in film])) >= SHORTEST_SHOT - 1e-9


@settings(deadline=None, max_examples=examples(60))
@example(337, 69.25, False)
@given(st.integers(0, 2**31), st.floats(0.6, 90.0), st.booleans())
def test_no_shot_is_ever_too_short_nor_the_same_twice(seed, seconds, close):
    random = np.random.default_rng(seed)
    blocks = random.random((2, int(seconds) + 1)) > 0.5
    speaking = np.repeat(blocks, 25, axis=1)[:, : max(1, round(seconds * FPS))].astype(float)
    reactions = [
        Reaction(int(random.integers(2)), "nod", start, start + random.uniform(0.1, 3.0), random.random())
        for start in np.sort(random.uniform(0.0, seconds, int(seconds)))
    ]

    film = shots(speaking, FPS, reactions, two_shot_is_close=close)

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
