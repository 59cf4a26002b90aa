import dataclasses
from math import radians

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from backend.contract.job import Character
from backend.staging.anatomy import EYE_LIMIT, NECK_LIMIT, TRUNK_LIMIT
from backend.staging.compose import compose
from backend.staging.prompt import stage_prompt
from backend.staging.stage import Place, Staging
from tests.support.examples import examples
from tests.support.sightlines import joints_of, miss_degrees, sightlines
from tests.support.synthetic_face import make_motion, synthetic_face

SEATED = Place((-0.55, 1.2, 0.0), radians(72.0)), Place((0.55, 1.2, 0.0), radians(-72.0))


def eye_angles(composition):
    """Yaw and pitch of both eyes in the head, [2, T, 2] each."""
    sight = Rotation.from_rotvec(composition.pose[:, :, 3:].reshape(-1, 3)).apply([0.0, 0.0, 1.0])
    sight = sight.reshape(*composition.pose.shape[:2], 2, 3)
    return np.arctan2(sight[..., 0], sight[..., 2]), np.arcsin(sight[..., 1])


@pytest.mark.parametrize(
    "sentence",
    [
        "",
        "side by side on a bench",
        "an intimate conversation",
        "arguing",
        "around the corner of a table",
        "Anna stands, Ben sits close",
        "two metres apart, Ben is a child",
        "Anna leans in, Ben leans back",
    ],
)
def test_eyes_meet_in_every_arrangement(face, characters, lively_motion, sentence):
    staging = stage_prompt(sentence).staging

    misses = miss_degrees(face, characters, compose(lively_motion, staging, face, characters))

    assert misses.max() < 0.5


@settings(max_examples=examples(40), deadline=None)
@given(
    distance=st.floats(0.45, 4.0),
    height=st.floats(-0.35, 0.35),
    depth=st.floats(-0.4, 0.4),
    turned=st.tuples(st.floats(-100.0, 100.0), st.floats(-100.0, 100.0)),
    lean=st.tuples(st.floats(-15.0, 8.0), st.floats(-15.0, 8.0)),
    large=st.tuples(st.floats(-1.0, 1.0), st.floats(-1.0, 1.0)),
    head=st.floats(0.0, 9.0),
    seed=st.integers(0, 1000),
)
def test_rays_meet_the_partners_eyes_within_three_degrees_in_random_stagings(
    distance, height, depth, turned, lean, large, head, seed
):
    face = synthetic_face()
    cast = (Character("Anna", {"large": large[0]}, {"stature": 1.60}), Character("Ben", {"large": large[1]}, {}))
    to_partner = np.arctan2(distance, depth)
    first = Place((-distance / 2, 1.2, -depth / 2), float(to_partner) - radians(turned[0]), "seated", radians(lean[0]))
    second = Place(
        (distance / 2, 1.2 + min(height, distance / 2), depth / 2),
        float(to_partner) - np.pi + radians(turned[1]),
        "standing",
        radians(lean[1]),
    )

    composition = compose(make_motion(seed, 60, head), Staging("random", (first, second)), face, cast, seed)

    assert miss_degrees(face, cast, composition).max() < 3.0


def test_both_eyes_converge_on_the_same_point(face, characters, still_motion):
    composition = compose(still_motion, stage_prompt("an intimate conversation").staging, face, characters)

    positions, directions = sightlines(face, characters[0].identity, composition.pose[0], composition.translation[0])
    left, right = directions[:, 0], directions[:, 1]
    vergence = np.degrees(np.arccos(np.sum(left * right, axis=-1)))
    apart = np.linalg.norm(positions[:, 0] - positions[:, 1], axis=-1)

    expected = np.degrees(2 * np.arctan(apart / 2 / 0.60))
    assert np.allclose(vergence, expected, atol=1.0)


def test_gaze_offset_turns_the_line_of_sight_by_that_angle(face, characters, still_motion):
    gaze = np.zeros_like(still_motion.gaze)
    gaze[0] = np.radians([12.0, -8.0])
    staging = Staging("test", SEATED)

    met = compose(still_motion, staging, face, characters)
    averted = compose(dataclasses.replace(still_motion, gaze=gaze), staging, face, characters)

    one = sightlines(face, characters[0].identity, met.pose[0], met.translation[0])[1].mean(axis=1)
    other = sightlines(face, characters[0].identity, averted.pose[0], averted.translation[0])[1].mean(axis=1)
    yaw = np.degrees(np.arctan2(other[:, 0], other[:, 2]) - np.arctan2(one[:, 0], one[:, 2]))
    pitch = np.degrees(np.arcsin(other[:, 1]) - np.arcsin(one[:, 1]))
    assert np.allclose(yaw, 12.0, atol=0.5)  # positive is to the person's left
    assert np.allclose(pitch, -8.0, atol=0.5)


