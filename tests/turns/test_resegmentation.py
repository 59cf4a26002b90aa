"""What two people sound like, learnt from short stretches of their speech."""

import numpy as np
import pytest

from backend.turns.resegmentation import reestimated_centres, refined_centres


def unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


@pytest.fixture
def voices():
    """[2, 192] two voices, and [80, 192] noisy chunks of them: 50 of the first, 30 of the second."""
    generator = np.random.default_rng(1)
    true = unit(generator.normal(size=(2, 192)))
    return true, unit(np.repeat(true, [50, 30], axis=0) + generator.normal(0.0, 0.05, (80, 192)))


def test_a_centre_that_was_both_people_becomes_one(voices):
    true, chunks = voices
    blurred = unit(np.stack([true[0] + 0.8 * true[1], true[1]]))

    found = refined_centres(blurred, chunks)

    assert (np.sum(found * true, axis=1) > 0.97).all()
    assert np.sum(blurred[0] * true[0]) < 0.85


def test_a_voice_that_no_chunk_sounds_like_stays(voices):
    true, chunks = voices

    assert np.allclose(refined_centres(true, chunks[:50])[1], true[1])


def test_centres_that_are_both_the_same_person_are_found_anew_in_their_order(voices):
    true, chunks = voices
    generator = np.random.default_rng(2)
    third = unit(generator.normal(size=192))  # a cough: no person
    wrong = unit(np.stack([true[0] + 0.1 * true[1], true[0] + 3.0 * third]))

    found = reestimated_centres(wrong, np.concatenate([chunks, third[None]]))

    assert sorted(np.argmax(found @ true.T, axis=1)) == [0, 1]
    assert np.max(found @ true.T, axis=1).min() > 0.95
    assert found[0] @ true[0] > 0.95


def test_good_centres_are_kept(voices):
    true, chunks = voices

    assert np.allclose(reestimated_centres(true, chunks), refined_centres(true, chunks))


def test_a_few_chunks_are_not_grouped(voices):
    true, chunks = voices

    assert np.allclose(reestimated_centres(true, chunks[:1]), refined_centres(true, chunks[:1]))
