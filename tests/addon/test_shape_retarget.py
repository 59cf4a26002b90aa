import numpy as np
import pytest
from duologue.addon.paths import rig_preset
from duologue.addon.retargeting.rig_mapping import RigMapping, load_mapping
from duologue.addon.retargeting.shape_retarget import shape_values
from duologue.backend.contract.arkit import ARKIT_NAMES
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.examples import examples


def channels(frames=1, **given_values):
    values = {name: np.zeros(frames) for name in ARKIT_NAMES}
    return values | {name: np.full(frames, value, float) for name, value in given_values.items()}


def mapping(**fields):
    return RigMapping("A test's", "arkit", **fields)


def test_gains_of_many_channels_add_up_on_one_key():
    rig = mapping(shapes={"smile": {"mouthSmileLeft": 0.5, "mouthSmileRight": 0.25}})

    values = shape_values(rig, channels(mouthSmileLeft=0.8, mouthSmileRight=0.4))

    np.testing.assert_allclose(values["smile"], 0.5)


def test_one_channel_moves_many_keys():
    rig = mapping(shapes={"up_L": {"browInnerUp": 1.0}, "up_R": {"browInnerUp": 0.5}})

    values = shape_values(rig, channels(browInnerUp=0.6))

    np.testing.assert_allclose((values["up_L"], values["up_R"]), ([0.6], [0.3]))


def test_values_stay_within_limits():
    rig = mapping(
        shapes={"a": {"jawOpen": 3.0}, "b": {"jawOpen": -3.0}, "c": {"jawOpen": 3.0}},
        limits={"b": (-0.5, 0.0), "c": (0.0, 2.0)},
    )

    values = shape_values(rig, channels(jawOpen=1.0))

    assert [float(values[key][0]) for key in "abc"] == [1.0, -0.5, 2.0]


def test_unknown_component_counts_as_nothing():
    values = shape_values(mapping(shapes={"a": {"nobody": 1.0}}), channels(jawOpen=1.0))

    np.testing.assert_allclose(values["a"], 0.0)


VISEMES = mapping(
    recipes={
        "aa": {"jawOpen": 0.7, "mouthLowerDownLeft": 0.2, "mouthLowerDownRight": 0.2},
        "oh": {"jawOpen": 0.4, "mouthFunnel": 0.65},
        "ou": {"jawOpen": 0.12, "mouthPucker": 0.8},
        "PP": {"mouthPressLeft": 0.5, "mouthPressRight": 0.5},
    }
)


@pytest.mark.parametrize("viseme", VISEMES.recipes)
def test_face_that_is_a_recipe_shows_that_viseme_alone(viseme):
    values = shape_values(VISEMES, channels(**VISEMES.recipes[viseme]))

    assert values[viseme][0] == pytest.approx(1.0, abs=0.02)
    assert max(values[other][0] for other in VISEMES.recipes if other != viseme) < 0.02


def test_both_lids_shut_once_where_a_rig_shuts_them_together_and_apart():
    rig = mapping(
        recipes={
            "blink": {"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0},
            "blinkLeft": {"eyeBlinkLeft": 1.0},
            "blinkRight": {"eyeBlinkRight": 1.0},
        }
    )

    both = shape_values(rig, channels(eyeBlinkLeft=1.0, eyeBlinkRight=1.0))
    left = shape_values(rig, channels(eyeBlinkLeft=1.0))

    assert both["blink"][0] + both["blinkLeft"][0] == pytest.approx(1.0, abs=0.01)
    assert both["blink"][0] + both["blinkRight"][0] == pytest.approx(1.0, abs=0.01)
    assert left["blink"][0] + left["blinkLeft"][0] == pytest.approx(1.0, abs=0.01)
    assert left["blink"][0] + left["blinkRight"][0] < 0.01


def test_lips_shut_over_an_open_jaw_open_no_viseme():
    values = shape_values(VISEMES, channels(jawOpen=0.3, mouthClose=0.33))

    assert values["aa"][0] < 0.01
    assert values["oh"][0] < 0.01


def test_visemes_rest_where_the_rig_shows_the_channels_one_by_one():
    rig = mapping(shapes={name: {name: 1.0} for name in ARKIT_NAMES}, recipes=VISEMES.recipes)

    values = shape_values(rig, channels(jawOpen=1.0))

    assert not set(values) & set(VISEMES.recipes)


@settings(max_examples=examples(30), deadline=None)
@given(st.lists(st.floats(-2.0, 3.0), min_size=52, max_size=52))
def test_whatever_the_take_says_no_limit_is_passed(row):
    values = shape_values(VISEMES, {name: np.array([value]) for name, value in zip(ARKIT_NAMES, row, strict=True)})

    for key, found in values.items():
        low, high = VISEMES.limits_of(key)
        assert low <= found[0] <= high


@pytest.mark.parametrize("stem", ["oculus-15", "vrm-1", "mmd"])
def test_mouth_is_as_open_as_the_take_s_however_the_lips_are(stem):
    rig = load_mapping(rig_preset(stem))
    random = np.random.default_rng(5)
    lips = (
        "mouthFunnel",
        "mouthPucker",
        "mouthLowerDownLeft",
        "mouthLowerDownRight",
        "mouthStretchLeft",
        "mouthSmileLeft",
    )
    face = channels(400) | {name: random.uniform(0.0, 0.3, 400) for name in lips}
    face["jawOpen"] = np.linspace(0.0, 0.6, 400)

    values = shape_values(rig, face)

    opened = sum(values[key] * row.get("jawOpen", 0.0) for key, row in rig.recipes.items())
    assert np.corrcoef(opened, face["jawOpen"])[0, 1] > 0.99
    assert np.abs(opened - face["jawOpen"]).max() < 0.08
