"""Names as exporters and add-ons write them, and the shipped preset each of them gets."""

from pathlib import Path

import pytest
from duologue.addon.retargeting.preset_choice import best_preset
from duologue.addon.retargeting.rig_mapping import load_mapping
from duologue.backend.contract.arkit import ARKIT_NAMES
from duologue.backend.contract.errors import ExitCode

from tests.support.refusals import refused

PRESETS = {
    path.stem: load_mapping(path) for path in (Path(__file__).resolve().parents[2] / "presets" / "rigs").glob("*.json")
}
OCULUS = ("sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "I", "O", "U")
MIXAMO = ("Hips", "Spine", "Spine1", "Spine2", "Neck", "Head", "LeftArm", "RightArm", "LeftHand")
VROID_FACE = "Face.M_F00_000_00_"
VROID = (
    *("Fcl_ALL_Neutral", "Fcl_ALL_Angry", "Fcl_ALL_Fun", "Fcl_ALL_Joy", "Fcl_ALL_Sorrow", "Fcl_ALL_Surprised"),
    *("Fcl_BRW_Angry", "Fcl_EYE_Close", "Fcl_EYE_Close_R", "Fcl_EYE_Close_L", "Fcl_EYE_Joy", "Fcl_MTH_Up"),
    *("Fcl_MTH_A", "Fcl_MTH_I", "Fcl_MTH_U", "Fcl_MTH_E", "Fcl_MTH_O", "Fcl_MTH_SkinFung", "Fcl_HA_Hide"),
)
VROID_BONES = ("J_Bip_C_Hips", "J_Bip_C_Neck", "J_Bip_C_Head", "J_Adj_L_FaceEye", "J_Adj_R_FaceEye", "J_Bip_L_Hand")
MMD = (
    *("真面目", "困る", "にこり", "怒り", "上", "下", "まばたき", "笑い", "ウィンク", "ウィンク右", "ウィンク２"),
    *(
        "ｳｨﾝｸ２右",
        "はぅ",
        "なごみ",
        "びっくり",
        "じと目",
        "瞳小",
        "あ",
        "い",
        "う",
        "え",
        "お",
        "▲",
        "∧",
        "ω",
        "ω□",
        "にやり",
    ),
)
MMD_BONES = ("センター", "上半身", "首", "頭", "目.L", "目.R", "両目")
CC4 = (
    *("Brow_Raise_Inner_L", "Brow_Raise_Inner_R", "Brow_Drop_L", "Brow_Drop_R", "Eye_Blink_L", "Eye_Blink_R"),
    *(
        "Eye_L_Look_L",
        "Eye_L_Look_R",
        "Eye_R_Look_L",
        "Eye_R_Look_R",
        "Eye_L_Look_Up",
        "Eye_R_Look_Up",
        "Mouth_Smile_L",
    ),
    *("Mouth_Smile_R", "Mouth_Frown_L", "Mouth_Frown_R", "Jaw_Open", "Mouth_Close", "Mouth_L", "Mouth_R", "Tongue_Out"),
    *("V_Open", "V_Explosive", "V_Dental_Lip", "V_Tight_O", "V_Tight", "V_Wide", "V_Affricate", "V_Lip_Open"),
    *("Brow_Compress_L", "Cheek_Suck_L", "Neck_Swallow_Up", "Head_Turn_L"),
)
CC4_BONES = ("CC_Base_Hip", "CC_Base_NeckTwist01", "CC_Base_Head", "CC_Base_JawRoot", "CC_Base_L_Eye", "CC_Base_R_Eye")
RIGIFY_BONES = (
    *(
        "torso",
        "chest",
        "neck",
        "head",
        "jaw_master",
        "lip.T",
        "lip.B",
        "lips.L",
        "lips.R",
        "lip.T.L.001",
        "lip.B.L.001",
    ),
    *("lip.T.R.001", "lip.B.R.001", "brow.T.L.001", "brow.T.R.001", "lid.T.L.002", "lid.B.L.002", "cheek.T.L.001"),
    *("master_eye.L", "master_eye.R", "eye.L", "eye.R", "eyes", "tongue_master", "DEF-lip.T.L", "ORG-lip.T", "MCH-jaw"),
)

RIGS = {
    "ARKit": ([*ARKIT_NAMES, "Fat", "Thin"], [], "arkit-52"),
    "ARKit by an exporter to FBX": ([f"blendShape1.{name}" for name in ARKIT_NAMES], MIXAMO, "arkit-52"),
    "ARKit with sides by letters": (
        [name.replace("Left", "_L").replace("Right", "_R") for name in ARKIT_NAMES],
        ["head.x", "neck.x", "eye.l", "eye.r"],
        "arkit-52",
    ),
    "Ready Player Me": (
        [*ARKIT_NAMES, *(f"viseme_{name}" for name in OCULUS), "mouthOpen", "mouthSmile"],
        [*MIXAMO, "LeftEye", "RightEye"],
        "ready-player-me",
    ),
    "VRChat": (
        [f"vrc.v_{name.lower()}" for name in OCULUS] + ["vrc.blink_left", "vrc.blink_right", "smirk", "hat_off"],
        MIXAMO,
        "oculus-15",
    ),
    "Oculus": ([f"viseme_{name}" for name in OCULUS], [], "oculus-15"),
    "VRoid": (VROID, VROID_BONES, "vrm-1"),
    "VRoid by its mesh": ([VROID_FACE + name for name in VROID], VROID_BONES, "vrm-1"),
    "MMD": (MMD, MMD_BONES, "mmd"),
    "Character Creator": (CC4, CC4_BONES, "character-creator-4"),
    "Rigify": ([], RIGIFY_BONES, "rigify-face"),
    "FLAME": ([f"Exp{number}" for number in range(1, 101)], ["root", "neck", "jaw", "left_eye"], "flame"),
}


@pytest.mark.parametrize(("keys", "bones", "expected"), RIGS.values(), ids=RIGS.keys())
def test_rig_gets_its_preset(keys, bones, expected):
    stem, result = best_preset(PRESETS, keys, bones)

    assert stem == expected
    assert set(result.mapping.key_names) <= set(keys)
    assert set(result.mapping.bone_names) <= set(bones)


def mapped(name):
    keys, bones, _ = RIGS[name]
    return best_preset(PRESETS, keys, bones)[1].mapping


def test_eyes_that_look_across_keep_their_sides():
    shapes = mapped("Character Creator").shapes

    assert shapes["Eye_L_Look_L"] == {"eyeLookOutLeft": 1.0}
    assert shapes["Eye_L_Look_R"] == {"eyeLookInLeft": 1.0}
    assert shapes["Eye_R_Look_L"] == {"eyeLookInRight": 1.0}


def test_half_width_japanese_is_read():
    assert "ｳｨﾝｸ２右" in mapped("MMD").key_names
    assert not {"ウィンク右", "ω", "ω□", "▲"} & set(mapped("MMD").key_names)


def test_bones_of_other_layers_of_rigify_are_left_alone():
    assert not {"DEF-lip.T.L", "ORG-lip.T", "MCH-jaw"} & set(mapped("Rigify").bone_names)


@pytest.mark.parametrize(
    ("keys", "bones"),
    [
        ([], [f"mixamorig:{name}" for name in MIXAMO]),
        ([], []),
        (["Fat", "Thin", "Key 1", "Deform"], ["Bone", "Bone.001"]),
        (["MouthPart_001", "smile_broad", "browAngry"], []),
    ],
)
def test_rig_without_a_face_is_refused(keys, bones):
    with refused(ExitCode.RIG_UNSUITABLE):
        best_preset(PRESETS, keys, bones)
