"""What sliders make of a take: on one that the worker's own geometry has staged."""

from dataclasses import replace

import numpy as np
import pytest
from duologue.addon.adjusting.adjusted import adjusted, as_adjusted, at_offsets
from duologue.addon.adjusting.adjustment import AS_GENERATED, NAMES, Adjustment, as_text, from_text
from duologue.addon.adjusting.blinks import found_blinks
from duologue.addon.adjusting.eye_contact import JOINTS, contact
from duologue.addon.adjusting.mouth import lip_gap
from duologue.backend.contract.arkit import ARKIT_INDEX, ARKIT_NAMES
from duologue.backend.contract.performance import ALONE
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from tests.support.staged_take import BLINKS, CLOSED, FPS, FRAMES, JAW, LIDS, NECK, OPEN_HEAD, TAKE

pytestmark = pytest.mark.skipif(not OPEN_HEAD.is_file(), reason="python3 build.py setup derives the open head")
AMOUNT = st.floats(0.0, 2.0)
ANY = st.builds(
    Adjustment,
    **{name: AMOUNT for name in NAMES if name not in ("offset", "mirrored") and not name.startswith("smooth")},
    **{name: st.floats(0.0, 1.0) for name in NAMES if name.startswith("smooth")},
    offset=st.floats(-2.0, 2.0),
    mirrored=st.booleans(),
)


def first(**values):
    return adjusted(TAKE, (Adjustment(**values), AS_GENERATED))


def gap(take, person=0):
    return lip_gap(take.expression[person].astype(float), take.pose[person, :, JAW].astype(float))


def off_partner(take, person):
    """[T] degrees between the line of sight and the way to the partner's eyes."""
    bodies = [Rotation.from_rotvec(take.pose[who, :, 0]) for who in (0, 1)]
    necks = [Rotation.from_rotvec(take.pose[who, :, NECK]) for who in (0, 1)]
    neck, above = JOINTS[1] - JOINTS[0], JOINTS[3:].mean(axis=0) - JOINTS[1]
    eyes = [bodies[who].apply(necks[who].apply(above) + neck) + JOINTS[0] + take.translation[who] for who in (0, 1)]
    sight = sum(
        (bodies[person] * necks[person] * Rotation.from_rotvec(take.pose[person, :, eye])).apply([0.0, 0.0, 1.0])
        for eye in (3, 4)
    )
    way = eyes[1 - person] - eyes[person]
    cosine = np.sum(sight * way, axis=1) / np.linalg.norm(sight, axis=1) / np.linalg.norm(way, axis=1)
    return np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))


def test_as_generated_is_the_very_take():
    assert adjusted(TAKE, (AS_GENERATED, AS_GENERATED)) is TAKE
    assert as_adjusted(TAKE, (AS_GENERATED, AS_GENERATED)) is TAKE


@given(ANY, ANY)
@settings(max_examples=40)
def test_whatever_the_sliders_say_a_take_comes_out_with_numbers_that_a_face_has(one, other):
    made = as_adjusted(TAKE, (one, other))

    assert made.expression.shape == TAKE.expression.shape
    assert made.pose.shape == TAKE.pose.shape
    assert made.expression.min() >= min(0.0, TAKE.expression.min()) - 1e-6
    assert made.expression.max() <= max(1.0, TAKE.expression.max()) + 1e-6
    assert np.abs(made.pose).max() < np.pi
    assert np.degrees(np.linalg.norm(made.pose[:, :, 3:], axis=-1)).max() < 50.0


@given(ANY)
@settings(max_examples=25)
def test_nobody_but_the_one_who_is_adjusted_changes_save_for_where_their_eyes_are(adjustment):
    made = adjusted(TAKE, (replace(adjustment, offset=0.0), AS_GENERATED))

    looks = [index for index, name in enumerate(ARKIT_NAMES) if not name.startswith("eyeLook")]
    np.testing.assert_array_equal(made.expression[1][:, looks], TAKE.expression[1][:, looks])
    np.testing.assert_array_equal(made.pose[1, :, :3], TAKE.pose[1, :, :3])
    np.testing.assert_array_equal(made.translation, TAKE.translation)


