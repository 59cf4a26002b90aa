"""The open head of one person, posed by names and degrees."""

import numpy as np

from backend.face.skinning import axis_angle_to_matrix, pose_vertices


class Head:
    """The open head of one person: `vertices(...)` poses it."""

    def __init__(self, face, identity):
        self.face = face
        self.identity = identity

    def vertices(self, jaw=0.0, gaze=(0.0, 0.0), **expression):
        """[V, 3] metres; `jaw` as jawOpen, `gaze` degrees up and to the left; a name without a side is both."""
        values = np.zeros(len(self.face.expression_names))
        for name, value in expression.items():
            sides = [one for one in (name, f"{name}Left", f"{name}Right") if one in self.face.expression_names]
            assert sides, name
            values[[self.face.expression_names.index(one) for one in sides]] = value
        pose = np.zeros((5, 3))
        pose[2, 0] = jaw * self.face.extras["jaw_open_radians"]
        pose[3:] = turn_to(*gaze)
        return pose_vertices(self.face, self.identity, values, pose, np.zeros(3))


def turn_to(up, left):
    """[3] axis-angle of an eye that looks `up` and `left`, degrees: pitched first, then turned to the side."""
    pitch = axis_angle_to_matrix(np.radians([-up, 0.0, 0.0]))
    matrix = axis_angle_to_matrix(np.radians([0.0, left, 0.0])) @ pitch
    angle = np.arccos(np.clip(0.5 * (np.trace(matrix) - 1.0), -1.0, 1.0))
    if angle < 1e-9:
        return np.zeros(3)
    skew = np.array([matrix[2, 1] - matrix[1, 2], matrix[0, 2] - matrix[2, 0], matrix[1, 0] - matrix[0, 1]])
    return angle * skew / (2.0 * np.sin(angle))
