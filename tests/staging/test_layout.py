"""Where arrangements, facings, postures and heights put two people."""

from math import atan2, degrees, hypot
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.staging.layout import FARTHEST, HIGHEST, LOWEST, NEAREST, STEEPEST, Conduct, lay_out
from backend.staging.presets import arrangements, moods
from backend.staging.stage import Facing, Posture, staging_from_json
from backend.staging.values import checked_staging, staging_of_values, values_of

AGREED = {
    "seated": 1.20,
    "standing": 1.59,
    "kneeling": 1.15,
    "crouching": 0.80,
    "lying": 0.62,
    "perching": 1.38,
    "leaning_on": 1.54,
}

conducts = st.builds(
    Conduct,
    posture=st.sampled_from(get_args(Posture)),
    mood=st.sampled_from(sorted(moods())),
    lean=st.floats(-30.0, 30.0),
    gaze_away=st.floats(0.0, 1.0),
    away=st.none() | st.just("ahead") | st.tuples(st.floats(-150.0, 150.0), st.floats(-60.0, 60.0)),
    gaze_held=st.floats(0.0, 1.0),
    turned=st.floats(-90.0, 180.0),
    raised=st.floats(-1.0, 4.0),
    facing=st.none() | st.sampled_from(get_args(Facing)),
)


def wrapped(angle):
    return (angle + 180.0) % 360.0 - 180.0


def laid_out(name, first=None, second=None, distance=None, left=0, front=0):
    arrangement = arrangements()[name]
    standard = Conduct(arrangement.posture, "neutral", 0.0)
    staging, _ = lay_out(
        name, arrangement, distance or arrangement.distance, left, (first or standard, second or standard), front
    )
    return staging


def off_partner(staging, person):
    own, other = staging.places[person], staging.places[1 - person]
    bearing = atan2(other.position[0] - own.position[0], other.position[2] - own.position[2])
    return abs(wrapped(degrees(own.facing - bearing)))


def off_camera(staging, person):
    return abs(wrapped(degrees(staging.places[person].facing)))


def floor_distance(staging):
    (x, _, z), (other_x, _, other_z) = (place.position for place in staging.places)
    return hypot(x - other_x, z - other_z)


@pytest.mark.parametrize("posture", get_args(Posture))
def test_eyes_of_every_posture_are_where_they_were_agreed_to_be(posture):
    staging = laid_out("face_to_face", Conduct(posture, "neutral", 0.0))

    assert staging.places[0].position[1] == AGREED[posture]
    assert staging.places[0].posture == posture


anywhere = given(
    name=st.sampled_from(sorted(arrangements())),
    posture=st.sampled_from(get_args(Posture)),
    left=st.sampled_from((0, 1)),
    front=st.sampled_from((0, 1)),
)


@pytest.mark.parametrize(
    ("facing", "least", "most"), [("partner", 0, 35), ("away", 100, 150), ("back", 150, 180), ("thing", 85, 105)]
)
@anywhere
def test_a_facing_is_as_far_off_the_partner_as_agreed(facing, least, most, posture, name, front, left):
    staging = laid_out(name, Conduct(posture, "neutral", 0.0, facing=facing), left=left, front=front)

    assert least <= off_partner(staging, 0) <= most + 1e-6


@pytest.mark.parametrize(("facing", "least", "most"), [("camera", 0, 15), ("upstage", 150, 180), ("profile", 90, 90)])
@anywhere
def test_a_facing_is_as_far_off_the_camera_as_agreed(facing, least, most, posture, name, front, left):
    staging = laid_out(name, Conduct(posture, "neutral", 0.0, facing=facing), left=left, front=front)

    assert least - 1e-6 <= off_camera(staging, 0) <= most + 1e-6


@pytest.mark.parametrize("left", [0, 1])
@pytest.mark.parametrize("front", [0, 1])
def test_of_two_in_line_the_front_one_has_the_other_behind_and_the_camera_sees_both_faces(front, left):
    staging = laid_out("one_behind", left=left, front=front)
    ahead, behind = staging.places[front], staging.places[1 - front]

    assert off_partner(staging, front) == pytest.approx(180.0)
    assert off_partner(staging, 1 - front) == pytest.approx(0.0, abs=1e-6)
    assert max(off_camera(staging, 0), off_camera(staging, 1)) < 45
    assert ahead.position[2] - behind.position[2] > 0.5
    assert 0.2 < abs(ahead.position[0] - behind.position[0]) < 0.5
    assert staging.places[left].position[0] < 0 < staging.places[1 - left].position[0]
    assert ahead.gaze_away > 0.8
    assert behind.gaze_away == 0.0


