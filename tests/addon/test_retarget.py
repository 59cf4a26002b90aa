import json

import numpy as np
import pytest
from duologue.addon.paths import rig_preset
from duologue.addon.retarget import check_performance, check_rig, load_mapping, rig_curves
from duologue.backend.contract.arkit import ARKIT_NAMES
from duologue.backend.contract.errors import DuologueError, ExitCode
from duologue.backend.contract.performance import Performance

BONES = {"root", "neck", "jaw", "eye_left", "eye_right"}
KEYS = set(ARKIT_NAMES) - {"jawOpen"}


@pytest.fixture
def mapping():
    return load_mapping(rig_preset("open-head-1"))


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


def test_preset_names_components_in_the_order_of_the_models(mapping):
    assert tuple(mapping.shapes) == ARKIT_NAMES


def test_every_channel_gets_its_own_values(mapping):
    take = performance()

    curves = rig_curves(take, 1, mapping, np.arange(10) / 25.0, KEYS)

    shapes = {curve.data_path: curve.values for curve in curves.shapes}
    np.testing.assert_allclose(
        shapes['key_blocks["mouthPucker"].value'], take.expression[1, :, ARKIT_NAMES.index("mouthPucker")]
    )
    location = [curve for curve in curves.bones if curve.data_path == 'pose.bones["root"].location']
    np.testing.assert_allclose(np.stack([curve.values for curve in location], axis=1), take.translation[1])
    assert len(curves.bones) == 5 * 4 + 3
    assert len(curves.shapes) == 51


def test_only_keys_on_the_rig_are_written(mapping):
    curves = rig_curves(performance(), 0, mapping, np.arange(10) / 25.0, {"mouthPucker", "artistsOwn"})

    assert [curve.data_path for curve in curves.shapes] == ['key_blocks["mouthPucker"].value']


def test_closed_lips_stay_closed_at_other_rates(mapping):
    take = performance(frames=50)
    column = ARKIT_NAMES.index("mouthClose")
    take.expression[0, :, column] = 1.0
    take.expression[0, 20:23, column] = 0.0

    values = rig_curves(take, 0, mapping, np.arange(48) / 24.0, {"mouthClose"}).shapes[0].values

    assert values.min() == 0.0


def test_missing_keys_are_counted_and_named(mapping):
    coverage = check_rig(mapping, "Anna", BONES, KEYS - {"mouthPucker", "tongueOut"})

    assert (coverage.mapped, coverage.wanted) == (49, 51)
    assert coverage.missing == ("mouthPucker", "tongueOut")


def test_rig_without_a_bone_is_refused_by_name(mapping):
    with pytest.raises(DuologueError, match="jaw") as caught:
        check_rig(mapping, "Anna", BONES - {"jaw"}, KEYS)

    assert caught.value.code == ExitCode.RIG_UNSUITABLE


def test_rig_without_any_key_is_refused(mapping):
    with pytest.raises(DuologueError, match="None of the 51"):
        check_rig(mapping, "Chair", BONES, {"Key 1"})


@pytest.mark.parametrize("take", [performance(components=20), performance(face="flame-2023")])
def test_take_of_another_face_is_refused(mapping, take):
    with pytest.raises(DuologueError) as caught:
        check_performance(mapping, take)

    assert caught.value.code == ExitCode.PERFORMANCE_INVALID


@pytest.mark.parametrize("content", ["{", "[]", json.dumps({"face": "x", "joints": {}, "moving": "a", "shapes": {}})])
def test_broken_preset_is_explained(tmp_path, content):
    path = tmp_path / "preset.json"
    path.write_text(content)

    with pytest.raises(DuologueError) as caught:
        load_mapping(path)

    assert caught.value.code == ExitCode.RIG_UNSUITABLE