def test_eyes_never_leave_their_range(face, characters):
    wild = make_motion(3, 200, head_degrees=40.0, gaze_degrees=50.0)

    yaw, pitch = eye_angles(compose(wild, Staging("test", SEATED), face, characters))

    assert EYE_LIMIT.reach(yaw, pitch).max() < 1.0 + 1e-4


def test_head_turns_before_the_eyes_reach_their_limit(face, characters, still_motion):
    gaze = np.zeros_like(still_motion.gaze)
    gaze[:, :, 0] = radians(55.0)
    staging = Staging("test", SEATED)

    met = compose(still_motion, staging, face, characters)
    averted = compose(dataclasses.replace(still_motion, gaze=gaze), staging, face, characters)

    turn = np.degrees(np.linalg.norm(averted.pose[:, :, 1] - met.pose[:, :, 1], axis=-1))
    assert turn.min() > 20.0
    yaw, _ = eye_angles(averted)
    assert np.degrees(np.abs(yaw)).max() < 31.0


def test_neck_takes_most_of_a_turn_and_eyes_a_little(face, characters, still_motion):
    turned = Place((-0.55, 1.2, 0.0), radians(50.0)), SEATED[1]

    composition = compose(still_motion, Staging("test", turned), face, characters)

    neck = Rotation.from_rotvec(composition.pose[0, :, 1]).apply([0.0, 0.0, 1.0])
    neck_yaw = np.degrees(np.arctan2(neck[:, 0], neck[:, 2]))
    eye_yaw = np.degrees(eye_angles(composition)[0][0])
    assert 28.0 < neck_yaw.mean() < 40.0
    assert 2.0 < eye_yaw.mean() < 10.0


def test_trunk_turns_when_the_neck_alone_cannot(face, characters, still_motion):
    away = Place((-0.55, 1.2, 0.0), radians(90.0 - 130.0)), SEATED[1]

    composition = compose(still_motion, Staging("test", away), face, characters)

    forward = Rotation.from_rotvec(composition.pose[0, :, 0]).apply([0.0, 0.0, 1.0])
    twist = np.degrees(np.arctan2(forward[:, 0], forward[:, 2])) - (90.0 - 130.0)
    assert twist.min() > 25.0
    assert twist.max() < np.degrees(TRUNK_LIMIT) + 1.0
    assert miss_degrees(face, characters, composition)[0].max() < 3.0


def test_back_to_back_keeps_every_joint_within_its_limit(face, characters, lively_motion):
    back = Place((-0.3, 1.2, 0.0), radians(-90.0)), Place((0.3, 1.2, 0.0), radians(90.0))

    composition = compose(lively_motion, Staging("test", back), face, characters)

    assert np.linalg.norm(composition.pose[:, :, 1], axis=-1).max() < NECK_LIMIT + 1e-4
    yaw, pitch = eye_angles(composition)
    assert EYE_LIMIT.reach(yaw, pitch).max() < 1.0 + 1e-4
    assert np.isfinite(composition.translation).all()


def test_head_does_not_jump_when_it_follows_the_eyes(face, characters):
    leaping = make_motion(4, 200, head_degrees=0.0, gaze_degrees=38.0)

    composition = compose(leaping, Staging("test", SEATED), face, characters)

    head = Rotation.from_rotvec(composition.pose[:, :, 1].reshape(-1, 3)).as_matrix().reshape(2, -1, 3, 3)
    step = np.swapaxes(head[:, :-1], -1, -2) @ head[:, 1:]
    speed = 25.0 * np.degrees(Rotation.from_matrix(step.reshape(-1, 3, 3)).magnitude())
    assert speed.max() < 300.0


def test_eyes_are_where_the_staging_puts_them(face, characters, still_motion):
    staging = stage_prompt("").staging

    composition = compose(still_motion, staging, face, characters)

    for person, taller in ((0, 1.58 - 1.70), (1, 1.93 - 1.70)):
        positions, _ = sightlines(
            face, characters[person].identity, composition.pose[person], composition.translation[person]
        )
        wanted = np.array(staging.places[person].position) + np.array([0.0, 0.455 * taller, 0.0])
        assert np.linalg.norm(positions.mean(axis=(0, 1)) - wanted) < 0.04


def test_heads_rest_at_the_joints_of_their_own_identity(face):
    small, large = joints_of(face, {}), joints_of(face, {"large": 1.0})

    assert np.allclose(large, small * 1.15)
