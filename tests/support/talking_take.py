"""A take in which both people talk, and the curves that it is written into."""

import numpy as np
from duologue.addon.keys import actions
from duologue.addon.keys.removing import owners_of
from duologue.addon.keys.timing import key_frames
from duologue.addon.settings.properties import settings_of
from duologue.backend.contract.arkit import ARKIT_INDEX
from duologue.backend.contract.performance import Performance

SECONDS, FPS = 12.0, 25.0


def talking(seconds=SECONDS):
    """Smooth heads and brows, lips that open for syllables and shut on some, blinks, eyes that jump."""
    count = round(seconds * FPS)
    time = np.arange(count) / FPS
    random = np.random.default_rng(5)
    expression, pose = np.zeros((2, count, 52)), np.zeros((2, count, 5, 3))
    for person in (0, 1):
        syllables = np.clip(np.sin(2 * np.pi * (2.1 + 0.3 * person) * time + person), 0, None)
        loud = 0.5 + 0.5 * np.sin(2 * np.pi * 0.31 * time + 2 * person)
        pose[person, :, 2, 0] = 0.22 * syllables * loud
        expression[person, :, ARKIT_INDEX["mouthFunnel"]] = 0.4 * syllables * (1 - loud)
        expression[person, :, ARKIT_INDEX["mouthClose"]] = 0.05 * syllables
        for name, amount, rate in (
            ("mouthSmileLeft", 0.3, 0.4),
            ("mouthSmileRight", 0.28, 0.4),
            ("browInnerUp", 0.5, 0.3),
        ):
            expression[person, :, ARKIT_INDEX[name]] = amount * (0.5 + 0.5 * np.sin(2 * np.pi * rate * time + person))
        for start in np.arange(20 + 9 * person, count - 12, 70):
            for name in ("eyeBlinkLeft", "eyeBlinkRight"):
                expression[person, start : start + 9, ARKIT_INDEX[name]] = [
                    0.2,
                    0.7,
                    1.0,
                    1.0,
                    0.8,
                    0.5,
                    0.25,
                    0.1,
                    0.02,
                ]
        pose[person, :, 1] = 0.1 * np.stack(
            [np.sin(2 * np.pi * rate * time + person) for rate in (0.5, 0.23, 0.17)], axis=1
        )
        gaze = np.repeat(random.uniform(-0.2, 0.2, (count // 20 + 1, 2)), 20, axis=0)[:count]
        pose[person, :, 3, :2] = pose[person, :, 4, :2] = gaze
    still = np.zeros((2, count))
    place = np.zeros((2, count, 3))
    place[1, :, 2] = 0.8
    return Performance(FPS, "open-head-1", ("Anna", "Ben"), expression, pose, place, still, {})


def curves_of(scene):
    """(owner's type and name, path, index) → the F-curve."""
    return {
        (owner.id_type, owner.name, curve.data_path, curve.array_index): curve
        for owner in owners_of(settings_of(scene))
        for curve in actions.channels_of(owner).fcurves
    }


def values_of(scene, frames):
    return {key: np.array([curve.evaluate(frame) for frame in frames]) for key, curve in curves_of(scene).items()}


def frames_of(scene):
    return key_frames(SECONDS, FPS, scene.render, settings_of(scene).take_start)
