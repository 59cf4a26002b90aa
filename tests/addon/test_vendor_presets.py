"""Every preset says something, about channels that exist, in the names its vendor uses."""

import json
from pathlib import Path

import numpy as np
import pytest
from duologue.addon.paths import rig_preset
from duologue.addon.retargeting.canonical_names import canonical, canonical_bone
from duologue.addon.retargeting.own_heads import component_names
from duologue.addon.retargeting.rig_mapping import load_mapping, mapping_from_json, mapping_to_json
from duologue.addon.retargeting.shape_retarget import shape_values
from duologue.backend.contract.arkit import ARKIT_NAMES

FOLDER = Path(__file__).resolve().parents[2] / "presets" / "rigs"
STEMS = sorted(path.stem for path in FOLDER.glob("*.json"))
VENDORS = {
    "arkit-52": {"eyeBlinkLeft", "jawOpen", "tongueOut"},
    "vrm-1": {"aa", "ih", "ou", "ee", "oh", "blink", "blinkLeft", "lookUp", "happy", "surprised", "leftEye"},
    "oculus-15": {"viseme_sil", "viseme_PP", "viseme_kk", "viseme_nn", "viseme_U"},
    "mmd": {
        "あ",
        "い",
        "う",
        "え",
        "お",
        "ん",
        "まばたき",
        "ウィンク２",
        "笑い",
        "にこり",
        "困る",
        "怒り",
        "頭",
        "首",
        "左目",
    },
    "character-creator-4": {"Mouth_Smile_L", "Eye_Blink_L", "V_Open", "CC_Base_Head", "CC_Base_JawRoot"},
    "ready-player-me": {"mouthSmileLeft", "viseme_aa", "Neck", "Head", "LeftEye"},
    "rigify-face": {"head", "neck", "jaw_master", "lid.T.L.002", "lips.L", "lip.B", "brow.T.R.003", "eye.L"},
    "flame": {"Exp1", "Exp100", "neck", "jaw", "left_eye"},
    "auto-rig-pro": {"c_jawbone.x", "c_lips_smile.l", "c_eyelid_top.r", "c_eye.l", "c_head.x"},
    "character-creator-3": {"Mouth_Smile_L", "Explosive", "Dental_Lip", "CC_Base_Head"},
    "daz-genesis": {"eCTRLMouthOpen", "eCTRLEyesClosedL", "eCTRLvAA", "lowerJaw", "lEye"},
    "face-by-bones": set(),
    "few-shapes": {"mouthOpen", "mouthSmile", "eyesClosed"},
    "head-and-eyes": set(),
    "makehuman": {"mouth-open", "eye-left-closure", "mouth-corner-puller"},
    "mb-lab": {"Expressions_mouthOpen_max", "Expressions_eyeClosedL_max"},
    "meta-avatar": {"JAW_DROP", "EYES_CLOSED_L", "LIP_CORNER_PULLER_R"},
    "metahuman": {"CTRL_expressions_jawOpen", "CTRL_expressions_mouthCornerPullL", "FACIAL_C_Jaw", "neck_02"},
    "metahuman-bones": {"FACIAL_C_Jaw", "FACIAL_L_EyelidUpperA", "FACIAL_R_Eye"},
    "mixamo-fuse": {"Blink_Left", "BrowsDown_Right", "MouthOpen"},
    "roblox": {"JawDrop", "LeftEyeClosed", "RightLipCornerPuller"},
    "sranipal": {"Jaw_Open", "Eye_Left_Blink", "Mouth_Pout"},
    "unified-expressions": {"JawOpen", "EyeClosedLeft", "MouthCornerPullLeft", "BrowLowererRight"},
}
BONES_ALONE = {"face-by-bones", "head-and-eyes", "metahuman-bones"}
EVERY_FACE = {"eyeBlinkLeft", "eyeBlinkRight"}


def components(mapping):
    rows = (*mapping.shapes.values(), *mapping.recipes.values(), *mapping.moves.values())
    return {name for row in rows for name in row}


def basis_of(mapping):
    return set(ARKIT_NAMES) if mapping.basis == "arkit" else set(component_names("flame-2020", 100))


def test_every_vendor_has_a_file():
    assert set(STEMS) == set(VENDORS)


@pytest.mark.parametrize("stem", STEMS)
def test_preset_uses_the_vendor_s_names(stem):
    mapping = load_mapping(rig_preset(stem))

    assert VENDORS[stem] <= {*mapping.key_names, *mapping.bone_names}
    assert mapping.title


@pytest.mark.parametrize("stem", STEMS)
def test_preset_names_only_components_that_exist(stem):
    mapping = load_mapping(rig_preset(stem))

    assert components(mapping) <= basis_of(mapping)


@pytest.mark.parametrize("stem", STEMS)
def test_preset_has_a_head_and_limits_for_its_own_keys_only(stem):
    mapping = load_mapping(rig_preset(stem))

    parts = mapping.bones["head"]  # empty: by the usual names
    assert not parts or sum(part.share for part in parts) >= 0.99
    assert set(mapping.limits) <= set(mapping.key_names)
    assert set(mapping.aliases) <= {*mapping.key_names, *mapping.bone_names}


@pytest.mark.parametrize("stem", [stem for stem in STEMS if stem not in {"flame", *BONES_ALONE}])
def test_blinks_are_mapped_everywhere(stem):
    assert components(load_mapping(rig_preset(stem))) >= EVERY_FACE


@pytest.mark.parametrize("stem", STEMS)
def test_preset_reads_back_as_it_was(stem):
    data = json.loads(rig_preset(stem).read_text(encoding="utf-8"))

    mapping = mapping_from_json(data)

    assert mapping_from_json(mapping_to_json(mapping)) == mapping


@pytest.mark.parametrize("stem", [stem for stem in STEMS if stem not in {"flame", *BONES_ALONE}])
def test_left_is_left(stem):
    """What only the left side of the face does moves more on keys and bones of the left."""
    mapping = load_mapping(rig_preset(stem))
    still = {name: np.zeros(1) for name in ARKIT_NAMES}

    values = shape_values(mapping, still | {"eyeBlinkLeft": np.ones(1)})

    moved = {key for key, value in values.items() if value[0] > 0.5}
    assert not [key for key in moved if canonical(key).endswith(".r")]
    moving = {bone for bone, row in mapping.moves.items() if "eyeBlinkLeft" in row}
    assert not [bone for bone in moving if canonical_bone(bone).endswith(".r")]
    assert moved or moving


def test_arkit_is_complete():
    assert set(load_mapping(rig_preset("arkit-52")).shapes) == set(ARKIT_NAMES)


@pytest.mark.parametrize("stem", ["character-creator-4", "ready-player-me", "rigify-face"])
def test_no_component_gets_lost(stem):
    mapping = load_mapping(rig_preset(stem))
    carried = {"jawOpen"} if mapping.bones.get("jaw") else set()

    assert components(mapping) | carried >= set(ARKIT_NAMES)
