"""What changes between two motions of one sound."""

from dataclasses import replace

import numpy as np
import pytest

from lab.evaluation.colocated.comparison import PARTS, changes, mean_changes
from tests.support.made_motion import FRAMES, JAW_OPEN, face_of_arkit, lively, turns


def test_a_motion_does_not_differ_from_itself():
    found = changes(lively(1), lively(1), turns(), face_of_arkit())

    assert set(found) == set(PARTS)
    for numbers in found.values():
        assert numbers["rms"] == numbers["largest"] == 0.0
        assert numbers["correlation"] == pytest.approx(1.0)


def test_another_seed_of_the_same_lips_changes_all_but_the_lips():
    found = changes(lively(1), lively(2), turns(), face_of_arkit())

    assert found["opening in speech"]["correlation"] == pytest.approx(1.0)
    for part in ("head", "gaze", "sway"):
        assert abs(found[part]["correlation"]) < 0.5
        assert found[part]["rms"] > found[part]["spread"]


def test_differences_come_in_millimetres_and_degrees():
    motion = lively(1)
    neck, expression, sway = motion.neck.copy(), motion.expression.copy(), motion.sway.copy()
    neck[..., 1] += np.radians(4.0)
    expression[..., JAW_OPEN] += 0.3
    sway[..., 2] += 0.005
    other = replace(motion, neck=neck, expression=expression, sway=sway)

    found = changes(motion, other, turns(), face_of_arkit())

    assert found["head"]["rms"] == pytest.approx(4.0, rel=1e-4)
    assert found["opening in speech"]["largest"] == pytest.approx(3.0, rel=1e-3)
    assert found["sway"]["rms"] == pytest.approx(5.0, rel=1e-3)
    assert found["gaze"]["rms"] == 0.0


def test_a_mouth_is_compared_only_while_its_owner_speaks():
    motion = lively(1)
    expression = motion.expression.copy()
    expression[0, FRAMES // 2 :, JAW_OPEN] = 1.0  # while the second speaks

    found = changes(motion, replace(motion, expression=expression), turns(), face_of_arkit())

    assert found["opening in speech"]["rms"] == 0.0


def test_sway_that_an_engine_does_not_tell_is_left_out():
    assert "sway" not in changes(lively(1), replace(lively(2), sway=None), turns(), face_of_arkit())


def test_means_keep_the_largest_of_all():
    one = changes(lively(1), lively(2), turns(), face_of_arkit())
    other = changes(lively(1), lively(1), turns(), face_of_arkit())

    found = mean_changes([one, other])

    assert found["head"]["largest"] == one["head"]["largest"]
    assert found["head"]["rms"] == pytest.approx(one["head"]["rms"] / 2)
