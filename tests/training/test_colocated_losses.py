"""The loss's terms against numbers worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from backend.contract.arkit import ARKIT_INDEX
from backend.contract.constants import JAW_OPEN_RADIANS
from backend.engines.colocated.stream import EXPRESSION, EYES, JAW, NECK, TRANSLATION
from lab.training.colocated.config import LossWeights
from lab.training.colocated.losses import TERMS, ColocatedLosses, gaze_error, lip_error, velocity_error
from lab.training.colocated.windows import draw_dialogue, stacked
from tests.support.colocated_data import SETTINGS, made_up_dialogue, made_up_face

ONES = LossWeights(1.0, 1.0, 1.0, 1.0, 1.0, 1.0)
OPEN = ARKIT_INDEX["mouthFunnel"]


def still(batch=1, frames=40):
    return torch.zeros(batch, 2, frames, 65)


@pytest.fixture
def losses():
    return ColocatedLosses(made_up_face(), torch.zeros(65), torch.ones(65), ONES)


@pytest.fixture
def batch():
    """Two windows in which nothing moves and the first person speaks."""
    rng = np.random.default_rng(0)
    drawn = stacked([draw_dialogue(rng, [made_up_dialogue("a", 80, 0)], 1e9, SETTINGS, 0.5) for _ in range(2)])
    active = torch.zeros(2, 2, 40)
    active[:, 0] = 1.0
    return replace(drawn, clean=still(2), active=active)


def test_what_is_right_costs_nothing(losses, batch):
    terms = losses.dialogue(batch.clean, batch) | {
        f"dubbing {name}": value for name, value in losses.dubbing(batch.clean, batch).items()
    }

    assert all(float(value) == pytest.approx(0.0, abs=1e-6) for value in terms.values())


@pytest.mark.parametrize(
    ("part", "off", "term", "wanted"),
    [
        (EXPRESSION, 0.5, "expression", 0.25),
        (TRANSLATION, 2.0, "translation", 4.0),
        (JAW, 1.0, "rotation", 3 / 10),
        (NECK, 1.0, "rotation", 3 / 10),
        (EYES, 1.0, "rotation", 4 / 10),
    ],
)
def test_numbers_that_are_off_are_squared_and_averaged(losses, batch, part, off, term, wanted):
    made = still(2)
    made[..., part] = off

    assert float(losses.dialogue(made, batch)[term]) == pytest.approx(wanted)


def test_units_are_taken_off_before_errors_are_measured(batch):
    scale = torch.full((65,), 0.1)
    losses = ColocatedLosses(made_up_face(), torch.full((65,), 0.3), scale, ONES)
    made = (still(2) - 0.3) / 0.1
    made[..., 3] += 1.0

    assert float(losses.dialogue(made, batch)["expression"]) == pytest.approx(1 / 52, rel=1e-4)


def test_velocity_is_millimetres_a_frame(losses):
    made = still()
    made[..., TRANSLATION.start] = torch.arange(40) * 0.002  # 2 mm further a frame

    found = velocity_error(losses.skin, made, still())

    assert found.shape == (1, 2, 39)
    torch.testing.assert_close(found, torch.full_like(found, 4.0), rtol=1e-3, atol=1e-3)


def test_gaze_is_the_cosine_seen_by_the_partner_and_from_the_head():
    aside = still()
    aside[..., EYES.start], aside[..., EYES.start + 2] = 0.3, 0.3
    turned = still()
    turned[..., NECK.start + 1] = 0.3
    together = aside + turned

    assert float(gaze_error(aside, still()).mean()) == pytest.approx(1 - np.cos(0.3), abs=1e-5)
    assert float(gaze_error(turned, still()).mean()) == pytest.approx((1 - np.cos(0.3)) / 2, abs=1e-5)
    assert float(gaze_error(together, still()).mean()) == pytest.approx((1 - np.cos(0.3)) / 2, abs=1e-5)


def test_eyes_that_converge_alike_on_both_sides_look_straight():
    converging = still()
    converging[..., EYES.start], converging[..., EYES.start + 2] = -0.05, 0.05

    assert float(gaze_error(converging, still()).max()) == pytest.approx(0.0, abs=1e-6)


def test_gaze_counts_twice_where_heads_turn_much(losses, batch):
    made = still(2)
    made[..., EYES] = 0.2

    once = losses.dialogue(made, replace(batch, turns=torch.zeros(2)))["gaze"]
    twice = losses.dialogue(made, replace(batch, turns=torch.ones(2)))["gaze"]

    assert float(twice) == pytest.approx(2 * float(once))


def test_gaze_may_be_left_out(batch):
    losses = ColocatedLosses(made_up_face(), torch.zeros(65), torch.ones(65), ONES, gaze=False)
    made = still(2)
    made[..., EYES] = 0.2

    assert float(losses.dialogue(made, batch)["gaze"]) == 0.0
    assert float(losses.dialogue(made, batch)["rotation"]) > 0.0


def test_a_jaw_that_is_wide_open_is_forty_millimetres_off(losses):
    made = still()
    made[..., JAW.start] = JAW_OPEN_RADIANS

    assert float(lip_error(losses.gap, made, still()).mean()) == pytest.approx(40.8**2, rel=1e-3)


@pytest.mark.parametrize("stage", ["dialogue", "dubbing"])
def test_lips_count_only_where_their_person_speaks(losses, batch, stage):
    speaker, listener = still(2), still(2)
    speaker[:, 0, :, OPEN], listener[:, 1, :, OPEN] = 1.0, 1.0

    assert float(getattr(losses, stage)(speaker, batch)["lips"]) == pytest.approx(13.3**2, rel=1e-3)
    assert float(getattr(losses, stage)(listener, batch)["lips"]) == 0.0


def test_dubbing_penalises_lip_and_jaw_of_who_speaks_and_nothing_else(losses, batch):
    elsewhere = still(2)
    elsewhere[:, 1] = 1.0  # the listener, everything
    elsewhere[:, 0, :, ARKIT_INDEX["browInnerUp"]] = 1.0
    elsewhere[:, 0, :, NECK.start :] = 1.0
    elsewhere.requires_grad_()
    mouth = still(2)
    mouth[:, 0, :, [ARKIT_INDEX["mouthSmileLeft"], JAW.start + 1]] = 1.0

    ignored = torch.stack(list(losses.dubbing(elsewhere, batch).values())).sum()
    ignored.backward()

    assert float(ignored.detach()) == 0.0
    assert float(elsewhere.grad[:, 1].abs().max()) == 0.0
    found = losses.dubbing(mouth, batch)
    assert float(found["expression"]) > 0.0
    assert float(found["rotation"]) == pytest.approx(1 / 3)


def test_only_whom_the_loss_counts_for_is_learned(losses, batch):
    made = still(2)
    made[:, 1] = 0.5

    terms = losses.dialogue(made, replace(batch, people=torch.tensor([[1.0, 0.0]] * 2)))

    assert list(terms) == list(TERMS)
    assert all(float(value) == pytest.approx(0.0, abs=1e-6) for value in terms.values())
