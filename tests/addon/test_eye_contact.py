"""Eye contact taken back afterwards: on a take staged by the worker's own geometry."""

from dataclasses import replace

import numpy as np
import pytest
from duologue.addon.adjusting.eye_contact import contact, with_eye_contact
from duologue.backend.contract.arkit import ARKIT_INDEX
from duologue.backend.contract.performance import ALONE, Performance
from scipy.spatial.transform import Rotation

from backend.assets import assets_folder
from backend.contract.face import load_face
from backend.contract.job import Character
from backend.engines.base import Motion
from backend.staging import compose
from backend.staging.stage import Place, Staging

OPEN_HEAD = assets_folder() / "faces" / "open-head-1.npz"
FRAMES = 200
AWAY = slice(80, 120)
ACROSS = Staging("across", (Place((-0.55, 1.2, 0.0), np.radians(72.0)), Place((0.55, 1.2, 0.0), np.radians(-72.0))))

pytestmark = pytest.mark.skipif(not OPEN_HEAD.is_file(), reason="python3 build.py setup derives the open head")


@pytest.fixture(scope="module")
def take():
    """Both look into each other's eyes but for a second and a half, in which the first looks well aside."""
    moment = np.arange(FRAMES) / 25.0
    neck = np.zeros((2, FRAMES, 3))
    neck[:, :, 1] = 0.15 * np.sin(1.3 * moment)
    gaze = np.zeros((2, FRAMES, 2))
    gaze[0, AWAY] = (0.35, -0.1)
    zeros = np.zeros((2, FRAMES, 3))
    motion = Motion(np.zeros((2, FRAMES, 52)), zeros, neck, gaze, np.ones((2, FRAMES)))
    face, cast = load_face(OPEN_HEAD), (Character("Anna"), Character("Ben"))
    staged = compose(motion, ACROSS, face, cast)
    return Performance(
        25.0, face.id, ("Anna", "Ben"), staged.expression, staged.pose, staged.translation, np.ones((2, FRAMES)), {}
    )


def sights(take, person):
    """[T, 3] between both eyes, in the head."""
    sight = sum(Rotation.from_rotvec(take.pose[person, :, eye]).apply([0.0, 0.0, 1.0]) for eye in (3, 4))
    return sight / np.linalg.norm(sight, axis=1, keepdims=True)


def turned_degrees(one, other, person):
    return np.degrees(np.arccos(np.clip(np.sum(sights(one, person) * sights(other, person), axis=1), -1.0, 1.0)))


def test_as_generated_is_the_very_take(take):
    assert with_eye_contact(take, 0, 1.0) is take


def test_contact_is_where_the_model_meant_it(take):
    found = contact(take, 0)

    inside = np.ones(FRAMES, bool)
    inside[AWAY.start - 10 : AWAY.stop + 10] = False
    assert found[inside].min() > 0.99
    assert found[AWAY.start + 8 : AWAY.stop - 8].max() < 0.01
    assert contact(take, 1).min() > 0.99


def test_without_contact_eyes_rest_seven_degrees_beside_and_glances_stay(take):
    made = with_eye_contact(take, 0, 0.0)

    turned = turned_degrees(take, made, 0)
    assert turned[:60].min() > 6.0
    assert turned[:60].max() < 8.0
    assert turned[AWAY.start + 8 : AWAY.stop - 8].max() < 0.05
    assert (sights(made, 0)[:60, 1] < sights(take, 0)[:60, 1]).all(), "down"
    np.testing.assert_array_equal(made.pose[1], take.pose[1])
    np.testing.assert_array_equal(made.pose[0, :, :3], take.pose[0, :, :3])


@pytest.mark.parametrize("amount", [0.25, 0.5, 0.75])
def test_between_it_is_a_share(take, amount):
    turned = turned_degrees(take, with_eye_contact(take, 1, amount), 1)

    np.testing.assert_allclose(turned, 7.0 * (1.0 - amount), atol=0.25)


def test_no_leap_is_added(take):
    def steps(watched):
        return np.degrees(np.linalg.norm(np.diff(watched.pose[0, :, 3], axis=0), axis=1))

    made = with_eye_contact(take, 0, 0.0)

    assert (steps(made) - steps(take)).max() < 2.0


def test_the_lids_folds_go_along(take):
    made = with_eye_contact(take, 0, 0.0)

    down = ARKIT_INDEX["eyeLookDownLeft"]
    assert (made.expression[0, :60, down] > take.expression[0, :60, down]).all()
    others = [index for name, index in ARKIT_INDEX.items() if not name.startswith("eyeLook")]
    np.testing.assert_array_equal(made.expression[:, :, others], take.expression[:, :, others])
    assert made.expression.min() >= 0.0


def test_eyes_that_look_far_down_do_not_leave_their_sockets(take):
    pose = np.array(take.pose)
    pose[0, :, 3:] = (np.radians(33.0), 0.0, 0.0)
    low = replace(take, pose=pose)

    made = with_eye_contact(low, 0, 0.0)

    assert np.degrees(np.arcsin(sights(made, 0)[:, 1])).min() > -34.1


def test_a_take_of_one_person_alone_tells_nothing_of_contact(take):
    alone = replace(take, meta={ALONE: True})

    assert with_eye_contact(alone, 0, 0.0) is alone


def test_a_face_with_components_of_its_own_keeps_them(take):
    flame = replace(take, face="flame", expression=np.ones((2, FRAMES, 50)))

    made = with_eye_contact(flame, 0, 0.0)

    np.testing.assert_array_equal(made.expression, flame.expression)
    assert turned_degrees(flame, made, 0)[:60].min() > 6.0
