"""The plan of a place: people are where the staging has them, turned as it says, and every edge is soft."""

import math

import numpy as np
import pytest
from duologue.addon.interface.plan.figures import head_turn, looks_away, sight
from duologue.addon.interface.plan.painting import blank, circle, fill, lettering, line, strokes_of, text_size
from duologue.addon.interface.plan.picture import Look, plan_picture
from duologue.addon.keys.take_picture import COLOURS
from hypothesis import given, settings
from hypothesis import strategies as st

POSTURES = ("seated", "standing", "kneeling", "crouching", "lying", "perching", "leaning_on", "of a later version")
LOOK = Look(172)


def place(x=0.0, z=0.0, y=1.2, facing=0.0, posture="seated", **more):
    return {
        "position": [x, y, z], "facing": math.radians(facing), "posture": posture, "lean": 0.0, "mood": "neutral",
        "gaze_away": 0.0, "away": None, "gaze_held": 0.0,
    } | more  # fmt: skip


def drawn(first, second, look=LOOK, names=("Anna", "Ben"), **there):
    return plan_picture({"arrangement": "x", "places": [first, second]}, names, look, **there)


def middle(picture, person):
    """Across and down, pixels: the middle of what has this person's bright colour."""
    colour = np.array(COLOURS[person]) / 255.0
    rows, columns = np.nonzero((abs(picture[..., :3] - colour).max(axis=-1) < 0.02) & (picture[..., 3] > 0.98))
    return columns.mean(), rows.mean()


ACROSS = (place(-0.55, facing=64), place(0.55, facing=-64))


def test_who_is_on_the_left_is_drawn_on_the_left_and_who_is_nearer_the_camera_below():
    left, right = (middle(drawn(*ACROSS), person) for person in (0, 1))
    assert left[0] < LOOK.size / 2 < right[0]
    assert left[1] == pytest.approx(right[1], abs=1.0)

    swapped = drawn(place(0.55, facing=-64), place(-0.55, facing=64))
    assert middle(swapped, 0)[0] > middle(swapped, 1)[0]

    behind = drawn(place(z=0.4, posture="standing"), place(z=-0.4, posture="standing"))
    assert middle(behind, 0)[1] > middle(behind, 1)[1] + 20


@given(
    st.floats(-3.0, 3.0), st.floats(-3.0, 3.0), st.floats(0.1, 4.0), st.floats(-180, 180), st.sampled_from(POSTURES),
    st.floats(-0.5, 0.6), st.floats(0.0, 0.9), st.none() | st.tuples(st.floats(-180, 180), st.floats(-89, 89)),
)  # fmt: skip
@settings(deadline=None, max_examples=60)
def test_every_staging_is_a_picture_with_both_people_in_it(x, z, y, facing, posture, lean, gaze_away, away):
    first = place(x, z, y, facing, posture, lean=lean, gaze_away=gaze_away, away=away)

    picture = drawn(first, place(0.3, 0.2), Look(90), table=True)

    assert picture.shape == (90, 90, 4)
    assert np.isfinite(picture).all()
    assert picture.min() >= 0.0
    assert (picture[..., :3] <= picture[..., 3:] + 1e-4).all()  # colours are multiplied by alpha
    assert picture[..., 3].max() <= 1.0 + 1e-4
    for person in (0, 1):
        assert 0 < middle(picture, person)[0] < 90


