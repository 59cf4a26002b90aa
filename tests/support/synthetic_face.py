"""A face of a few vertices whose joints lie where an adult's do, with an identity component that scales the head."""

import numpy as np

from backend.contract.arkit import ARKIT_NAMES
from backend.contract.face import Face
from backend.engines.base import Motion

# root, neck, jaw, left eye, right eye: metres from the midpoint of the eyes
JOINTS = np.array(
    [[0.0, -0.16, -0.06], [0.0, -0.09, -0.05], [0.0, -0.03, -0.03], [0.032, 0.0, 0.0], [-0.032, 0.0, 0.0]]
)


def synthetic_face() -> Face:
    larger = JOINTS[:, :, None] * 0.15  # one unit of "large" makes the head 15 % larger
    longer = np.zeros((5, 3, 1))
    longer[3:, 1] = 0.03  # one unit of "long" lifts the eyes 3 cm
    return Face(
        id="synthetic",
        v_template=JOINTS.copy(),
        f=np.array([[0, 1, 2]]),
        shapedirs=np.concatenate([larger, longer, np.zeros((5, 3, len(ARKIT_NAMES)))], axis=2),
        posedirs=np.zeros((5, 3, 36)),
        J_regressor=np.eye(5),
        weights=np.eye(5),
        kintree_table=np.array([[-1, 0, 1, 1, 1], [0, 1, 2, 3, 4]]),
        expression_names=ARKIT_NAMES,
        identity_names=("large", "long"),
        landmarks={},
        regions={},
    )


def make_motion(seed, frames, head_degrees, gaze_degrees=0.0):
    generator = np.random.default_rng(seed)
    time = np.arange(frames) / 25.0
    waves = np.sin(
        2 * np.pi * (generator.uniform(0.2, 1.5, (2, 1, 3)) * time[:, None] + generator.uniform(size=(2, 1, 3)))
    )
    speaking = (np.sin(2 * np.pi * time / 6.0)[None] * np.array([[1.0], [-1.0]]) > 0).astype(float)
    gaze = np.radians(gaze_degrees) * np.sign(np.sin(2 * np.pi * time / 3.0))[None, :, None] * np.ones((2, 1, 2))
    return Motion(
        expression=np.zeros((2, frames, len(ARKIT_NAMES))),
        jaw=np.zeros((2, frames, 3)),
        neck=np.radians(head_degrees) * waves,
        gaze=gaze,
        speaking=speaking,
    )
