"""What the lanes of the window's stories come to."""

import os

import pytest

from building.window_tests import first_failure
from tests.ui.run import _play


@pytest.mark.parametrize(("codes", "code"), [([], 1), ([0, 0], 0), ([0, -11], -11), ([-9, 3], -9), ([0, 2, 1], 2)])
def test_a_lane_that_a_signal_ended_is_a_failure(codes, code):
    assert first_failure(codes) == code


@pytest.mark.parametrize(("failure", "code", "said"), [("null", 0, False), ("null", 11, True), ('"no"', 0, True)])
def test_a_story_ends_well_where_blender_does_too(tmp_path, failure, code, said):
    blender = tmp_path / "blender"
    blender.write_text(f"#!/bin/sh\necho '{{\"failure\": {failure}}}' > {tmp_path}/it.json\nexit {code}\n")
    blender.chmod(0o755)

    found = _play("it", tmp_path, {"PATH": f"{tmp_path}:{os.environ['PATH']}"})

    assert (found is not None) == said
