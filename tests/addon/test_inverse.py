"""Keys and bones told back in a take's terms."""

import numpy as np
import pytest
from duologue.addon.retargeting.character_axes import RestBone
from duologue.addon.retargeting.inverse import acted, bones_needed
from duologue.addon.retargeting.rig_mapping import BonePart, RigMapping
from duologue.addon.retargeting.shape_retarget import shape_values
from duologue.backend.contract.arkit import ARKIT_INDEX, ARKIT_NAMES
from duologue.backend.contract.constants import JAW_OPEN_RADIANS
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.examples import examples

UP = np.array([0.0, 0.0, 1.0])
EYES, JAW = slice(3, 5), 2


def read(mapping, values, bones=None, turns=None):
    return acted(mapping, bones or {}, UP, values, turns or {}, {})


@settings(max_examples=examples(40), deadline=None)
@given(st.dictionaries(st.sampled_from(ARKIT_NAMES), st.floats(0.0, 1.0), min_size=1, max_size=12))
def test_arkits_own_keys_say_what_they_show(said):
    """The jaw and the eyes are rotations in a take."""
    mapping = RigMapping("ARKit", "arkit", shapes={name: {name: 1.0} for name in ARKIT_NAMES})
    values = {name: np.full(3, said.get(name, 0.0)) for name in ARKIT_NAMES}

    found = read(mapping, values)

    for name, amount in said.items():
        if name == "jawOpen":
            assert found.pose[:, JAW, 0] == pytest.approx(amount * JAW_OPEN_RADIANS, abs=2e-3)
        else:
            assert found.expression[:, ARKIT_INDEX[name]] == pytest.approx(amount, abs=2e-3)
    assert found.expression[0, ARKIT_INDEX["jawOpen"]] == 0.0


def test_a_key_of_half_strength_and_a_shared_key_are_undone():
    mapping = RigMapping(
        "Half",
        "arkit",
        shapes={"Smile": {"mouthSmileLeft": 0.5, "mouthSmileRight": 0.5}, "Left": {"mouthSmileLeft": 1.0}},
    )
    said = {"mouthSmileLeft": np.array([0.2, 0.8]), "mouthSmileRight": np.array([0.6, 0.1])}

    found = read(mapping, shape_values(mapping, said))

    for name, amount in said.items():
        assert found.expression[:, ARKIT_INDEX[name]] == pytest.approx(amount, abs=0.01)


def test_visemes_bring_what_they_look_like_and_more_of_one_is_more():
    mapping = RigMapping(
        "Visemes", "arkit", recipes={"aa": {"jawOpen": 0.6}, "PP": {"mouthPressLeft": 0.5, "mouthPressRight": 0.5}}
    )

    found = read(mapping, {"aa": np.array([0.0, 0.5, 1.0]), "PP": np.array([1.0, 0.5, 0.0])})

    assert found.pose[:, JAW, 0] == pytest.approx([0.0, 0.3 * JAW_OPEN_RADIANS, 0.6 * JAW_OPEN_RADIANS])
    assert found.expression[:, ARKIT_INDEX["mouthPressLeft"]] == pytest.approx([0.5, 0.25, 0.0])


def test_eyes_that_look_by_keys_look_to_the_persons_left_and_down():
    mapping = RigMapping("Eyes", "arkit", shapes={n: {n: 1.0} for n in ARKIT_NAMES if n.startswith("eyeLook")})
    values = {name: np.zeros(2) for name in mapping.shapes}
    values |= {"eyeLookOutLeft": np.array([0.0, 0.5]), "eyeLookInRight": np.array([0.0, 0.5])}
    values |= {"eyeLookDownLeft": np.array([0.0, 1.0]), "eyeLookDownRight": np.array([0.0, 1.0])}

    found = read(mapping, values)

    assert np.degrees(found.pose[1, EYES]) == pytest.approx(np.array([[30.0, 15.0, 0.0]] * 2), abs=0.1)
    assert np.abs(found.pose[0]).max() < 1e-9


def test_flames_components_keep_their_sign_and_their_numbers():
    mapping = RigMapping("FLAME", "flame", shapes={f"exp{n}": {f"expression_{n:03d}": 1.0} for n in (1, 7)})

    found = read(mapping, {"exp1": np.array([-1.5, 2.0]), "exp7": np.array([0.5, -0.5])})

    assert found.expression.shape == (2, 7)
    assert found.expression[:, 0] == pytest.approx([-1.5, 2.0], abs=0.01)
    assert found.expression[:, 6] == pytest.approx([0.5, -0.5], abs=0.01)


def test_a_head_counts_from_what_it_hangs_on_and_a_walk_does_not():
    """The chest turns, and the head with it: relative to the chest nothing happened."""
    bones = {
        name: RestBone(name, parent, np.eye(3), np.array([0.0, 0.0, height]))
        for name, parent, height in (("chest", None, 1.0), ("neck", "chest", 1.3), ("head", "neck", 1.4))
    }
    mapping = RigMapping("Bones", "arkit", bones={"head": (BonePart("neck", 0.4), BonePart("head", 0.6))})
    half = np.array([np.cos(0.2), 0.0, 0.0, np.sin(0.2)])  # 0.4 radians about the vertical
    still = np.array([1.0, 0.0, 0.0, 0.0])
    turns = {"chest": np.array([still, half]), "neck": np.array([still, half]), "head": np.array([half, half])}

    found = read(mapping, {}, bones, turns)

    assert set(bones_needed(mapping, bones)) == {"chest", "neck", "head"}
    assert found.pose[0, 1] == pytest.approx([0.0, 0.4, 0.0], abs=1e-9)
    assert found.pose[1, 1] == pytest.approx([0.0, 0.0, 0.0], abs=1e-9)