@given(AMOUNT, AMOUNT, AMOUNT, st.floats(0.0, 1.0), st.booleans())
@settings(max_examples=40)
def test_lips_that_were_shut_stay_shut(lips, jaw, lively, smooth, mirrored):
    made = first(lips=lips, jaw=jaw, liveliness=lively, smooth_mouth=smooth, mirrored=mirrored)

    before, after = gap(TAKE), gap(made)
    assert (before[CLOSED] < 0.3).all()
    assert (after[CLOSED] <= before[CLOSED] + 0.01).all(), "millimetres"
    assert (after >= np.minimum(before, -0.4) - 0.01).all(), "and nothing is pressed harder than it was"


def test_a_mouth_without_jaw_has_no_lips_pushed_through_each_other():
    made = first(jaw=0.0)

    assert np.abs(made.pose[0, :, JAW]).max() == 0.0
    assert gap(made).min() > -0.5


def test_amounts_scale_their_own_parts():
    brow, smile = ARKIT_INDEX["browInnerUp"], ARKIT_INDEX["mouthSmileLeft"]
    made = first(lips=0.5, upper_face=1.5)

    np.testing.assert_allclose(made.expression[0, :, smile], 0.5 * TAKE.expression[0, :, smile], atol=1e-6)
    np.testing.assert_allclose(made.expression[0, :, brow], 1.5 * TAKE.expression[0, :, brow], atol=1e-6)
    np.testing.assert_array_equal(made.pose[0], TAKE.pose[0])


@pytest.mark.parametrize("amount", [0.0, 0.5, 2.0])
def test_a_head_moves_more_or_less_about_its_usual_pose(amount):
    made = first(head=amount)
    before, after = (Rotation.from_rotvec(take.pose[0, :, NECK]) for take in (TAKE, made))
    mean = before.mean()

    assert (mean.inv() * after.mean()).magnitude() < 0.01
    np.testing.assert_allclose(
        (mean.inv() * after).magnitude(), amount * (mean.inv() * before).magnitude(), rtol=0.02, atol=2e-3
    )


@pytest.mark.parametrize(
    "change", [{"head": 0.0}, {"head": 2.0}, {"mirrored": True}, {"liveliness": 0.0}, {"gaze": 2.0}]
)
def test_eyes_that_met_still_meet_whatever_head_and_glances_do(change):
    made = first(**change)
    met = contact(TAKE, 0) > 0.99

    assert met.sum() > 150
    assert off_partner(made, 0)[met].max() < off_partner(TAKE, 0)[met].max() + 1.5, "degrees"
    assert off_partner(made, 1)[contact(TAKE, 1) > 0.99].max() < 3.0, "the partner looks at where the eyes are now"


def test_glances_grow_and_shrink_with_the_gaze():
    glance = slice(64, 72)
    before = off_partner(TAKE, 0)[glance].mean()

    assert off_partner(first(gaze=0.5), 0)[glance].mean() == pytest.approx(0.5 * before, abs=1.0)
    assert off_partner(first(gaze=1.5), 0)[glance].mean() == pytest.approx(1.5 * before, abs=2.0)
    assert off_partner(first(gaze=0.0), 0)[glance].max() < 1.5


def test_eye_contact_goes_from_beside_to_always():
    assert off_partner(first(eye_contact=2.0), 0).max() < 1.5
    assert off_partner(first(eye_contact=0.0), 0)[:50].min() > 5.0


