"""The open head of one person, posed by names and degrees."""

from dataclasses import replace

import numpy as np

from backend.face.skinning import axis_angle_to_matrix, pose_vertices


class Head:
    """The open head of one person: `vertices(...)` poses it."""

    def __init__(self, face, identity):
        self.face = face
        self.identity = identity
        self._shaped = face.v_template + face.identity_directions @ identity

    def vertices(self, jaw=0.0, gaze=(0.0, 0.0), **expression):
        """[V, 3] metres; `jaw` as jawOpen, `gaze` degrees up and to the left; a name without a side is both."""
        values = np.zeros(len(self.face.expression_names))
        for name, value in expression.items():
            sides = [way for way in (name, f"{name}Left", f"{name}Right") if way in self.face.expression_names]
            assert sides, name
            values[[self.face.expression_names.index(side) for side in sides]] = value
        pose = np.zeros((5, 3))
        pose[2, 0] = jaw * self.face.extras["jaw_open_radians"]
        pose[3:] = turn_to(*gaze)
        # Only what moves is handed on, because a test poses hundreds of heads.
        used = np.flatnonzero(values)
        still = self.face.expression_start
        moving = replace(
            self.face,
            v_template=self._shaped,
            shapedirs=np.ascontiguousarray(self.face.shapedirs[:, :, still + used]),
            identity_names=(),
        )
        return pose_vertices(moving, np.zeros(0), values[used], pose, np.zeros(3))


def turn_to(up, left):
    """[3] axis-angle of an eye that looks `up` and `left`, degrees: pitched first, then turned to the side."""
    pitch = axis_angle_to_matrix(np.radians([-up, 0.0, 0.0]))
    matrix = axis_angle_to_matrix(np.radians([0.0, left, 0.0])) @ pitch
    angle = np.arccos(np.clip(0.5 * (np.trace(matrix) - 1.0), -1.0, 1.0))
    if angle < 1e-9:
        return np.zeros(3)
    skew = np.array([matrix[2, 1] - matrix[1, 2], matrix[0, 2] - matrix[2, 0], matrix[1, 0] - matrix[0, 1]])
    return angle * skew / (2.0 * np.sin(angle))
