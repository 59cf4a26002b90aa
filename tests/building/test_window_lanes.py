"""What the lanes of the window's stories come to."""

import pytest

from building.window_tests import first_failure


@pytest.mark.parametrize(("codes", "code"), [([], 1), ([0, 0], 0), ([0, -11], -11), ([-9, 3], -9), ([0, 2, 1], 2)])
def test_a_lane_that_a_signal_ended_is_a_failure(codes, code):
    assert first_failure(codes) == code
