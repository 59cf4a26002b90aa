"""Every part of a face is reported: what moves it, what does not, and what is missing altogether."""

import pytest
from duologue.addon.retargeting.coverage import PARTS, can_talk, part_coverage
from duologue.addon.retargeting.rig_mapping import BONE_CHANNELS, BonePart, RigMapping
from duologue.backend.contract.arkit import ARKIT_NAMES
from hypothesis import given, settings
from hypothesis import strategies as st

WHOLE = RigMapping(
    "Whole",
    "arkit",
    shapes={name: {name: 1.0} for name in ARKIT_NAMES},
    bones={"head": (BonePart("Neck", 0.4), BonePart("Head", 0.6))},
)


def states(mapping):
    return {part.part: part.state for part in part_coverage(mapping)}


def test_whole_face_is_found_in_every_part():
    assert states(WHOLE) == dict.fromkeys(PARTS, "found")


def test_nothing_is_missing_in_every_part():
    assert states(RigMapping("Empty", "arkit")) == dict.fromkeys(PARTS, "missing")


def test_few_shapes_are_partial_and_say_what_they_do():
    mapping = RigMapping(
        "Few",
        "arkit",
        recipes={
            "open": {"jawOpen": 1.0},
            "shut": {"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0},
            "wink": {"eyeWideLeft": 1.0},
        },
    )
    found = {part.part: part for part in part_coverage(mapping)}

    assert (found["lips"].state, found["lips"].does) == ("partial", ("open",))
    assert {"smile", "round"} <= set(found["lips"].lacks)
    assert found["lids"].state == "found"
    assert found["lids"].carriers == ("shut", "wink")
    assert "widen on one side" in found["lids"].does
    assert found["brows"].state == found["head"].state == "missing"


def test_bones_count_as_what_they_move():
    bones = {
        "jaw": (BonePart("Jaw"),),
        "eye_left": (BonePart("EyeL"),),
        "eye_right": (BonePart("EyeR"),),
        "lid_upper_left": (BonePart("LidL"),),
        "head": (BonePart("Head"),),
    }
    found = {part.part: part for part in part_coverage(RigMapping("Bones", "arkit", bones=bones))}

    assert found["jaw"].carriers == ("Jaw",)
    assert set(found["eyes"].carriers) == {"EyeL", "EyeR"}
    assert found["eyes"].state == "found"
    assert found["lids"].state == "partial"
    assert (found["head"].carriers, found["neck"].state) == (("Head",), "missing")


@pytest.mark.parametrize("neck", ["Neck", "CC_Base_NeckTwist01", "首", "mixamorig:Neck"])
def test_neck_without_a_head_is_no_head(neck):
    assert states(RigMapping("N", "arkit", bones={"head": (BonePart(neck),)}))["head"] == "missing"


@settings(deadline=None)
@given(
    st.dictionaries(st.sampled_from(ARKIT_NAMES), st.just(1.0), max_size=8),
    st.lists(st.sampled_from(BONE_CHANNELS), unique=True),
)
def test_report_names_every_part_once_and_only_what_the_mapping_has(row, channels):
    bones = {channel: (BonePart(f"bone of {channel}"),) for channel in channels}
    mapping = RigMapping("Any", "arkit", shapes={"key": row}, bones=bones)

    parts = part_coverage(mapping)

    assert tuple(part.part for part in parts) == PARTS
    for part in parts:
        assert set(part.carriers) <= {*mapping.key_names, *mapping.bone_names}
        assert (part.state == "missing") == (not part.does)
        assert not set(part.does) & set(part.lacks)


def test_lips_that_never_part_are_a_face_and_a_lone_smile_is_none():
    smile = {"smile": {"mouthSmileLeft": 1.0, "mouthSmileRight": 1.0}}
    more = {"round": {"mouthPucker": 1.0}, "press": {"mouthRollLower": 1.0}}

    assert not can_talk(RigMapping("S", "arkit", shapes=smile))
    assert can_talk(RigMapping("S", "arkit", shapes=smile | more))
