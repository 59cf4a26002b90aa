"""Keeping: a maker that keeps, one that forgets, one that fits, and one that does not."""

from dataclasses import replace

import numpy as np
import pytest

from backend.engines.base import keep
from lab.evaluation.colocated.seams import inpainted as measured
from lab.evaluation.colocated.seams import masks
from tests.support.made_motion import FRAMES, face_of_arkit, lively, table_for_two


def inpainted(motion, mask, remake):
    return measured(motion, mask, table_for_two(), face_of_arkit(), remake)


def pasted(kept):
    """Something else, cut in where nothing is kept."""
    return keep(lively(7, lips_seed=5), kept)


def fitting(kept):
    """What was there, and in the middle of each range something else that fades in and out."""
    far = np.ones(kept.mask.shape[1])
    inside = ~kept.mask
    weight = np.zeros(kept.mask.shape)
    for who in range(2):
        edge = np.convolve(inside[who], np.hanning(51), mode="same")
        weight[who] = np.where(inside[who], np.clip((edge - edge[inside[who]].min()) / 25.0, 0, 1), 0) * far
    other = lively(7, lips_seed=5)
    arrays = {
        name: getattr(kept.motion, name) * (1 - weight[..., None]) + getattr(other, name) * weight[..., None]
        for name in ("expression", "jaw", "neck", "gaze", "sway")
    }
    return replace(kept.motion, **arrays)


def test_what_is_kept_is_equal_and_the_rest_is_new():
    found = inpainted(lively(1), masks(FRAMES)["one person kept"], pasted)

    assert found.kept_error == 0.0
    assert found.changed > 0.5
    assert np.isnan(found.made.above)  # a person has no border with the other one


def test_a_maker_that_forgets_is_told():
    found = inpainted(lively(1), masks(FRAMES)["all but 4 s kept"], lambda _kept: lively(7))

    assert found.kept_error > 0.01


def test_a_range_that_is_pasted_in_jumps_at_its_borders():
    found = inpainted(lively(1), masks(FRAMES)["all but 4 s kept"], pasted)

    assert found.made.above > 0.5
    assert found.made.luck < 0.01
    assert found.joined.above < 0.2  # staging eases it into the take


def test_a_range_that_fits_does_not():
    found = inpainted(lively(1), masks(FRAMES)["all but 4 s kept"], fitting)

    assert found.kept_error == 0.0
    assert found.changed > 0.1
    assert found.made.above < 0.2


def test_nothing_is_changed_where_everything_is_kept():
    found = inpainted(lively(1), np.ones((2, FRAMES), bool), pasted)

    assert found.changed == found.kept_error == 0.0


@pytest.mark.parametrize("case", ["all but 4 s kept", "all but 4 s of one kept"])
def test_ranges_that_are_made_anew_last_four_seconds(case):
    mask = masks(60 * 25)[case]

    runs = np.flatnonzero(np.diff(mask[1].astype(int)))

    assert np.all(np.diff(runs)[::2] == 100)
    assert mask[0].all() == (case == "all but 4 s of one kept")
