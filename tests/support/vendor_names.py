"""Shape keys and bones as vendors spell them, and the preset that each finds."""

from duologue.backend.contract.arkit import ARKIT_NAMES


def spelled(form):
    return [form(name) for name in ARKIT_NAMES]


def sided(name, left, right, glue=""):
    for side, mark in (("Left", left), ("Right", right)):
        if name.endswith(side):
            return name[: -len(side)] + glue + mark
    return name


DAZ_BONES = ["hip", "abdomenLower", "neckLower", "neckUpper", "head", "lEye", "rEye", "lowerJaw", "lShldrBend"]
UNREAL_BONES = ["pelvis", "spine_05", "neck_01", "neck_02", "head", "FACIAL_C_Jaw", "FACIAL_L_Eye", "FACIAL_R_Eye"]
META = "CTRL_expressions_"
VENDORS = {
    "FACS joints and shapes": (
        [f"facs_{'jnt' if 'jaw' in name else 'bs'}_{name[0].upper()}{name[1:]}_div2" for name in ARKIT_NAMES],
        DAZ_BONES,
        "arkit-52",
        {"head": ["neckLower", "neckUpper", "head"], "jaw": ["lowerJaw"], "eye_left": ["lEye"]},
    ),
    "Genesis 9 with its figure's name": (
        [f"Genesis9__facs_bs_{name[0].upper()}{name[1:]}" for name in ARKIT_NAMES],
        ["neck1", "neck2", "head", "l_eye", "r_eye", "lowerjaw"],
        "arkit-52",
        {"head": ["neck1", "neck2", "head"], "jaw": ["lowerjaw"], "eye_right": ["r_eye"]},
    ),
    "Genesis 8": (
        [f"Genesis8Female__eCTRL{name}" for name in ("MouthOpen", "EyesClosedL", "EyesClosedR", "vAA", "vM", "vOW")],
        DAZ_BONES,
        "daz-genesis",
        {"jaw": ["lowerJaw"], "eye_right": ["rEye"]},
    ),
    "Rocketbox": (
        [f"AK_{index:02d}_{name[0].upper()}{name[1:]}" for index, name in enumerate(ARKIT_NAMES, 1)],
        ["Bip01", "Bip01 Neck", "Bip01 Head", "Bip01 MJaw", "Bip01 LEye", "Bip01 REye"],
        "arkit-52",
        {
            "head": ["Bip01 Neck", "Bip01 Head"],
            "jaw": ["Bip01 MJaw"],
            "eye_left": ["Bip01 LEye"],
            "eye_right": ["Bip01 REye"],
        },
    ),
    "tracker parameters": (
        [f"FT/v2/{name[0].upper()}{name[1:]}" for name in ARKIT_NAMES],
        [],
        "arkit-52",
        {},
    ),
    "Unified Expressions": (
        [
            *(
                "JawOpen",
                "EyeClosedLeft",
                "EyeClosedRight",
                "MouthCornerPullLeft",
                "MouthCornerPullRight",
                "MouthClosed",
            ),
            *("BrowLowererLeft", "BrowLowererRight", "MouthUpperUpLeft", "MouthUpperUpRight", "LipPuckerUpperLeft"),
        ],
        ["Neck", "Head", "LeftEye", "RightEye"],
        "unified-expressions",
        {"eye_left": ["LeftEye"]},
    ),
    "MetaHuman": (
        [
            *(META + name for name in ("jawOpen", "eyeBlinkL", "eyeBlinkR", "mouthCornerPullL", "mouthCornerPullR")),
            *(META + name for name in ("browRaiseInL", "browLateralL", "mouthFunnelUL", "mouthLipsPurseUL")),
        ],
        UNREAL_BONES,
        "metahuman",
        {"head": ["neck_01", "neck_02", "head"], "jaw": ["FACIAL_C_Jaw"], "eye_left": ["FACIAL_L_Eye"]},
    ),
    "MetaHuman's raw shapes": (
        [
            *("head_lod0_mesh__jaw_open", "head_lod0_mesh__eye_blink_L", "head_lod0_mesh__eye_blink_R"),
            *("head_lod0_mesh__mouth_cornerPull_L", "head_lod0_mesh__brow_raiseIn_L", "head_lod0_mesh__brow_lateral_L"),
        ],
        UNREAL_BONES,
        "metahuman",
        {"eye_right": ["FACIAL_R_Eye"]},
    ),
    "MetaHuman by bones": (
        [],
        [*UNREAL_BONES, "FACIAL_C_LowerLipRotation", "FACIAL_L_EyelidUpperA", "FACIAL_R_EyelidUpperA"],
        "metahuman-bones",
        {"jaw": ["FACIAL_C_Jaw", "FACIAL_C_LowerLipRotation"], "lid_upper_left": ["FACIAL_L_EyelidUpperA"]},
    ),
    "Character Creator 3": (
        ["Open", "Explosive", "Dental_Lip", "Tight_O", "Wide", "Affricate", "Lip_Open", "Eye_Blink_L", "Eye_Blink_R"],
        ["CC_Base_Head", "CC_Base_NeckTwist01", "CC_Base_NeckTwist02", "CC_Base_JawRoot", "CC_Base_L_Eye"],
        "character-creator-3",
        {"jaw": ["CC_Base_JawRoot"]},
    ),
    "MakeHuman": (
        ["mouth-open", "mouth-corner-puller", "eye-left-closure", "eye-right-closure", "eyebrows-left-up"],
        ["neck01", "neck02", "neck03", "head", "jaw", "eye.L", "eye.R"],
        "makehuman",
        {"head": ["neck01", "neck02", "neck03", "head"], "jaw": ["jaw"]},
    ),
    "MB-Lab": (
        [
            *("Expressions_mouthOpen_max", "Expressions_eyeClosedL_max", "Expressions_eyeClosedR_max"),
            *("Expressions_browsMidVert_max", "Expressions_mouthSmileL_max"),
        ],
        ["neck", "head", "pelvis"],
        "mb-lab",
        {"head": ["neck", "head"]},
    ),
    "Roblox": (
        ["JawDrop", "LeftEyeClosed", "RightEyeClosed", "LeftLipCornerPuller", "RightLipCornerPuller", "LipsTogether"],
        ["Head", "UpperTorso"],
        "roblox",
        {"head": ["Head"]},
    ),
    "Meta": (
        ["JAW_DROP", "EYES_CLOSED_L", "EYES_CLOSED_R", "LIP_CORNER_PULLER_L", "INNER_BROW_RAISER_L", "LIPS_TOWARD"],
        [],
        "meta-avatar",
        {},
    ),
    "WebXR": (
        ["jaw_drop", "eyes_closed_left", "eyes_closed_right", "lip_corner_puller_left", "lips_toward"],
        [],
        "meta-avatar",
        {},
    ),
    "Mixamo's Fuse": (
        [
            *("Facial_Blends.Blink_Left", "Facial_Blends.Blink_Right", "Facial_Blends.MouthOpen"),
            *("Facial_Blends.BrowsUp_Left", "Facial_Blends.Smile_Left", "Facial_Blends.UpperLipUp_Left"),
        ],
        ["mixamorig:Neck", "mixamorig:Head", "mixamorig:LeftEye", "mixamorig:RightEye"],
        "mixamo-fuse",
        {"head": ["mixamorig:Neck", "mixamorig:Head"], "eye_left": ["mixamorig:LeftEye"]},
    ),
    "SRanipal": (
        ["Eye_Left_Blink", "Eye_Right_Blink", "Jaw_Open", "Mouth_Pout", "Mouth_Ape_Shape", "Mouth_Upper_UpLeft"],
        [],
        "sranipal",
        {},
    ),
    "Auto-Rig Pro": (
        [],
        [
            *("c_head.x", "head.x", "c_neck.x", "neck.x", "c_jawbone.x", "c_lips_smile.l", "c_lips_smile.r"),
            *("c_lips_top.x", "c_lips_bot.x", "c_eyelid_top.l", "c_eyelid_top.r", "c_eye.l", "c_eye.r", "eyelid_top.l"),
        ],
        "auto-rig-pro",
        {"head": ["c_neck.x", "c_head.x"], "eye_right": ["c_eye.r"]},
    ),
    "Rigify with the skin face": (
        [],
        ["neck", "head", "jaw_master", "eye_master.L", "eye_master.R", "lip.T", "lip.B", "eye.L", "eye.R"],
        "rigify-face",
        {"eye_left": ["eye_master.L"], "jaw": ["jaw_master"]},
    ),
    "Advanced Skeleton, bones alone": (
        [],
        ["Neck_M", "Head_M", "Jaw_M", "Eye_L", "Eye_R", "Shoulder_L"],
        "face-by-bones",
        {"head": ["Neck_M", "Head_M"], "jaw": ["Jaw_M"], "eye_left": ["Eye_L"]},
    ),
    "Genesis 8 bones alone": (
        [],
        [*DAZ_BONES, "lEyelidUpper", "lEyelidUpperInner", "rEyelidUpper", "rEyelidUpperInner", "lEyelidLower"],
        "face-by-bones",
        {"jaw": ["lowerJaw"], "lid_upper_left": ["lEyelidUpperInner", "lEyelidUpper"]},
    ),
    "joints with suffixes": (
        spelled(lambda name: sided(name, "l", "r", "_")),
        ["neck_jnt", "head_jnt", "l_eye_jnt", "r_eye_jnt", "jaw_jnt"],
        "arkit-52",
        {"head": ["neck_jnt", "head_jnt"], "eye_left": ["l_eye_jnt"], "jaw": ["jaw_jnt"]},
    ),
    "a scene referenced in Maya": (
        [f"char:head_blends.{name}" for name in ARKIT_NAMES],
        ["char:Neck_M", "char:Head_M", "char:Eye_L", "char:Eye_R", "char:Jaw_M"],
        "arkit-52",
        {"head": ["char:Neck_M", "char:Head_M"], "eye_left": ["char:Eye_L"], "jaw": ["char:Jaw_M"]},
    ),
    "ARKit on Rigify's body": (
        list(ARKIT_NAMES),
        ["neck", "head", "DEF-spine.006", "ORG-eye.L", "eye.L", "eye.R", "master_eye.L", "master_eye.R", "jaw_master"],
        "arkit-52",
        {"eye_left": ["master_eye.L"], "eye_right": ["master_eye.R"], "jaw": ["jaw_master"]},
    ),
    "visemes and one blink": (
        ["vrc.v_aa", "vrc.v_oh", "vrc.v_pp", "vrc.v_ih", "vrc.blink"],
        ["Neck", "Head"],
        "oculus-15",
        {"head": ["Neck", "Head"]},
    ),
    "three spoken shapes": (["Open Mouth", "Smile", "Blink"], ["Head"], "few-shapes", {"head": ["Head"]}),
}