def test_back_to_back_both_have_their_backs_to_the_other_and_look_ahead():
    staging = laid_out("back_to_back")

    for person, place in enumerate(staging.places):
        assert off_partner(staging, person) >= 150
        assert place.gaze_away > 0.8
        assert abs(place.away[0]) == pytest.approx(off_partner(staging, person))


@pytest.mark.parametrize("facing", ["away", "back", "camera", "upstage", "thing"])
def test_who_is_turned_off_the_partner_looks_ahead_for_most_of_the_time(facing):
    staging = laid_out("face_to_face", Conduct("standing", "neutral", 0.0, facing=facing))
    place = staging.places[0]

    assert place.gaze_away >= 0.5
    assert abs(place.away[0]) == pytest.approx(off_partner(staging, 0))


def test_who_is_said_to_watch_the_other_does_so_from_beside():
    watching = Conduct("standing", "neutral", 0.0, facing="camera", gaze_held=0.8)

    assert laid_out("face_to_face", watching).places[0].gaze_away == 0.0


def test_what_somebody_looks_at_with_the_back_to_the_other_is_ahead_of_them():
    reading = Conduct("seated", "neutral", 0.0, facing="back", gaze_away=0.65, away=(0.0, -30.0))
    place = laid_out("face_to_face", reading).places[0]

    assert abs(place.away[0]) == pytest.approx(165.0)
    assert place.away[1] == -30.0
    assert place.gaze_away >= 0.65


def test_nobody_sits_on_the_legs_of_who_lies():
    staging = laid_out("face_to_face", Conduct("lying", "neutral", 0.0))
    both = laid_out("side_by_side", *[Conduct("lying", "neutral", 0.0)] * 2)

    assert off_partner(staging, 0) >= 55
    assert off_partner(staging, 1) < 35
    assert wrapped(degrees(both.places[0].facing - both.places[1].facing)) == pytest.approx(0.0)


def test_who_stands_on_a_ladder_is_higher_by_no_more_than_a_neck_can_look():
    staging = laid_out("standing", Conduct("standing", "neutral", 0.0, raised=1.0), Conduct("standing", "neutral", 0.0))
    too_high = laid_out("standing", Conduct("standing", "neutral", 0.0, raised=2.0), Conduct("lying", "neutral", 0.0))

    assert staging.places[0].position[1] == pytest.approx(2.59)
    assert too_high.places[0].position[1] - too_high.places[1].position[1] == pytest.approx(STEEPEST)


@given(
    name=st.sampled_from(sorted(arrangements())),
    people=st.tuples(conducts, conducts),
    distance=st.floats(-1.0, 20.0),
    left=st.sampled_from((0, 1)),
    front=st.sampled_from((0, 1)),
)
def test_whatever_two_people_do_their_places_are_ones_an_artist_could_have_given(name, people, distance, left, front):
    staging, _ = lay_out(name, arrangements()[name], distance, left, people, front)

    assert NEAREST - 1e-9 <= floor_distance(staging) <= FARTHEST + 1e-9
    assert all(LOWEST <= place.position[1] <= HIGHEST for place in staging.places)
    assert abs(staging.places[0].position[1] - staging.places[1].position[1]) <= STEEPEST + 1e-9
    assert staging_from_json(staging.as_json()) == staging
    assert checked_staging(staging.as_json()) == staging
    again = staging_of_values(values_of(staging).as_json())
    assert [place.posture for place in again.places] == [place.posture for place in staging.places]


def test_a_staging_written_before_there_were_more_postures_still_reads():
    old = {
        "arrangement": "standing",
        "places": [
            {
                "position": [side * 0.475, 1.59, 0.0],
                "facing": -side * 1.047,
                "posture": "standing",
                "lean": 0.0,
                "mood": "neutral",
                "gaze_away": 0.0,
                "away": None,
                "gaze_held": 0.0,
            }
            for side in (-1.0, 1.0)
        ],
    }

    assert checked_staging(old) == staging_from_json(old)
