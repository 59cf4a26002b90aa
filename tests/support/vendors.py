"""What each vendor's character is made of: names of keys and bones, and what they move."""

from math import radians

from duologue.backend.contract.arkit import ARKIT_NAMES

from tests.support.vendor_rigs import BLINK, EYE, HEAD, JAW, LOOK, OPEN, POINTS, SMILE, Y_UP, Vendor


def _up(*points, by):
    return dict.fromkeys(points, (0.0, by, 0.0))


def _aside(*points, by):
    return dict.fromkeys(points, (by, 0.0, 0.0))


def _looks(name):
    """Keys that turn both eyes, `name` (direction, side) → the vendor's name."""
    keys = {}
    for side, out in (("left", 1.0), ("right", -1.0)):
        keys[name("Out", side)] = _aside(f"pupil_{side}", by=out * LOOK)
        keys[name("In", side)] = _aside(f"pupil_{side}", by=-out * LOOK)
        keys[name("Up", side)] = _up(f"pupil_{side}", by=LOOK)
        keys[name("Down", side)] = _up(f"pupil_{side}", by=-LOOK)
    return keys


def _lids(left, right):
    return {left: _up("lid_left", by=BLINK), right: _up("lid_right", by=BLINK)}


def _smiles(left, right):
    return {left: _up("corner_left", by=SMILE), right: _up("corner_right", by=SMILE)}


_ARKIT = {
    **{name: {} for name in ARKIT_NAMES},
    **_smiles("mouthSmileLeft", "mouthSmileRight"),
    **_lids("eyeBlinkLeft", "eyeBlinkRight"),
    "jawOpen": _up("chin", by=OPEN),
    **_looks(lambda way, side: f"eyeLook{way}{side.capitalize()}"),
    "artistsOwn": _up("crown", by=0.1),
}
_VISEMES = {
    "viseme_sil": {},
    "viseme_PP": _up("chin", by=0.004),
    "viseme_aa": _up("chin", by=0.7 * OPEN),
    "viseme_O": _up("chin", by=0.4 * OPEN),
    "viseme_I": {**_aside("corner_left", by=0.01), **_aside("corner_right", by=-0.01), **_up("chin", by=0.15 * OPEN)},
}


def _skeleton(hips, neck, head, jaw=None, eyes=(None, None), sides=("hand.L", "hand.R"), more=()):
    bones = {
        hips: (None, (0.0, 0.95, 0.0)),
        neck: (hips, (0.0, 1.42, -0.02)),
        **dict(more),
        head: (more[-1][0] if more else neck, HEAD),
        sides[0]: (hips, (0.6, 1.0, 0.05)),
        sides[1]: (hips, (-0.6, 1.0, 0.05)),
    }
    if jaw:
        bones[jaw] = (head, JAW)
    for side, eye in zip(("left", "right"), eyes, strict=True):
        if eye:
            bones[eye] = (head, EYE[side])
    return bones


def _carried(head, jaw=None, eyes=(None, None)):
    carried = {None: head}
    if jaw:
        carried["chin"] = jaw
    if eyes[0]:
        carried |= {"pupil_left": eyes[0], "pupil_right": eyes[1]}
    return carried


_CC_EYES = ("CC_Base_L_Eye", "CC_Base_R_Eye")
_MMD_EYES = ("左目", "右目")
_VRM_EYES = ("J_Adj_L_FaceEye", "J_Adj_R_FaceEye")
_RIGIFY_EYES = ("MCH-eye.L", "MCH-eye.R")

