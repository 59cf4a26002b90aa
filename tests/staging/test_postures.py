"""Bodies in every posture, arrangement and facing: what trunk, neck and eyes do in a composed take."""

from math import radians
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from backend.animation.moments import moments_of_speech
from backend.contract.job import Character
from backend.staging.anatomy import EYE_LIMIT, NECK_LIMIT
from backend.staging.compose import compose
from backend.staging.gaze import reach_warnings
from backend.staging.layout import Conduct, lay_out
from backend.staging.outlook import outlook
from backend.staging.presets import arrangements
from backend.staging.stage import Facing, Place, Posture, scene_of
from tests.support.examples import examples
from tests.support.sightlines import miss_degrees, sightlines
from tests.support.synthetic_face import make_motion, synthetic_face

FACE = synthetic_face()
CAST = (Character("Anna", {}, {}), Character("Ben", {}, {}))
FRAMES = 250
UPRIGHT = [posture for posture in get_args(Posture) if posture != "lying"]


def conduct(posture="seated", **fields):
    return Conduct(posture, "neutral", **({"lean": 0.0} | fields))


def staged(name, first, second=None, distance=None, front=0):
    arrangement = arrangements()[name]
    second = second or conduct(arrangement.posture)
    return lay_out(name, arrangement, distance or arrangement.distance, 0, (first, second), front)[0]


def composed(staging, head_degrees=4.0, gaze_degrees=12.0, seed=3, cast=CAST):
    motion = make_motion(seed, FRAMES, head_degrees, gaze_degrees)
    return compose(motion, staging, FACE, cast, seed, moments_of_speech(motion.speaking))


def still(staging):
    return compose(make_motion(0, 60, 0.0), staging, FACE, CAST)


def trunk_and_head(composition, person):
    trunk = Rotation.from_rotvec(composition.pose[person, :, 0])
    return trunk, trunk * Rotation.from_rotvec(composition.pose[person, :, 1])


def eyes(composition, person, cast=CAST):
    positions, _ = sightlines(FACE, cast[person].identity, composition.pose[person], composition.translation[person])
    return positions.mean(axis=1)


def neck_degrees(composition, person):
    return np.degrees(np.linalg.norm(composition.pose[person, :, 1], axis=-1))


def sight_off_body(composition, staging, person):
    """[T] degrees between the line of sight and the way the body faces, on the floor plan."""
    _, directions = sightlines(FACE, {}, composition.pose[person], composition.translation[person])
    mean = directions.mean(axis=1)
    off = np.arctan2(mean[:, 0], mean[:, 2]) - staging.places[person].facing
    return np.degrees(np.abs((off + np.pi) % (2.0 * np.pi) - np.pi))


@pytest.mark.parametrize("posture", get_args(Posture))
def test_eyes_at_ease_are_where_the_posture_has_them(posture):
    staging = staged("face_to_face", conduct(posture))

    off = eyes(still(staging), 0) - np.array(staging.places[0].position)

    assert np.abs(np.median(off, axis=0)).max() < 0.04


@pytest.mark.parametrize("partner", ["seated", "standing", "kneeling", "perching"])
def test_who_lies_has_the_trunk_tipped_back_the_head_raised_on_a_pillow_and_sees_who_is_beside(partner):
    staging = staged("face_to_face", conduct("lying"), conduct(partner))

    composition = still(staging)
    trunk, head = trunk_and_head(composition, 0)

    tipped = np.degrees(np.arccos(trunk.apply([0.0, 1.0, 0.0])[:, 1]))
    face_up = np.degrees(np.arcsin(head.apply([0.0, 0.0, 1.0])[:, 1]))
    assert 65 < np.median(tipped) < 80
    assert 20 < np.median(face_up) < 55
    assert np.median(neck_degrees(composition, 0)) < 55
    assert miss_degrees(FACE, CAST, composition).max() < 3.0
    feet = np.array([np.sin(staging.places[0].facing), 0.0, np.cos(staging.places[0].facing)])
    assert (trunk.apply([0.0, 1.0, 0.0]) @ feet).max() < -0.9  # the head is away from the feet


def test_two_who_lie_beside_each_other_look_at_each_other():
    staging = staged("side_by_side", conduct("lying"), conduct("lying"))

    composition = still(staging)

    assert miss_degrees(FACE, CAST, composition).max() < 3.0
    assert max(np.median(neck_degrees(composition, person)) for person in (0, 1)) < 60


def test_who_lies_sways_less_than_who_sits_and_breathes():
    spread = {}
    for posture in ("lying", "seated"):
        where = eyes(still(staged("face_to_face", conduct(posture))), 0)
        spread[posture] = where.std(axis=0).max()

    assert 0.0 < spread["lying"] < spread["seated"]