def test_mirrored_twice_is_what_it_was():
    once = first(mirrored=True)
    twice = adjusted(once, (Adjustment(mirrored=True), AS_GENERATED))

    for name in ("expression", "pose", "translation"):
        np.testing.assert_allclose(getattr(twice, name), getattr(TAKE, name), atol=2e-5)
    assert np.abs(once.pose[0] - TAKE.pose[0]).max() > 0.05


def test_mirrored_is_the_other_side_of_face_and_head_and_the_same_seat():
    made = first(mirrored=True)

    left, right = ARKIT_INDEX["mouthSmileLeft"], ARKIT_INDEX["mouthSmileRight"]
    np.testing.assert_allclose(made.expression[0, :, left], TAKE.expression[0, :, right])
    np.testing.assert_allclose(made.pose[0, :, JAW], TAKE.pose[0, :, JAW] * [1.0, -1.0, -1.0], atol=1e-6)
    np.testing.assert_array_equal(made.pose[0, :, 0], TAKE.pose[0, :, 0])
    before, after = (Rotation.from_rotvec(take.pose[0, :, NECK]) for take in (TAKE, made))
    mean = before.mean()
    np.testing.assert_allclose(
        (mean.inv() * after).as_rotvec(), (mean.inv() * before).as_rotvec() * [1.0, -1.0, -1.0], atol=2e-3
    )


def test_calm_keeps_the_slow_pose_and_lively_overdoes_the_quick_part():
    brow = ARKIT_INDEX["browInnerUp"]
    spread = [np.abs(np.diff(first(liveliness=amount).pose[0, :, NECK, 0])).mean() for amount in (0.0, 1.0, 2.0)]
    brows = [np.abs(np.diff(first(liveliness=amount).expression[0, :, brow])).mean() for amount in (0.0, 1.0, 2.0)]

    assert spread[0] < 0.4 * spread[1] < spread[1] < 0.7 * spread[2]
    assert brows[0] < 0.6 * brows[1] < brows[1] < 0.8 * brows[2]


@pytest.mark.parametrize("rate", [0.0, 0.4, 1.0, 1.6, 2.0])
def test_blinks_are_as_many_as_asked(rate):
    made = first(blink_rate=rate, blink_strength=0.99)

    _, blinks = found_blinks(made.expression[0][:, LIDS], FPS)
    assert len(blinks) == round(rate * len(BLINKS))


def test_fewer_blinks_leave_the_strongest_and_more_keep_all_that_there_were():
    def middles(take):
        return {blink.middle for blink in found_blinks(take.expression[0][:, LIDS], FPS)[1]}

    few, all_, some, many = (middles(first(blink_rate=rate, blink_strength=0.99)) for rate in (0.4, 1.0, 1.4, 2.0))
    assert few < all_ < some < many
    assert middles(first(blink_rate=2.0)) == many, "the same for the take's seed"
    gaps = np.diff(sorted(many))
    assert gaps.min() > 0.4 * FPS


@pytest.mark.parametrize(("strength", "deepest"), [(0.0, 0.05), (0.5, 0.55), (2.0, 1.01)])
def test_strength_of_blinks_is_that_of_the_lids_in_them(strength, deepest):
    made = first(blink_strength=strength)
    between = np.ones(FRAMES, bool)
    for frame in BLINKS:
        between[frame - 1 : frame + 6] = False

    assert made.expression[0][:, LIDS].max() <= deepest
    np.testing.assert_allclose(made.expression[0][between][:, LIDS], TAKE.expression[0][between][:, LIDS], atol=1e-6)


def test_who_never_blinks_gets_no_blink():
    expression = TAKE.expression.copy()
    expression[:, :, LIDS] = 0.1
    still = replace(TAKE, expression=expression)

    made = adjusted(still, (Adjustment(blink_rate=2.0), AS_GENERATED))

    np.testing.assert_allclose(made.expression[0][:, LIDS], 0.1, atol=1e-6)


