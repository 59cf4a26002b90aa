"""A take for a partner to play, and the request that it goes into."""

import numpy as np
from duologue.backend.contract.arkit import ARKIT_INDEX
from duologue.backend.contract.job import AudioInput, JobRequest
from duologue.backend.contract.performance import Performance

REQUEST = JobRequest(AudioInput("mix", ("/nowhere.wav",)))


def take_of(frames=100, side=0.6, face="open-head-1"):
    """Two heads that nod, look aside and open their mouths, each in a way of its own."""
    moment = np.arange(frames) / 25.0
    expression = np.zeros((2, frames, 52), np.float32)
    pose, translation = np.zeros((2, frames, 5, 3), np.float32), np.zeros((2, frames, 3), np.float32)
    for person, way in enumerate((-1.0, 1.0)):
        expression[person, :, ARKIT_INDEX["mouthSmileLeft"]] = 0.5 + 0.4 * np.sin((2 + person) * moment)
        pose[person, :, 0, 1] = -way * np.pi / 2
        pose[person, :, 1, 0] = 0.2 * np.sin((3 + person) * moment)
        pose[person, :, 2, 0] = 0.1 + 0.1 * np.sin(9 * moment)
        pose[person, :, 3:, 1] = 0.2 * np.sin(moment)[:, None]
        translation[person] = (way * side, 1.2, 0.0)
    return Performance(25.0, face, ("Anna", "Ben"), expression, pose, translation, np.ones((2, frames)), {})
