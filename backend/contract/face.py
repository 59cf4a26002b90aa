"""The face: FLAME's own layout of a head that can be posed (face.npz)."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from .errors import DuologueError, ExitCode
from .files import write_whole

IDENTITY_MAP: Final = "identity_of_open_head"
"""Key in `Face.extras`: open head's identity component → coefficients of this face's first components, per unit."""

_ARRAYS: Final = ("v_template", "f", "shapedirs", "posedirs", "J_regressor", "weights", "kintree_table")
_NAMES: Final = ("expression_names", "identity_names")
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
    if not path.is_file():
        raise DuologueError(
            ExitCode.FACE_NOT_FOUND,
            f"There is no face file at {path}.",
            "Run `python3 build.py face` or choose another face.",
        )
    try:
        with np.load(path, allow_pickle=False) as archive:
            face = _from_archive(archive)
    except (OSError, ValueError, TypeError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise _invalid(path, f"cannot be read ({error})") from error
    problem = _problem(face)
    if problem:
        raise _invalid(path, problem)
    return face


def _from_archive(archive: Any) -> Face:
    fields: dict[str, Any] = {name: archive[name] for name in (*_ARRAYS, "quads", "uv")}
    fields |= {name: tuple(str(text) for text in archive[name]) for name in _NAMES}
    fields |= {name: json.loads(str(archive[name])) for name in _JSON}
    masks = {name[5:]: archive[name].astype(np.float32) for name in archive.files if name.startswith("mask/")}
    return Face(id=str(archive["id"]), masks=masks, **fields)


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
        if not np.isfinite(getattr(face, name)).all():
            return f"has numbers in {name} that are not finite"
    if face.f.shape[1:] != (3,) or face.f.min() < 0 or face.f.max() >= vertices:
        return "has triangles that point at vertices which are not there"
    return None


def _invalid(path: Path, problem: str) -> DuologueError:
    return DuologueError(
        ExitCode.FACE_INVALID,
        f"The face file {path} {problem}.",
        "Export it again with `python -m backend export-face`.",
    )