VENDORS = {
    "arkit-52": Vendor(
        keys=_ARKIT,
        bones=_skeleton("Hips", "Neck", "Head"),
        carried=_carried("Head"),
        basis=Y_UP,
        upright=(radians(90.0), 0.0, 0.0),
        modes={"Neck": "YXZ", "Head": "XYZ"},
        split=("chin",),
    ),
    "ready-player-me": Vendor(
        keys=_ARKIT | _VISEMES,
        bones=_skeleton("Hips", "Neck", "Head", eyes=("LeftEye", "RightEye"), sides=("LeftHand", "RightHand")),
        carried=_carried("Head"),
        split=("chin", "pupil_left", "pupil_right"),
    ),
    "oculus-15": Vendor(
        keys=_VISEMES
        | _lids("eyeBlinkLeft", "eyeBlinkRight")
        | _looks(lambda way, side: f"eyeLook{way}{side.capitalize()}"),
        bones=_skeleton("hips", "neck", "head"),
        carried=_carried("head"),
        modes={"head": "ZYX"},
    ),
    "vrm-1": Vendor(
        keys={
            "Fcl_MTH_A": _up("chin", by=OPEN),
            "Fcl_MTH_I": {},
            "Fcl_MTH_U": {},
            "Fcl_MTH_E": _up("chin", by=0.4 * OPEN),
            "Fcl_MTH_O": _up("chin", by=0.6 * OPEN),
            "Fcl_EYE_Close": _up("lid_left", "lid_right", by=BLINK),
            **_lids("Fcl_EYE_Close_L", "Fcl_EYE_Close_R"),
            "Fcl_ALL_Joy": _up("corner_left", "corner_right", by=SMILE),
            "Fcl_ALL_Angry": {},
            "Fcl_ALL_Sorrow": {},
            "Fcl_HA_Fung1": _up("crown", by=0.1),
        },
        bones=_skeleton(
            "J_Bip_C_Hips",
            "J_Bip_C_Neck",
            "J_Bip_C_Head",
            eyes=_VRM_EYES,
            sides=("J_Bip_L_Hand", "J_Bip_R_Hand"),
        ),
        carried=_carried("J_Bip_C_Head", eyes=_VRM_EYES),
    ),
    "mmd": Vendor(
        keys={
            "あ": _up("chin", by=OPEN),
            "い": {},
            "う": {},
            "え": _up("chin", by=0.4 * OPEN),
            "お": _up("chin", by=0.6 * OPEN),
            "まばたき": _up("lid_left", "lid_right", by=BLINK),
            **_lids("ウィンク２", "ウィンク２右"),
            "口角上げ": _up("corner_left", "corner_right", by=SMILE),
            "困る": {},
            "はぅ": _up("crown", by=0.1),
        },
        bones=_skeleton("センター", "首", "頭", eyes=_MMD_EYES, sides=("左手首", "右手首")),
        carried=_carried("頭", eyes=_MMD_EYES),
    ),
    "character-creator-4": Vendor(
        keys={
            **_smiles("Mouth_Smile_L", "Mouth_Smile_R"),
            **_lids("Eye_Blink_L", "Eye_Blink_R"),
            "Jaw_Open": {},
            "Brow_Drop_L": {},
            "Mouth_Up_Upper_L": {},
            "Mouth_Down_Lower_L": {},
            "V_Open": _up("chin", by=0.2 * OPEN),
            "Breast_Size": _up("crown", by=0.1),
        },
        bones=_skeleton(
            "CC_Base_Hip",
            "CC_Base_NeckTwist01",
            "CC_Base_Head",
            jaw="CC_Base_JawRoot",
            eyes=_CC_EYES,
            sides=("CC_Base_L_Hand", "CC_Base_R_Hand"),
            more=(("CC_Base_NeckTwist02", ("CC_Base_NeckTwist01", (0.0, 1.46, -0.01))),),
        ),
        carried=_carried("CC_Base_Head", "CC_Base_JawRoot", _CC_EYES),
        basis=Y_UP,
        scale=100.0,
        upright=(radians(90.0), 0.0, 0.0),
        modes={"CC_Base_Head": "XYZ", "CC_Base_L_Eye": "ZXY", "CC_Base_R_Eye": "XZY", "CC_Base_JawRoot": "YZX"},
    ),
    "rigify-face": Vendor(
        keys={},
        bones={
            **_skeleton("torso", "neck", "head", jaw="jaw_master", sides=("hand_ik.L", "hand_ik.R")),
            "master_eye.L": ("head", EYE["left"]),
            "master_eye.R": ("head", EYE["right"]),
            "MCH-eye.L": ("master_eye.L", EYE["left"]),
            "MCH-eye.R": ("master_eye.R", EYE["right"]),
            "eye.L": ("head", (0.032, 1.56, 0.272)),
            "eye.R": ("head", (-0.032, 1.56, 0.272)),
            "lips.L": ("head", POINTS["corner_left"]),
            "lips.R": ("head", POINTS["corner_right"]),
            "lid.T.L.002": ("head", POINTS["lid_left"]),
            "lid.T.R.002": ("head", POINTS["lid_right"]),
        },
        carried={
            **_carried("head", "jaw_master", _RIGIFY_EYES),
            "corner_left": "lips.L",
            "corner_right": "lips.R",
            "lid_left": "lid.T.L.002",
            "lid_right": "lid.T.R.002",
        },
        isolated=("head",),
        tracks={"MCH-eye.L": "eye.L", "MCH-eye.R": "eye.R"},
    ),
    "flame": Vendor(
        keys={
            "Exp1": _up("corner_left", "corner_right", by=SMILE),
            "Exp2": _up("lid_left", by=BLINK),
            **{f"Exp{number}": {} for number in range(3, 51)},
            **{f"Pose{number}": _up("crown", by=0.01) for number in range(1, 37)},
        },
        bones={
            "root": (None, (0.0, 1.6, 0.0)),
            "neck": ("root", (0.0, 1.5, -0.01)),
            "jaw": ("neck", JAW),
            "left_eye": ("neck", EYE["left"]),
            "right_eye": ("neck", EYE["right"]),
        },
        carried=_carried("neck", "jaw", ("left_eye", "right_eye")),
        basis=Y_UP,
        upright=(radians(90.0), 0.0, 0.0),
        modes={"neck": "XYZ", "jaw": "AXIS_ANGLE", "left_eye": "AXIS_ANGLE"},
    ),
}