@pytest.mark.parametrize(
    ("posture", "least", "most"),
    [("seated", -3, 4), ("standing", -3, 4), ("kneeling", -1, 6), ("crouching", 12, 21), ("perching", 0, 7)],
)
def test_a_trunk_tips_as_the_posture_has_it_and_the_head_stays_level(posture, least, most):
    trunk, head = trunk_and_head(still(staged("face_to_face", conduct(posture), conduct(posture))), 0)

    up, ahead = trunk.apply([0.0, 1.0, 0.0]), trunk.apply([0.0, 0.0, 1.0])
    flat = ahead * [1.0, 0.0, 1.0]
    forward = np.degrees(np.arcsin(np.sum(up * flat, axis=-1) / np.linalg.norm(flat, axis=-1)))
    assert least < np.median(forward) < most
    assert abs(np.median(head.apply([0.0, 0.0, 1.0])[:, 1])) < 0.05


@pytest.mark.parametrize(("name", "facing"), [("back_to_back", None), ("one_behind", None), ("standing", "back")])
@pytest.mark.parametrize("posture", get_args(Posture))
def test_who_has_the_partner_behind_looks_ahead_and_does_not_strain_the_neck(name, facing, posture):
    staging = staged(name, conduct(posture, facing=facing))

    composition = composed(staging)

    off = sight_off_body(composition, staging, 0)
    neck = neck_degrees(composition, 0)
    assert (off < 20).mean() > 0.65
    assert off.max() < 105
    assert np.median(neck) < 45
    assert np.percentile(neck, 95) < 65
    assert reach_warnings(staging, ("Anna", "Ben")) == ()


@pytest.mark.parametrize("facing", ["away", "thing", "camera", "upstage"])
def test_who_is_turned_aside_rests_there_and_turns_the_head_to_the_other_now_and_then(facing):
    staging = staged("standing", conduct("standing", facing=facing))

    off = sight_off_body(composed(staging), staging, 0)

    assert (off < 20).mean() > 0.4
    assert off.max() > 45


def test_the_trunk_of_who_looks_at_the_road_is_not_twisted_to_the_passenger():
    looking = conduct("seated", gaze_away=0.65, away="ahead")
    staging = staged("side_by_side", looking)
    trunk, _ = trunk_and_head(composed(staging), 0)

    ahead = trunk.apply([0.0, 0.0, 1.0])
    twist = np.degrees(np.arctan2(ahead[:, 0], ahead[:, 2]) - staging.places[0].facing)

    assert abs(np.median(twist)) < 5


@settings(max_examples=examples(40), deadline=None)
@given(
    name=st.sampled_from(sorted(arrangements())),
    people=st.tuples(
        *[
            st.builds(
                conduct,
                posture=st.sampled_from(get_args(Posture)),
                facing=st.none() | st.sampled_from(get_args(Facing)),
                lean=st.floats(-20.0, 30.0),
                raised=st.floats(-0.3, 1.5),
                gaze_away=st.floats(0.0, 0.9),
                away=st.none() | st.just("ahead") | st.just((0.0, -30.0)),
            )
        ]
        * 2
    ),
    distance=st.floats(0.42, 3.0),
    statures=st.tuples(*[st.floats(1.2, 2.0)] * 2),
    seed=st.integers(0, 1000),
)
def test_no_neck_or_eye_passes_its_range_nobody_collides_and_nothing_flips(name, people, distance, statures, seed):
    cast = tuple(
        Character(who, {}, {"stature": stature}) for who, stature in zip(("Anna", "Ben"), statures, strict=True)
    )
    staging = staged(name, *people, distance=distance, front=seed % 2)

    composition = composed(staging, seed=seed, cast=cast)

    assert np.isfinite(composition.pose).all()
    assert np.linalg.norm(composition.pose[:, :, 1], axis=-1).max() < NECK_LIMIT + 1e-4
    assert np.linalg.norm(composition.pose[:, :, 3:], axis=-1).max() < EYE_LIMIT.side + 1e-3
    assert np.linalg.norm(eyes(composition, 0, cast) - eyes(composition, 1, cast), axis=-1).min() > 0.3
    for person in (0, 1):
        for part in trunk_and_head(composition, person):
            assert np.degrees((part[1:] * part[:-1].inv()).magnitude()).max() < 30.0


@given(st.floats(-np.pi, np.pi), st.floats(-180.0, 180.0), st.floats(0.5, 0.9))
def test_a_look_ahead_never_turns_the_wrong_way_round(facing, left, share):
    place = Place((0.0, 1.2, 0.0), facing, gaze_away=share, away=(left, -4.0))
    looks = outlook(place, Place((0.0, 1.2, 1.0), np.pi))

    between = looks.within(np.linspace(0.0, looks.home[0], 50)[:, None] * np.array([1.0, 0.0]))

    assert np.abs(np.diff(between[:, 0])).max() < radians(8.0)
    assert abs(between[-1, 0] - looks.home[0]) < 1e-9


def test_the_engine_is_told_that_feet_carry_who_stands_and_who_leans_on_a_wall_alone():
    told = {posture: scene_of(staged("face_to_face", conduct(posture))).layout[0, 5] for posture in get_args(Posture)}

    assert [posture for posture, stands in told.items() if stands] == ["standing", "leaning_on"]


def test_the_engine_is_told_no_height_that_it_was_not_trained_on():
    staging = staged("standing", conduct("standing", raised=1.4), conduct("crouching"))

    assert np.abs(scene_of(staging).layout[:, 1]).max() == pytest.approx(0.7)