@pytest.mark.parametrize("name", ["smooth_mouth", "smooth_brows", "smooth_head", "smooth_eyes"])
def test_smoothing_takes_the_sharp_part_of_its_region_alone(name):
    made = first(**{name: 1.0})
    regions = {
        "smooth_mouth": lambda take: take.expression[0, :, ARKIT_INDEX["mouthFunnel"]],
        "smooth_brows": lambda take: take.expression[0, :, ARKIT_INDEX["browInnerUp"]],
        "smooth_head": lambda take: take.pose[0, :, NECK, 0],
        "smooth_eyes": lambda take: off_partner(take, 0),
    }

    for region, values in regions.items():
        sharp = [np.abs(np.diff(values(take), n=2)).mean() for take in (TAKE, made)]
        if region == name:
            assert sharp[1] < 0.8 * sharp[0]
        elif region != "smooth_eyes":
            np.testing.assert_array_equal(values(made), values(TAKE))


@pytest.mark.parametrize("frames", [-7, 3, 12])
def test_an_offset_moves_one_person_by_exactly_that(frames):
    made = at_offsets(TAKE, (Adjustment(offset=frames / FPS), AS_GENERATED))

    moved = np.clip(np.arange(FRAMES) - frames, 0, FRAMES - 1)
    np.testing.assert_allclose(made.expression[0], TAKE.expression[0, moved], atol=1e-5)
    np.testing.assert_allclose(made.pose[0], TAKE.pose[0, moved], atol=1e-5)
    np.testing.assert_allclose(made.speaking[0], TAKE.speaking[0, moved], atol=1e-5)
    np.testing.assert_allclose(made.pose[1], TAKE.pose[1], atol=1e-5)


def test_an_export_says_what_was_adjusted():
    made = as_adjusted(TAKE, (Adjustment(lips=0.5, mirrored=True), AS_GENERATED))

    assert made.meta["adjusted"] == [{"lips": 0.5, "mirrored": True}, {}]


def test_a_take_in_flame_s_numbers_is_scaled_as_a_whole():
    flame = replace(TAKE, face="flame", expression=np.full((2, FRAMES, 50), 0.5, np.float32))

    made = adjusted(flame, (Adjustment(lips=0.5, upper_face=0.0, blink_rate=0.0, jaw=2.0, head=0.0), AS_GENERATED))

    np.testing.assert_allclose(made.expression[0], 0.25)
    np.testing.assert_allclose(made.expression[1], 0.5)
    np.testing.assert_allclose(made.pose[0, :, JAW], 2.0 * TAKE.pose[0, :, JAW])
    assert np.ptp(made.pose[0, :, NECK], axis=0).max() < 1e-6


def test_somebody_alone_is_adjusted_without_a_partner():
    alone = replace(TAKE, meta={ALONE: True}, translation=np.zeros_like(TAKE.translation))

    made = adjusted(alone, (Adjustment(head=2.0, gaze=0.5, mirrored=True), AS_GENERATED))

    assert np.isfinite(made.pose).all()


@pytest.mark.parametrize("frames", [1, 2, 5])
def test_the_shortest_takes_are_adjusted_too(frames):
    short = replace(
        TAKE,
        **{name: getattr(TAKE, name)[:, :frames] for name in ("expression", "pose", "translation", "speaking")},
    )
    every = Adjustment(0.5, 0.5, 0.5, 2.0, 2.0, 0.5, 2.0, 1.5, 0.3, 1.0, 1.0, 1.0, 1.0, 0.7, True)

    made = as_adjusted(short, (every, replace(every, mirrored=False)))

    assert made.frame_count == frames


@given(ANY)
def test_what_is_recorded_is_read_back(adjustment):
    assert from_text(as_text(adjustment)) == adjustment


@pytest.mark.parametrize("text", ["", "[]", "{", '{"lips": "much"}', '{"nose": 1.0}', "null", '{"mirrored": 1}'])
def test_what_nobody_recorded_is_not_read(text):
    assert from_text(text) is None
