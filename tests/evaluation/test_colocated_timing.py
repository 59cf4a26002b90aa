"""What can be correlation_with_truth of when people move: the right moments count, how often people move does not."""

import numpy as np
import pytest

from backend.contract.arkit import ARKIT_INDEX
from backend.engines.base import Motion
from lab.evaluation.colocated.behaviour import SIGNALS, correlation_with_truth, coupling
from lab.evaluation.colocated.comparison import mean_of

FRAMES = 500


def moving(moments):
    """Both people smile for a second at `moments`, in frames, and do nothing else."""
    smile = np.zeros(FRAMES)
    for moment in moments:
        smile[moment : moment + 25] = 0.6
    expression = np.zeros((2, FRAMES, 52))
    expression[..., [ARKIT_INDEX["cheekSquintLeft"], ARKIT_INDEX["cheekSquintRight"]]] = smile[:, None]
    still = np.zeros((2, FRAMES, 3))
    return Motion(expression, still, still, np.zeros((2, FRAMES, 2)), np.ones((2, FRAMES)))


def test_smiles_at_the_right_moments_are_foretold_and_at_others_are_not():
    truth = moving([50, 300])

    right = correlation_with_truth(truth, [moving([50, 300]), moving([50])])["smile"]
    wrong = correlation_with_truth(truth, [moving([150, 400]), moving([200])])["smile"]

    assert right > 0.9
    assert wrong < 0.0


def test_what_never_moves_is_not_measured():
    found = correlation_with_truth(moving([50]), [moving([50])])

    assert np.isnan([found[name] for name in SIGNALS if name != "smile"]).all()


def test_dialogues_without_a_signal_do_not_count():
    nothing = dict.fromkeys(SIGNALS, float("nan"))

    found = mean_of([nothing | {"smile": 0.2}, nothing | {"smile": 0.4, "frown": 0.1}])

    assert found["smile"] == pytest.approx(0.3)
    assert found["frown"] == pytest.approx(0.1)
    assert np.isnan(found["blinks"])


def test_who_smiles_soon_after_the_other_is_coupled_and_who_smiles_elsewhere_is_not():
    together, apart = (
        np.stack([moving([100, 300]).expression[0], moving(later).expression[0]]) for later in ([112, 310], [30, 200])
    )
    still = moving([])

    coupled, alone = (
        coupling(Motion(both, still.jaw, still.neck, still.gaze, still.speaking))["smile"] for both in (together, apart)
    )

    assert coupled > 0.3
    assert alone < 0.0
