"""A face of a few vertices whose joints lie where an adult's do, with an identity component that scales the head."""

import numpy as np

from backend.contract.arkit import ARKIT_NAMES
from backend.contract.face import Face

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
