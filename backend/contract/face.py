"""The face: FLAME's own layout of a head that can be posed (face.npz)."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from .errors import DuologueError, ExitCode
from .files import write_whole
from .installation import remedy
from .reading import (
    are_finite_numbers,
    explained_read_errors,
    is_file,
    parsed_json,
    read_arrays,
    text_of,
    texts_of,
)

IDENTITY_MAP: Final = "identity_of_open_head"
"""Key in `Face.extras`: open head's identity component → coefficients of this face's first components, per unit."""

_ARRAYS: Final = ("v_template", "f", "shapedirs", "posedirs", "J_regressor", "weights", "kintree_table")
_NAMES: Final = ("expression_names", "identity_names")
_LARGEST_BYTES: Final = 4 << 30
_JSON: Final = ("landmarks", "regions", "extras")


@dataclass(frozen=True)
class Face:
    """A face in FLAME's layout, axes Y up and Z forward, metres.

    `v_template` [V, 3]; `f` [F, 3] triangles; `shapedirs` [V, 3, S + E], identity first;
    `posedirs` [V, 3, 36]; `J_regressor` [5, V]; `weights` [V, 5]; `kintree_table` [2, 5].
    `landmarks` name → vertex; `regions` name → vertex list.
    `quads` [Q, 4] the same surface in quads where there are any (-1 pads a triangle) and `uv` [V, 2] may be empty;
    `masks` name → [V] floats from 0 to 1 (lips, brows, scalp …) for materials; `extras` anything JSON holds.
    """

    id: str
    v_template: np.ndarray
    f: np.ndarray
    shapedirs: np.ndarray
    posedirs: np.ndarray
    J_regressor: np.ndarray
    weights: np.ndarray
    kintree_table: np.ndarray
    expression_names: tuple[str, ...]
    identity_names: tuple[str, ...]
    landmarks: dict[str, int]
    regions: dict[str, list[int]]
    quads: np.ndarray = field(default_factory=lambda: np.zeros((0, 4), np.int32))
    uv: np.ndarray = field(default_factory=lambda: np.zeros((0, 2), np.float32))
    masks: dict[str, np.ndarray] = field(default_factory=dict)
    extras: dict[str, Any] = field(default_factory=dict)

    @property
    def expression_start(self) -> int:
        """S: index of the first expression component in `shapedirs`."""
        return len(self.identity_names)

    @property
    def identity_directions(self) -> np.ndarray:
        """[V, 3, S] metres per unit."""
        return self.shapedirs[:, :, : self.expression_start]

    @property
    def expression_directions(self) -> np.ndarray:
        """[V, 3, E] metres per unit."""
        return self.shapedirs[:, :, self.expression_start :]


def save_face(path: Path, face: Face) -> None:
    """Write `path`, whole or not at all. Raises DuologueError (DISK_FULL, OUTPUT_NOT_WRITABLE)."""
    arrays: dict[str, Any] = {name: getattr(face, name) for name in _ARRAYS}
    arrays |= {name: np.array(getattr(face, name), dtype=np.str_) for name in _NAMES}
    arrays |= {name: np.str_(json.dumps(getattr(face, name), sort_keys=True)) for name in _JSON}
    arrays |= {"id": np.str_(face.id), "quads": face.quads, "uv": face.uv}
    arrays["expression_start"] = np.int64(face.expression_start)
    arrays |= {f"mask/{name}": mask.astype(np.float16) for name, mask in face.masks.items()}
    write_whole(path, lambda file: np.savez_compressed(file, **arrays))


def load_face(path: Path) -> Face:
    """Read and check `path`. Raises DuologueError (FACE_NOT_FOUND, FACE_INVALID)."""
    if not is_file(path):
        raise DuologueError(
            ExitCode.FACE_NOT_FOUND,
            f"There is no face file at {path}.",
            f"{remedy()}, or choose another face.",
        )
    with explained_read_errors(lambda reason: _invalid(path, f"cannot be read ({reason})")):
        found = read_arrays(path, _LARGEST_BYTES)
        fields: dict[str, Any] = {name: found[name] for name in (*_ARRAYS, "quads", "uv")}
        fields |= {name: texts_of(found[name]) for name in _NAMES}
        fields |= {name: parsed_json(text_of(found[name])) for name in _JSON}
        masks = {name[5:]: array.astype(np.float32) for name, array in found.items() if name.startswith("mask/")}
        face = Face(id=text_of(found["id"]), masks=masks, **fields)
        problem = _problem(face)
        if problem:
            raise _invalid(path, problem)
    return face


def title_of_face(path: Path) -> str:
    """What the artist's file was called; the name of `path` where it does not say. Raises DuologueError (FACE_INVALID).

    Only that is read of a file of many megabytes.
    """
    with explained_read_errors(lambda reason: _invalid(path, f"cannot be read ({reason})")):
        extras = parsed_json(text_of(read_arrays(path, _LARGEST_BYTES, ("extras",))["extras"]))
        return str(extras.get("title", path.stem))


def _problem(face: Face) -> str | None:
    """What is wrong with the arrays, or None."""
    vertices = len(face.v_template)
    expected = {
        "v_template": (vertices, 3),
        "shapedirs": (vertices, 3, len(face.identity_names) + len(face.expression_names)),
        "posedirs": (vertices, 3, 36),
        "J_regressor": (5, vertices),
        "weights": (vertices, 5),
        "kintree_table": (2, 5),
    }
    for name, shape in expected.items():
        if getattr(face, name).shape != shape:
            return f"has {name} of shape {getattr(face, name).shape}, not {shape}"
        if not are_finite_numbers(getattr(face, name)):
            return f"has numbers in {name} that are not finite"
    if face.f.shape[1:] != (3,) or not len(face.f) or not _are_vertices(face.f, vertices):
        return "has triangles that point at vertices which are not there"
    return _problem_of_surface(face, vertices) or _problem_of_names(face, vertices)


def _problem_of_surface(face: Face, vertices: int) -> str | None:
    quads = face.quads
    corners = [quads[:, :3], quads[quads >= 0]] if quads.shape[1:] == (4,) else []
    if len(quads) and not (corners and all(_are_vertices(indices, vertices) for indices in corners)):
        return "has quads that point at vertices which are not there"
    if len(face.uv) and (face.uv.shape != (vertices, 2) or not are_finite_numbers(face.uv)):
        return "has a uv that does not fit its vertices"
    for name, mask in face.masks.items():
        if mask.shape != (vertices,) or not are_finite_numbers(mask):
            return f"has a mask {name} that does not fit its vertices"
    return None


def _problem_of_names(face: Face, vertices: int) -> str | None:
    for name in _JSON:
        if not isinstance(getattr(face, name), dict):
            return f"has {name} that are no table"
    for names in (face.identity_names, face.expression_names):
        if len(set(names)) != len(names):
            return "has two components of one name"
    marks = [face.landmarks.values(), *face.regions.values()]
    if not all(isinstance(mark, Iterable) and _are_indices(mark, vertices) for mark in marks):
        return "has landmarks or regions that point at vertices which are not there"
    return _problem_of_extras(face)


def _problem_of_extras(face: Face) -> str | None:
    for name in ("iris_angle", "pupil_angle") if "eye_angle" in face.masks else ():
        if not isinstance(face.extras.get(name), int | float):
            return f"has no {name} among its extras"
    identity_map = face.extras.get(IDENTITY_MAP, {})
    rows = list(identity_map.values()) if isinstance(identity_map, dict) else [None]
    if not all(isinstance(row, list) and len(row) == len(face.identity_names) and _are_numbers(row) for row in rows):
        return "has an identity of the open head that does not fit its components"
    return None


def _are_vertices(indices: np.ndarray, vertices: int) -> bool:
    whole = indices.dtype.kind in "iu"
    return whole and (not indices.size or (int(indices.min()) >= 0 and int(indices.max()) < vertices))


def _are_indices(values: Iterable[Any], vertices: int) -> bool:
    return all(type(value) is int and 0 <= value < vertices for value in values)


def _are_numbers(values: list[Any]) -> bool:
    return all(isinstance(value, int | float) and math.isfinite(value) for value in values)


def _invalid(path: Path, problem: str) -> DuologueError:
    return DuologueError(
        ExitCode.FACE_INVALID,
        f"The face file {path} {problem}.",
        "Export it again with `python -m backend export-face`.",
    )
