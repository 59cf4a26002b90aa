import numpy as np
import pytest
from duologue.addon.retargeting.placement import Seat, heading
from duologue.backend.contract.performance import Performance

HERE = np.zeros(3)
# The person's left, up and forward in a world whose Z is up; forward is -Y.
FRONT_VIEW = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])


def take(body=0.0, partner_at=(0.0, 0.0, 1.0), frames=20):
    """The first person's body heads `body` radians to the left, the partner sits `partner_at` metres away."""
    pose, translation = np.zeros((2, frames, 5, 3)), np.zeros((2, frames, 3))
    pose[0, :, 0, 1] = body
    translation[1] = partner_at
    still = np.zeros((2, frames))
    return Performance(25.0, "open-head-1", ("Anna", "Ben"), np.zeros((2, frames, 52)), pose, translation, still, {})


def aside(angle, distance=1.5):
    """A place `angle` to the left of straight ahead."""
    return Seat(FRONT_VIEW @ (distance * np.array([np.sin(angle), 0.0, np.cos(angle)])))


def test_partner_who_sits_aside_in_the_take_and_ahead_in_the_scene_is_straight_ahead():
    way = np.array([np.sin(0.6), 0.0, np.cos(0.6)])

    assert heading(take(0.0, way), 0, Seat(HERE, FRONT_VIEW), aside(0.0)) == pytest.approx(0.6)


def test_placing_as_in_the_take_is_the_body_s_own_heading():
    way = np.array([np.sin(1.2), 0.1, np.cos(1.2)])

    assert heading(take(0.9, way), 0, Seat(HERE, FRONT_VIEW), aside(0.3)) == pytest.approx(0.9)


def test_size_and_distance_play_no_part():
    found = [heading(take(), 0, Seat(HERE, FRONT_VIEW), aside(0.2, distance)) for distance in (0.5, 40.0)]

    assert found == pytest.approx([-0.2, -0.2])


@pytest.mark.parametrize(
    "partner",
    [None, aside(1.5), aside(3.0), Seat(HERE), Seat(FRONT_VIEW @ np.array([0.0, 2.0, 1.0]))],
    ids=["nowhere", "beside", "behind", "same place", "overhead"],
)
def test_partner_who_is_not_before_the_character_is_not_looked_for(partner):
    assert heading(take(0.4), 0, Seat(HERE, FRONT_VIEW), partner) == pytest.approx(0.4)


def test_swaying_body_heads_where_it_does_on_average():
    swaying = take()
    swaying.pose[0, :, 0, 1] = 0.5 + 0.2 * np.sin(np.linspace(0, 2 * np.pi, 20, endpoint=False))

    assert heading(swaying, 0, None, None) == pytest.approx(0.5, abs=1e-6)


def test_two_people_in_one_place_face_as_their_bodies_do():
    assert heading(take(0.7, HERE), 0, Seat(HERE, FRONT_VIEW), aside(0.1)) == pytest.approx(0.7)


def turning(angles, distance=1.5):
    """Somebody who turns to the left by `angles` [S] in place, and a partner straight ahead of where they began."""
    turns = [np.array([[np.cos(a), -np.sin(a), 0.0], [np.sin(a), np.cos(a), 0.0], [0.0, 0.0, 1.0]]) for a in angles]
    axes = np.stack([turn @ FRONT_VIEW for turn in turns])
    return Seat(np.zeros((len(angles), 3)), axes), Seat(FRONT_VIEW @ np.array([0.0, 0.0, distance]))


def test_who_turns_looks_back_by_as_much():
    angles = np.radians(np.linspace(0.0, 90.0, 31))
    own, partner = turning(angles)

    np.testing.assert_allclose(heading(take(), 0, own, partner), angles, atol=1e-6)


def test_who_turns_around_looks_ahead_at_last_and_heads_nowhere_at_once():
    angles = np.radians(np.linspace(0.0, 720.0, 721))
    own, partner = turning(angles)

    found = heading(take(0.4), 0, own, partner)

    assert found[180] == pytest.approx(0.4)
    assert np.abs(np.diff(found)).max() < np.radians(5.0)


def test_partner_who_is_ahead_at_some_time_only_by_chance_is_not_looked_for():
    own, partner = turning(np.radians([100.0, 100.0, 100.0, 100.0, 100.0, 100.0, 0.0]))

    np.testing.assert_allclose(heading(take(0.4), 0, own, partner), 0.4)
