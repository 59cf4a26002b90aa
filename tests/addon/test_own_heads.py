import numpy as np
import pytest
from duologue.addon.retargeting.own_heads import BONE_NAMES, check_face, check_rig, component_names, own_head_curves
from duologue.backend.contract.arkit import ARKIT_NAMES
from duologue.backend.contract.errors import ExitCode
from duologue.backend.contract.performance import Performance

from tests.support.refusals import refused

KEYS = set(ARKIT_NAMES) - {"jawOpen"}


def performance(frames=10, components=52, face="open-head-1"):
    random = np.random.default_rng(0)
    return Performance(
        25.0,
        face,
        ("Anna", "Ben"),
        random.normal(size=(2, frames, components)),
        random.normal(size=(2, frames, 5, 3)),
        random.normal(size=(2, frames, 3)),
        np.zeros((2, frames)),
        {},
    )


def test_open_head_s_components_are_in_the_order_of_the_models():
    assert component_names("open-head-1", 52) == ARKIT_NAMES


def test_flame_s_components_are_numbered_from_one():
    names = component_names("flame-2020", 100)

    assert (names[0], names[99]) == ("expression_001", "expression_100")


def test_every_channel_gets_its_own_values():
    take = performance()

    curves = own_head_curves(take, 1, np.arange(10) / 25.0, KEYS)

    shapes = {curve.data_path: curve.values for curve in curves.shapes}
    np.testing.assert_allclose(
        shapes['key_blocks["mouthPucker"].value'], take.expression[1, :, ARKIT_NAMES.index("mouthPucker")]
    )
    location = [curve for curve in curves.bones if curve.data_path == 'pose.bones["root"].location']
    np.testing.assert_allclose(np.stack([curve.values for curve in location], axis=1), take.translation[1])
    assert len(curves.bones) == 5 * 4 + 3
    assert len(curves.shapes) == 51


def test_flame_head_gets_the_take_s_own_components():
    take = performance(components=50, face="flame-2020")
    keys = {f"expression_{number:03d}" for number in range(1, 101)}

    shapes = {curve.data_path: curve.values for curve in own_head_curves(take, 0, np.arange(10) / 25.0, keys).shapes}

    assert len(shapes) == 50
    np.testing.assert_allclose(shapes['key_blocks["expression_007"].value'], take.expression[0, :, 6])


def test_only_keys_on_the_rig_are_written():
    curves = own_head_curves(performance(), 0, np.arange(10) / 25.0, {"mouthPucker", "artistsOwn"})

    assert [curve.data_path for curve in curves.shapes] == ['key_blocks["mouthPucker"].value']


def test_closed_lips_stay_closed_at_other_rates():
    take = performance(frames=50)
    column = ARKIT_NAMES.index("mouthClose")
    take.expression[0, :, column] = 1.0
    take.expression[0, 20:23, column] = 0.0

    values = own_head_curves(take, 0, np.arange(48) / 24.0, {"mouthClose"}).shapes[0].values

    assert values.min() == 0.0


def test_missing_keys_are_counted_and_named():
    coverage = check_rig(performance(), "Anna", BONE_NAMES, KEYS - {"mouthPucker", "tongueOut"})

    assert (coverage.mapped, coverage.wanted) == (49, 51)
    assert coverage.missing == ("mouthPucker", "tongueOut")


def test_rig_without_a_bone_is_refused_by_name():
    with refused(ExitCode.RIG_UNSUITABLE, "jaw"):
        check_rig(performance(), "Anna", set(BONE_NAMES) - {"jaw"}, KEYS)


def test_rig_without_any_key_is_refused():
    with refused(ExitCode.RIG_UNSUITABLE):
        check_rig(performance(), "Chair", BONE_NAMES, {"Key 1"})


@pytest.mark.parametrize("take", [performance(components=20), performance(face="flame-2023"), performance(face="x")])
def test_take_of_another_face_is_refused(take):
    with refused(ExitCode.PERFORMANCE_INVALID):
        check_face("open-head-1", take)