@pytest.mark.parametrize("posture", POSTURES[1:7])
def test_every_posture_looks_different_from_sitting(posture):
    seated, other = (drawn(ACROSS[0], place(0.55, facing=-64, posture=kind)) for kind in ("seated", posture))

    assert abs(seated - other).max(axis=-1)[:, LOOK.size // 2 :].sum() > 50


def test_what_carries_people_and_the_table_are_in_the_ink_of_the_theme():
    dark, light = (drawn(*ACROSS, Look(172, ink), table=True) for ink in ((1.0, 1.0, 1.0), (0.0, 0.0, 0.0)))

    assert dark[..., 3] == pytest.approx(light[..., 3])
    assert dark[..., :3].sum() > light[..., :3].sum() + 500
    assert middle(dark, 0) == pytest.approx(middle(light, 0), abs=1.0)
    assert drawn(*ACROSS)[..., 3].sum() < drawn(*ACROSS, table=True)[..., 3].sum()


@pytest.mark.parametrize("facing", [0.0, 180.0])
def test_a_bench_for_both_has_its_back_behind_them(facing):
    places = (place(-0.33, facing=facing), place(0.33, facing=facing))

    chairs, bench = drawn(*places), drawn(*places, bench=True)

    between = slice(LOOK.size // 2 - 3, LOOK.size // 2 + 3)
    more = (bench - chairs)[:, between, 3].mean(axis=1)  # [rows] what the bench alone has between the two
    back = np.nonzero(more > 0.3)[0]
    assert (back.mean() < middle(bench, 0)[1]) == (facing == 0.0)
    assert (more >= -1e-3).all()


def test_a_larger_picture_shows_the_same():
    small, large = drawn(*ACROSS), drawn(*ACROSS, Look(344))

    assert np.array(middle(large, 1)) / 2 == pytest.approx(np.array(middle(small, 1)), abs=1.0)


def test_the_ground_is_left_free_for_the_panel_and_edges_are_soft():
    picture = drawn(*ACROSS)

    assert (picture[..., 3] == 0.0).mean() > 0.5
    assert ((picture[..., 3] > 0.02) & (picture[..., 3] < 0.98)).mean() > 0.02


def test_people_six_metres_apart_are_still_people():
    far = drawn(place(-3.0, facing=80), place(3.0, facing=-80))

    colour = np.array(COLOURS[0]) / 255.0
    assert (abs(far[..., :3] - colour).max(axis=-1) < 0.02).sum() > 60
    assert middle(far, 0)[0] > 8


@pytest.mark.parametrize(("away", "expected"), [((90.0, 0.0), 90.0), ((-90.0, 0.0), -90.0), (None, 0.0)])
def test_who_looks_away_looks_to_their_own_left_where_that_is_said(away, expected):
    # To the camera, which is down: one's own left is the picture's right.
    looking = place(facing=0.0, gaze_away=0.6, away=away)

    assert looks_away(looking)
    assert math.degrees(sight(looking, partner=0.0)) == pytest.approx(expected)


def test_a_glance_now_and_then_is_not_drawn():
    assert not looks_away(place(gaze_away=0.1, away=(90.0, 0.0)))
    assert sight(place(gaze_away=0.1, away=(90.0, 0.0)), partner=0.5) == 0.5


def test_heads_turn_as_far_as_necks_do_and_who_has_the_partner_behind_looks_ahead():
    assert math.degrees(head_turn(place(facing=0.0), math.radians(60))) == pytest.approx(60)
    assert math.degrees(head_turn(place(facing=0.0), math.radians(-90))) == pytest.approx(-75)
    assert math.degrees(sight(place(facing=0.0), math.radians(-90))) == pytest.approx(-90)
    assert math.degrees(head_turn(place(facing=170.0), math.radians(-170))) == pytest.approx(190)
    assert math.degrees(sight(place(facing=0.0), math.radians(178))) == pytest.approx(0)


def letter_pixels(picture):
    dark = (picture[..., :3].max(axis=-1) < 0.2) & (picture[..., 3] > 0.95)
    return int(dark.sum())


def test_first_letters_are_drawn_without_accents_unless_they_are_the_same_or_unknown():
    standing = (place(-0.5, facing=64, posture="standing"), place(0.5, facing=-64, posture="standing"))

    both = letter_pixels(drawn(*standing, names=("Ödön", "Élise")))

    assert both == letter_pixels(drawn(*standing, names=("Oskar", "Ernst")))
    assert letter_pixels(drawn(*standing, names=("Mia", "Max"))) == 0 < both
    assert letter_pixels(drawn(*standing, names=("", "小明"))) == 0
    assert 0 < letter_pixels(drawn(*standing, names=("小明", "Ernst"))) < both


def test_every_letter_and_digit_has_strokes_inside_its_grid():
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789cm+.":
        points = [point for stroke in strokes_of(letter) for point in stroke]
        assert points, letter
        assert all(0 <= x <= 4 and 0 <= y <= 6 for x, y in points), letter
    assert strokes_of("ß") == ()
    assert lettering("ß", (5.0, 5.0), 8.0, 1.0) is None


def test_text_lies_about_its_middle():
    picture = blank(60)
    fill(picture, lettering("8", (30.0, 20.0), 12.0, 1.0), (1.0, 1.0, 1.0))

    rows, columns = np.nonzero(picture[..., 3] > 0.5)
    assert (columns.mean(), rows.mean()) == (pytest.approx(29.5, abs=0.5), pytest.approx(19.5, abs=0.5))
    assert text_size("88", 12.0) == (pytest.approx(20.4), 12.0)


def test_a_shape_covers_its_area_wherever_it_lies_and_what_is_outside_is_cut():
    for centre in ((20.0, 20.0), (20.3, 19.6)):
        picture = blank(40)
        fill(picture, circle(centre, 10.0), (1.0, 0.5, 0.0), 0.5)
        assert picture[..., 3].sum() == pytest.approx(0.5 * math.pi * 100, rel=0.02)
        assert picture[20, 20] == pytest.approx([0.5, 0.25, 0.0, 0.5], abs=1e-5)
    fill(picture, line([(-50.0, -9.0), (90.0, -9.0)], 4.0), (1.0, 1.0, 1.0))
    assert picture[..., 3].sum() == pytest.approx(0.5 * math.pi * 100, rel=0.02)
