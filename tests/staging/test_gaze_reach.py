"""Eye contact in stagings nobody would choose, the convergence of both eyes, and what happens out of reach."""

from math import radians

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.contract.job import Character
from backend.staging.anatomy import EYE_LIMIT, NECK_LIMIT, TRUNK_LIMIT
from backend.staging.compose import compose
from backend.staging.gaze import ALWAYS_MET, REACH, out_of_reach, reach_warnings
from backend.staging.presets import arrangements
from backend.staging.prompt import stage_prompt
from backend.staging.stage import Place, Staging
from tests.support.examples import examples
from tests.support.sightlines import miss_degrees, sightlines
from tests.support.synthetic_face import make_motion, synthetic_face

EYES_AT = {"seated": 1.2, "standing": 1.58}


def cast_of(statures=(1.7, 1.7), large=(0.0, 0.0), long=(0.0, 0.0)):
    return tuple(
        Character(name, {"large": large[who], "long": long[who]}, {"stature": statures[who]})
        for who, name in enumerate(("Anna", "Ben"))
    )


def facing_pair(distance, turned=(0.0, 0.0), posture=("seated", "seated"), lean=(0.0, 0.0), bearing=0.0):
    """Two people `distance` metres apart, each `turned` degrees from the other (opposite ways)."""
    along = distance * np.array([np.sin(bearing), 0.0, np.cos(bearing)])
    places = (
        Place((0.0, EYES_AT[posture[0]], 0.0), bearing - radians(turned[0]), posture[0], radians(lean[0])),
        Place(
            (float(along[0]), EYES_AT[posture[1]], float(along[2])),
            bearing + np.pi + radians(turned[1]),
            posture[1],
            radians(lean[1]),
        ),
    )
    return Staging("test", places)


@pytest.mark.parametrize("name", sorted(set(arrangements()) - {"back_to_back", "one_behind"}))
@pytest.mark.parametrize("statures", [(1.2, 2.0), (1.2, 1.2), (2.0, 1.62)])
def test_eyes_meet_in_every_arrangement_that_allows_it_whatever_the_statures(name, statures):
    face, cast = synthetic_face(), cast_of(statures, large=(-1.0, 1.0), long=(0.0, 1.0))
    title = arrangements()[name].words or arrangements()[name].places or arrangements()[name].manners
    staging = stage_prompt(title[0]).staging

    misses = miss_degrees(face, cast, compose(make_motion(1, 100, 6.0), staging, face, cast))

    assert misses.max() < 3.0


@settings(max_examples=examples(200), deadline=None)
@given(
    distance=st.floats(0.4, 4.0),
    bearing=st.floats(-np.pi, np.pi),
    turned=st.tuples(*[st.floats(-135.0, 135.0)] * 2),
    posture=st.tuples(*[st.sampled_from(("seated", "standing"))] * 2),
    lean=st.tuples(*[st.floats(-15.0, 10.0)] * 2),
    statures=st.tuples(*[st.floats(1.2, 2.0)] * 2),
    heads=st.tuples(*[st.tuples(*[st.floats(-1.0, 1.0)] * 2)] * 2),
    lively=st.tuples(st.floats(0.0, 6.0), st.integers(0, 1000)),
)
def test_eyes_meet_a_child_or_a_giant_seated_or_standing_from_every_side(
    distance, bearing, turned, posture, lean, statures, heads, lively
):
    face, cast = synthetic_face(), cast_of(statures, *heads)
    staging = facing_pair(distance, turned, posture, lean, bearing)

    composition = compose(make_motion(lively[1], 60, lively[0]), staging, face, cast, lively[1])

    assert np.degrees(ALWAYS_MET) == pytest.approx(135.0)
    assert miss_degrees(face, cast, composition).max() < 3.0


@pytest.mark.parametrize("distance", [0.4, 0.55, 0.8, 1.2, 2.0, 4.0])
@pytest.mark.parametrize("large", [-1.0, 1.0])
def test_both_eyes_converge_as_the_distance_asks(distance, large):
    face, cast = synthetic_face(), cast_of(large=(large, 0.0))

    composition = compose(make_motion(0, 60, 0.0), facing_pair(distance), face, cast)

    found = [
        sightlines(face, character.identity, composition.pose[who], composition.translation[who])
        for who, character in enumerate(cast)
    ]
    for who in range(2):
        positions, directions = found[who]
        apart = np.linalg.norm(positions[:, 0] - positions[:, 1], axis=-1)
        away = np.linalg.norm(positions.mean(axis=1) - found[1 - who][0].mean(axis=1), axis=-1)
        cosine = np.clip(np.sum(directions[:, 0] * directions[:, 1], axis=-1), -1.0, 1.0)
        vergence = np.degrees(np.arccos(cosine))
        assert np.abs(vergence - np.degrees(2.0 * np.arctan(apart / 2.0 / away))).max() < 0.3


@pytest.mark.parametrize("turn", [145.0, 152.0, 158.0, 162.0, 170.0, 178.0, 180.0, -170.0])
@pytest.mark.parametrize("head", [0.0, 6.0])
def test_who_sits_beyond_reach_is_missed_by_no_more_than_what_lies_beyond(turn, head):
    face, cast = synthetic_face(), cast_of()
    staging = facing_pair(1.0, (turn, turn))

    composition = compose(make_motion(2, 100, head), staging, face, cast)

    beyond = np.degrees(max(out_of_reach(staging)))
    assert miss_degrees(face, cast, composition).max() < beyond + 6.0 + head
    assert np.linalg.norm(composition.pose[:, :, 1], axis=-1).max() < NECK_LIMIT + 1e-4


def test_nothing_jumps_where_the_partner_is_right_behind():
    face, cast = synthetic_face(), cast_of()

    composition = compose(make_motion(2, 250, 6.0), facing_pair(0.6, (180.0, -179.0)), face, cast)

    still = compose(make_motion(2, 250, 6.0), facing_pair(0.6), face, cast)
    largest = np.abs(np.diff(composition.pose[:, :, :2], axis=1)).max()
    assert largest < 3.0 * np.abs(np.diff(still.pose[:, :, :2], axis=1)).max()


def test_head_that_has_followed_far_comes_back_as_soon_as_the_eyes_do():
    face, cast = synthetic_face(), cast_of()
    motion = make_motion(0, 200, 0.0)
    motion.gaze[0, :100, 0] = radians(-90.0)

    composition = compose(motion, facing_pair(1.0, (150.0, 0.0)), face, cast)

    assert miss_degrees(face, cast, composition)[0, 125:].max() < 3.0


def test_out_of_reach_is_what_lies_beyond_trunk_neck_and_eyes():
    within, behind = facing_pair(1.0, (150.0, 0.0)), facing_pair(1.0, (180.0, 0.0))

    assert out_of_reach(within) == (0.0, 0.0)
    assert out_of_reach(behind) == pytest.approx((np.pi - REACH, 0.0))
    assert pytest.approx(TRUNK_LIMIT + NECK_LIMIT + EYE_LIMIT.side) == REACH


def test_who_faces_too_far_away_to_look_at_the_other_is_told():
    behind, round_about = facing_pair(1.0, (180.0, 0.0)), facing_pair(1.0, (150.0, -150.0))

    (warning,) = reach_warnings(behind, ("Anna", "Ben"))

    assert warning == "Anna faces too far away to look at Ben: eyes stop 22° short. Turn Anna round."
    assert reach_warnings(round_about, ("Anna", "Ben")) == ()
