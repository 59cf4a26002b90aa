"""Ten seconds that the worker's own geometry has staged, with everything in them that sliders adjust."""

import numpy as np
from duologue.addon.adjusting.mouth import lip_gap
from duologue.backend.contract.arkit import ARKIT_INDEX, ARKIT_NAMES
from duologue.backend.contract.performance import Performance

from backend.assets import assets_folder
from backend.contract.face import load_face
from backend.contract.job import Character
from backend.engines.base import Motion
from backend.staging import compose
from backend.staging.stage import Place, Staging

OPEN_HEAD = assets_folder() / "faces" / "open-head-1.npz"
FRAMES = 250
FPS = 25.0
CLOSED = np.arange(10, FRAMES - 10, 20)
BLINKS = np.array([30, 75, 120, 170, 215])
ACROSS = Staging("across", (Place((-0.55, 1.2, 0.0), np.radians(72.0)), Place((0.55, 1.2, 0.0), np.radians(-72.0))))
LIDS = [ARKIT_INDEX["eyeBlinkLeft"], ARKIT_INDEX["eyeBlinkRight"]]
CLOSE, JAW, NECK = ARKIT_INDEX["mouthClose"], 2, 1


def staged():
    """Ten seconds: lips close on P, B and M, lids blink, eyes glance away, heads nod and tilt, brows rise."""
    moment = np.arange(FRAMES) / FPS
    expression = np.zeros((2, FRAMES, len(ARKIT_NAMES)), np.float32)
    jaw, neck, gaze = np.zeros((2, FRAMES, 3)), np.zeros((2, FRAMES, 3)), np.zeros((2, FRAMES, 2))
    for person in (0, 1):
        face = expression[person]
        jaw[person, :, 0] = 0.16 + 0.08 * np.sin(7.0 * moment + person)
        jaw[person, :, 1] = 0.01 * np.sin(3.0 * moment)
        face[:, ARKIT_INDEX["mouthFunnel"]] = 0.15 + 0.1 * np.sin(5.0 * moment)
        face[:, ARKIT_INDEX["mouthLowerDownLeft"]] = face[:, ARKIT_INDEX["mouthLowerDownRight"]] = 0.2
        face[:, ARKIT_INDEX["mouthSmileLeft"]] = 0.4 + 0.2 * np.sin(moment)
        face[:, ARKIT_INDEX["mouthSmileRight"]] = 0.2
        face[:, ARKIT_INDEX["browInnerUp"]] = 0.3 + 0.2 * np.sin(2.0 * moment + person)
        for frame in CLOSED:
            face[frame - 1 : frame + 2, ARKIT_INDEX["mouthFunnel"]] = 0.0
            face[frame - 1 : frame + 2, [ARKIT_INDEX["mouthLowerDownLeft"], ARKIT_INDEX["mouthLowerDownRight"]]] = 0.0
            face[frame - 1 : frame + 2, CLOSE] = lip_gap(face, jaw[person])[frame - 1 : frame + 2] / 41.0 + 0.01
        for number, frame in enumerate(BLINKS + 3 * person):
            face[frame : frame + 5, LIDS] = (np.array([0.4, 1.0, 0.9, 0.5, 0.2]) * (1.0 - 0.08 * number))[:, None]
        neck[person, :, 0] = 0.08 * np.sin(3.0 * moment + person)
        neck[person, :, 1] = 0.12 * np.sin(0.9 * moment)
        neck[person, :, 2] = 0.06 * np.sin(1.7 * moment)
        gaze[person, 60:75] = gaze[person, 140:150] = (0.3, -0.05)
    speaking = np.stack([np.sin(1.5 * moment) > 0.0, np.sin(1.5 * moment) <= 0.0]).astype(np.float32)
    motion = Motion(expression, jaw, neck, gaze, speaking)
    face = load_face(OPEN_HEAD)
    made = compose(motion, ACROSS, face, (Character("Anna"), Character("Ben")))
    return Performance(
        FPS, face.id, ("Anna", "Ben"), made.expression, made.pose, made.translation, speaking, {"seed": 3}
    )


TAKE = staged() if OPEN_HEAD.is_file() else None
