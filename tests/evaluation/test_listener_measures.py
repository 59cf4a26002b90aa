"""What a listener's measures say of motion that is known to be good, or bad in a known way."""

import numpy as np
import pytest

from backend.engines.dualtalk.motion_numbers import EXPRESSION, NUMBERS
from lab.evaluation.measures.dualtalk_metrics import frechet_distance, residual_correlation
from lab.evaluation.measures.listener import Listener, listener_measures, listening_frames, mean_of

FRAMES, DIALOGUES = 400, 6


def _dialogues(spoil=lambda truth, dice: truth):
    """Listeners whose numbers are half the partner's and half their own; `made` is `spoil`(truth)."""
    found = []
    for seed in range(DIALOGUES):
        dice = np.random.default_rng(seed)
        people = []
        for _ in range(2):
            partner = dice.standard_normal((FRAMES, NUMBERS))
            truth = 0.5 * partner + 0.5 * dice.standard_normal((FRAMES, NUMBERS))
            people.append(Listener(spoil(truth, dice), truth, partner))
        found.append(people)
    return found


def test_the_truth_itself_is_perfect():
    found = listener_measures(_dialogues())

    for part in ("exp", "jaw", "pose", "eyes", "blinks"):
        assert found[f"p_fd_{part}"].value == pytest.approx(0.0, abs=1e-6)
        assert found[f"rpcc_{part}"].value == 0.0
        assert found[f"explained_{part}"].value == pytest.approx(1.0)


def test_values_are_those_of_the_published_metrics_over_all_frames():
    dialogues = _dialogues(lambda truth, dice: 0.6 * truth + 0.1 * dice.standard_normal(truth.shape))
    everybody = [person for people in dialogues for person in people]
    made, truth, partner = (
        np.concatenate([getattr(who, name)[:, EXPRESSION] for who in everybody])
        for name in ("made", "truth", "partner")
    )

    found = listener_measures(dialogues)

    expected = frechet_distance(np.hstack((partner, truth)), np.hstack((partner, made)))
    each = [residual_correlation(*(a[:, EXPRESSION] for a in (who.made, who.truth, who.partner))) for who in everybody]
    assert found["p_fd_exp"].value == pytest.approx(expected, rel=1e-6)
    assert found["rpcc_exp"].value == pytest.approx(np.mean(each))
    assert found["rpcc_pooled_exp"].value == pytest.approx(residual_correlation(made, truth, partner))


def test_motion_that_heeds_nobody_is_told_by_every_measure():
    found = listener_measures(_dialogues(lambda truth, dice: np.sqrt(0.5) * dice.standard_normal(truth.shape)))

    assert found["rpcc_exp"].value > 10 * found["rpcc_exp"].error
    assert found["p_fd_exp"].value > 10 * found["p_fd_exp"].error
    assert found["explained_exp"].value < -0.8


def test_a_difference_on_the_same_dialogues_is_surer_than_its_parts():
    first = listener_measures(_dialogues(lambda truth, _dice: 0.60 * truth))["p_fd_exp"]
    second = listener_measures(_dialogues(lambda truth, _dice: 0.62 * truth))["p_fd_exp"]

    difference = first.less(second)

    assert difference.value > 0
    assert difference.error < 0.3 * first.error


def test_the_error_of_a_mean_is_the_standard_error():
    dialogues = _dialogues(lambda truth, dice: truth + dice.standard_normal(truth.shape))
    found = listener_measures(dialogues)["rpcc_jaw"]

    each = [listener_measures([people, people])["rpcc_jaw"].value for people in dialogues]

    assert found.error == pytest.approx(np.std(each, ddof=1) / np.sqrt(DIALOGUES))
    assert mean_of([found, found]).error == pytest.approx(found.error)


def test_one_dialogue_alone_has_no_error():
    with pytest.raises(ValueError, match="two dialogues"):
        listener_measures(_dialogues()[:1])


def test_listening_is_when_the_other_speaks_and_one_does_not():
    speaking = np.array([[0, 1, 1, 0, 0.2], [1, 1, 0, 0, 0.9]])

    assert listening_frames(speaking, 0).tolist() == [True, False, False, False, True]
    assert listening_frames(speaking, 1).tolist() == [False, False, True, False, False]
