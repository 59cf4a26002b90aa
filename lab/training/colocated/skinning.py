"""A few dozen vertices of a head, posed in torch: what the loss on moving skin sees.

FLAME's formula (Li et al. 2017, equation 1) as in `face.skinning`, with the trunk upright and the eyes straight ahead:
expression, the neck's joint and the jaw's, and where the base of the neck is.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import torch
from torch import Tensor, nn

from backend.contract.arkit import ARKIT_INDEX
from backend.contract.constants import JOINT_NAMES
from backend.contract.errors import DuologueError, ExitCode
from backend.contract.face import Face

_NECK, _JAW = JOINT_NAMES.index("neck"), JOINT_NAMES.index("jaw")
_JAW_FEATURES: Final = slice(9 * (_JAW - 1), 9 * _JAW)
"""Of the 36 pose correctives, those of the jaw's rotation. The eyes stay straight."""
_NECK_FEATURES: Final = slice(9 * (_NECK - 1), 9 * _NECK)

_CHOSEN_OF: Final = {"lips": 24, "eyelids": 12, "brows": 10}
"""Vertices beside the landmarks, by mask or region."""

_MILLIMETRES: Final = 1000.0
_TINY: Final = 1e-12
_CERTAIN: Final = 0.5


class MovingSkin(nn.Module):
    """The vertices `chosen` of `face`; no parameters. Raises DuologueError (FACE_INVALID) without ARKit's names."""

    template: Tensor
    shapes: Tensor
    trunk_weight: Tensor
    neck_weight: Tensor
    jaw_weight: Tensor
    joints: Tensor

    def __init__(self, face: Face, chosen: np.ndarray | None = None) -> None:
        super().__init__()
        unknown = [name for name in face.expression_names if name not in ARKIT_INDEX]
        if unknown:
            raise DuologueError(
                ExitCode.FACE_INVALID,
                f"The face {face.id} has expression components no motion drives ({', '.join(unknown[:5])}).",
                "Train on a face with ARKit's component names, such as open-head-1.",
            )
        self.chosen = visible_vertices(face) if chosen is None else chosen
        directions = np.zeros((len(ARKIT_INDEX), len(self.chosen), 3))  # [52, V, 3] metres for one unit
        for index, name in enumerate(face.expression_names):
            directions[ARKIT_INDEX[name]] = face.expression_directions[self.chosen, :, index]
        weights = face.weights[self.chosen]  # [V, 5]
        jaw = weights[:, [_JAW]]
        shared = weights[:, [0]] + jaw
        correctives = face.posedirs[self.chosen].transpose(2, 0, 1)  # [36, V, 3]
        joints = face.J_regressor @ face.v_template  # [5, 3] metres
        for name, array in (
            ("template", face.v_template[self.chosen]),
            # One product for all that shapes a vertex: [52 + 9 + 9, V, 3] metres for one unit.
            ("shapes", np.concatenate((directions, correctives[_JAW_FEATURES], correctives[_NECK_FEATURES]))),
            ("trunk_weight", weights[:, [0]]),
            ("neck_weight", 1.0 - shared),  # with the eyes': these are carried by the neck
            ("jaw_weight", jaw),
            ("joints", joints),
        ):
            self.register_buffer(name, torch.from_numpy(np.ascontiguousarray(array)).float(), persistent=False)

    def forward(self, expression: Tensor, jaw: Tensor, neck: Tensor, translation: Tensor) -> Tensor:
        """[..., V, 3] millimetres, in the axes of the trunk.

        `expression` [..., 52], `jaw` and `neck` [..., 3] axis-angle radians, `translation` [..., 3] metres.
        """
        turned, opened = rotations(neck), rotations(jaw)  # [..., 3, 3]
        straight = torch.eye(3, dtype=neck.dtype, device=neck.device)
        features = torch.cat((expression, (opened - straight).flatten(-2), (turned - straight).flatten(-2)), dim=-1)
        shaped = self.template + (features @ self.shapes.flatten(1)).view(*expression.shape[:-1], *self.template.shape)
        pivot, hinge = self.joints[_NECK], self.joints[_JAW]
        chewed = (shaped - hinge) @ opened.mT + hinge
        # The neck carries the jaw, so both are blended before it turns.
        carried = self.neck_weight * shaped + self.jaw_weight * chewed
        share = self.neck_weight + self.jaw_weight
        posed = self.trunk_weight * shaped + (carried - share * pivot) @ turned.mT + share * pivot
        moved: Tensor = posed + translation[..., None, :]
        return _MILLIMETRES * moved


def visible_vertices(face: Face) -> np.ndarray:
    """[V] about 60 vertices whose motion is seen: landmarks, and lips, lids and brows evenly spread."""
    found = list(dict.fromkeys(face.landmarks.values()))
    on_skin = np.zeros(len(face.v_template), bool)
    on_skin[face.regions["skin"] if "skin" in face.regions else slice(None)] = True
    for name, count in _CHOSEN_OF.items():
        if name in face.masks:
            candidates = np.flatnonzero((face.masks[name] > _CERTAIN) & on_skin)
        else:
            candidates = np.array(face.regions.get(name, []), int)
        found += spread(face.v_template, candidates, count)
    return np.array(list(dict.fromkeys(found)))


def spread(places: np.ndarray, candidates: np.ndarray, count: int) -> list[int]:
    """`count` of `candidates` that lie far apart: each next one is the furthest from those before it."""
    if len(candidates) <= count:
        return [int(index) for index in candidates]
    chosen = [int(candidates[0])]
    nearest = np.full(len(candidates), np.inf)
    while len(chosen) < count:
        nearest = np.minimum(nearest, np.linalg.norm(places[candidates] - places[chosen[-1]], axis=1))
        chosen.append(int(candidates[int(nearest.argmax())]))
    return chosen


def rotations(vectors: Tensor) -> Tensor:
    """[..., 3] axis-angle radians → [..., 3, 3] (Rodrigues' formula)."""
    squared = vectors.square().sum(dim=-1)[..., None, None]
    angle = (squared + _TINY).sqrt()
    x, y, z = vectors.unbind(dim=-1)
    none = torch.zeros_like(x)
    cross = torch.stack((none, -z, y, z, none, -x, -y, x, none), dim=-1).view(*x.shape, 3, 3)
    straight = torch.eye(3, dtype=vectors.dtype, device=vectors.device)
    first, second = torch.sinc(angle / torch.pi), torch.sinc(angle / (2 * torch.pi)).square() / 2
    turned: Tensor = straight + first * cross + second * (cross @ cross)
    return turned
