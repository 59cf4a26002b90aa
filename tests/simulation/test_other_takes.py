"""Other takes of a rehearsal: the same words from the same lips, everything else drawn anew."""

import numpy as np
import pytest

from backend.contract.arkit import ARKIT_INDEX
from backend.contract.errors import ExitCode
from lab.simulation.other_takes import TAKES, act_again, count_takes, load_takes, save_takes
from lab.simulation.rehearsal import make_rehearsal
from lab.simulation.speech.voices import FLITE_ALONE
from tests.support.refusals import refused

SEED, SECONDS = 11, 20.0


@pytest.fixture(scope="module")
def takes():
    return act_again(SEED, SECONDS, FLITE_ALONE, 2)


@pytest.fixture(scope="module")
def first():
    return make_rehearsal(SEED, SECONDS).motion


def test_lips_shut_where_they_did_in_the_first_take(takes, first):
    funnel = ARKIT_INDEX["mouthFunnel"]

    assert takes["expression"].shape == (2, *first.expression.shape)
    for take in takes["expression"]:
        np.testing.assert_allclose(take[..., funnel], first.expression[..., funnel], atol=0.05)


@pytest.mark.parametrize(
    ("name", "columns"),
    [("expression", [ARKIT_INDEX["eyeBlinkLeft"]]), ("neck", [0, 1, 2]), ("gaze", [0, 1]), ("sway", [0, 1, 2])],
)
def test_everything_else_is_another_one_in_every_take(takes, name, columns):
    one, other = takes[name][..., columns].astype(np.float32)

    assert np.abs(one - other).max() > 1e-3


def test_people_keep_their_habits(takes, first):
    blinks = [(np.diff(rows[..., ARKIT_INDEX["eyeBlinkLeft"]] > 0.5) != 0).sum() for rows in takes["expression"]]
    usual = (np.diff(first.expression[..., ARKIT_INDEX["eyeBlinkLeft"]] > 0.5) != 0).sum()

    assert all(0.3 * usual <= each <= 3 * usual for each in blinks)


def test_a_take_is_the_same_however_many_are_made(takes):
    alone = act_again(SEED, SECONDS, FLITE_ALONE, 1)

    for name, rows in alone.items():
        np.testing.assert_array_equal(rows[0], takes[name][0])


def test_takes_come_back_as_they_were_saved(tmp_path, takes):
    save_takes(tmp_path, takes)

    loaded = load_takes(tmp_path)

    assert count_takes(tmp_path) == 2
    for name, rows in takes.items():
        np.testing.assert_array_equal(loaded[name], rows)


def test_a_recording_may_have_no_other_takes(tmp_path):
    assert load_takes(tmp_path) is None
    assert count_takes(tmp_path) == 0


@pytest.mark.parametrize("damage", ["cut", "parts"])
def test_a_damaged_file_is_named(tmp_path, takes, damage):
    if damage == "cut":
        (tmp_path / TAKES).write_bytes(b"PK\x03\x04 and no more")
    else:
        save_takes(tmp_path, takes | {"gaze": takes["gaze"][:1]})

    with refused(ExitCode.ASSET_CORRUPT) as failure:
        load_takes(tmp_path)

    assert TAKES in failure.value.message
