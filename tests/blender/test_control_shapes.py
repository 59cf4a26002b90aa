"""What an animator sees of a head's controls: names that can be read, and a face that stays free."""

from itertools import permutations

import numpy as np
import pytest
from duologue.addon.heads import control_shapes
from duologue.addon.heads.control_board import CONTROLS, TRAVEL
from duologue.addon.heads.controls import BOARD
from duologue.addon.heads.rig import head_mesh

from tests.support.head_comparison import coordinates

_HALF = 0.078
"""Metres: half the board's width."""


def apart(one, other):
    """Whether two boxes, each lowest and highest corner, do not touch."""
    return bool((one[1] < other[0]).any() or (other[1] < one[0]).any())


def test_no_name_on_the_board_touches_another_name_or_control(scene):
    names, ways = {}, {}
    for control in CONTROLS:
        letters, _ = control_shapes._letters(control.label)
        letters = letters[:, :2] + (control.place[0], control.place[1] + TRAVEL + control_shapes._GAP)
        names[control.name] = letters.min(axis=0), letters.max(axis=0)
        ends = np.array([control.reach(0), control.reach(1)]).T + control.place  # [2, 2]
        knob = np.array(control.place)
        ways[control.name] = (
            np.minimum(ends[0], knob - control_shapes._KNOB),
            np.maximum(ends[1], knob + control_shapes._KNOB),
        )
        assert np.ptp(letters[:, 1]) > 0.008, "letters that are read where the face fills half of the view"
    for one, other in permutations(names, 2):
        assert apart(names[one], names[other]), (one, other)
        assert apart(names[one], ways[other]), (one, other)


@pytest.mark.parametrize("degrees", [0, 20, 35])
def test_board_is_beside_the_head_from_the_front_and_from_three_quarters(anna, degrees):
    places = coordinates(head_mesh(anna).data.vertices).reshape(-1, 3)
    board = np.array(anna.data.bones[BOARD].head_local)
    face = places[places[:, 1] > board[1] - 0.09]
    turn = np.radians(degrees)
    seen = np.array([np.cos(turn), 0.0, -np.sin(turn)])

    assert (face @ seen).max() < (board - (_HALF, 0.0, 0.0)) @ seen


def test_nothing_is_drawn_over_the_eyes(anna):
    for side in ("left", "right"):
        shape = anna.pose.bones[f"eye_{side}"].custom_shape
        points = coordinates(shape.data.vertices).reshape(-1, 3)
        assert np.linalg.norm(points, axis=1).min() > 0.008, "the iris stays free"


def test_an_older_board_s_frame_is_not_taken_for_a_new_one(anna):
    frame = anna.pose.bones["control frame"].custom_shape
    older = CONTROLS[:-1]

    assert control_shapes.board_shape(CONTROLS) == frame
    assert control_shapes.board_shape(older) != frame
