"""FLAME's own files (Li et al. 2017; the releases of 2017, 2019, 2020 and 2023) as a face."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from ..contract.constants import JOINT_NAMES, JOINT_PARENTS, OPEN_HEAD
from ..contract.errors import DuologueError, ExitCode
from ..contract.face import Face, load_face
from ..contract.reading import explained_read_errors, read_errors_as
from ..open_head.eyeball import IRIS_ANGLE, PUPIL_ANGLE
from .flame_landmarks import eye_angles, head_shape, landmarks, lips_mask
from .pickled_arrays import array_of, arrays_of_npz, names_of_npz
from .restricted_pickle import UnfitFileError, read_pickle

IDENTITY_COMPONENTS: Final = 300
EXPRESSION_COMPONENTS: Final = 100
"""FLAME's `shapedirs` holds 300 identity and then 100 expression components."""

_NEEDED: Final = frozenset({"v_template", "f", "shapedirs", "posedirs", "J_regressor", "weights", "kintree_table"})
_OPTIONAL: Final = frozenset({"expression_start"})
_ROOT_PARENTS: Final = (-1, 2**32 - 1, 2**64 - 1)
"""How files say that the root has no parent."""
_JAW: Final = JOINT_NAMES.index("jaw")
_WEIGHT_SLACK: Final = 1e-3
_FEWEST_VERTICES: Final = 100
_EYES_APART: Final = (0.03, 0.12)
_LARGEST_FILE: Final = 1 << 31
_SAFE_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")


def load_flame(path: Path) -> Face:
    """The face in FLAME's `.pkl` (chumpy's too, of Python 2 or 3), in an `.npz` of the same keys, or in a face.npz.

    The id is `flame-` and the beginning of the arrays' sha256: one model has one id, whichever way it is stored.
    Of K components in `shapedirs` the last 100 are expression, of fewer than 200 the last half, unless the file says
    `expression_start`. A model of four joints gets a jaw joint that moves nothing.
    Raises DuologueError (FACE_NOT_FOUND, FLAME_FILE_REFUSED, FLAME_FILE_INVALID, FACE_INVALID).
    """
    data = _read(path)
    with explained_read_errors(lambda reason: _unusable(path, reason)):
        try:
            return _from_archive(path, data) if data[:2] == b"PK" else _face(path, _unpickled(data))
        except UnfitFileError as error:
            raise _unusable(path, str(error)) from None  # its text is all there is to say


def _unusable(path: Path, reason: str) -> DuologueError:
    return DuologueError(
        ExitCode.FLAME_FILE_INVALID,
        f"{path.name} cannot be used as a FLAME model: {reason}.",
        "Choose generic_model.pkl, flame2023.pkl or the same model as .npz, as they were downloaded.",
    )


def _read(path: Path) -> bytes:
    with read_errors_as(ExitCode.FACE_NOT_FOUND, f"{path} cannot be read", "Choose the FLAME file again."):
        if path.stat().st_size <= _LARGEST_FILE:
            return path.read_bytes()
    raise DuologueError(
        ExitCode.FLAME_FILE_INVALID,
        f"{path.name} cannot be used as a FLAME model: it is larger than any of them.",
        "Choose generic_model.pkl or flame2023.pkl.",
    )


def _unpickled(data: bytes) -> dict[str, Any]:
    found = read_pickle(data)
    if not isinstance(found, dict):
        raise UnfitFileError(f"it holds {type(found).__name__}, not a model's arrays by name")
    named = {key.decode("latin-1") if isinstance(key, bytes) else str(key): value for key, value in found.items()}
    return {name: value for name, value in named.items() if name in _NEEDED | _OPTIONAL}


def _from_archive(path: Path, data: bytes) -> Face:
    names = names_of_npz(data)
    if "expression_names" in names:
        return _own_face(path)
    if not names & _NEEDED and any(name.endswith(".pkl") for name in names):
        raise UnfitFileError("it is an archive with the model inside: unpack it and choose the .pkl")
    return _face(path, arrays_of_npz(data, _NEEDED | _OPTIONAL))


def _own_face(path: Path) -> Face:
    """A face.npz of Duologue's own. Its id becomes a file name, so it is looked at."""
    face = load_face(path)
    if not _SAFE_ID.fullmatch(face.id):
        raise UnfitFileError("its id is no plain name")
    if face.id == OPEN_HEAD:
        raise UnfitFileError("it is the open head itself, which needs no file")
    return replace(face, extras={"title": _title(path), **face.extras})


def _face(path: Path, found: dict[str, Any]) -> Face:
    arrays = _arrays(found)
    names = _component_names(arrays["shapedirs"].shape[2], found.get("expression_start"))
    start = len(names[0])
    joints = arrays["J_regressor"] @ arrays["v_template"]  # [5, 3] metres
    _check_eyes(joints, arrays["weights"])
    shape = head_shape(arrays["v_template"], arrays["weights"], joints, arrays["shapedirs"][:, :, start:])
    marks = landmarks(shape)
    regions = {f"eye_{side}": vertices.tolist() for side, vertices in shape.eyes.items()}
    return Face(
        id=f"flame-{_digest(arrays)[:8]}",
        **{name: _stored(array) for name, array in arrays.items()},
        identity_names=names[0],
        expression_names=names[1],
        landmarks=marks,
        regions={"skin": shape.skin.tolist(), **regions},
        masks={"lips": lips_mask(shape, marks), "eye_angle": eye_angles(shape)},
        extras={"title": _title(path), "source": path.name, "iris_angle": IRIS_ANGLE, "pupil_angle": PUPIL_ANGLE},
    )


def _title(path: Path) -> str:
    """The file's name; every release calls its own `generic_model`, so the folder's name says which it is."""
    folder = path.parent.name
    return folder if path.stem == "generic_model" and "flame" in folder.lower() else path.stem


def _component_names(count: int, start: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of the identity and of the expression components."""
    first = count - min(EXPRESSION_COMPONENTS, count // 2)
    if start is not None:
        given = _array("expression_start", start)
        if given.size != 1 or given.dtype.kind not in "iu" or not 0 <= int(given.ravel()[0]) < count:
            raise UnfitFileError("its expression_start is no component")
        first = int(given.ravel()[0])
    identity = tuple(f"identity_{index:03d}" for index in range(1, first + 1))
    return identity, tuple(f"expression_{index:03d}" for index in range(1, count - first + 1))


def _digest(arrays: dict[str, np.ndarray]) -> str:
    """sha256 of all arrays as they are stored."""
    digest = hashlib.sha256()
    for name in sorted(arrays):
        array = _stored(arrays[name])
        digest.update(f"{name} {array.shape} ".encode())
        digest.update(array.astype(array.dtype.newbyteorder("<")).tobytes())
    return digest.hexdigest()


def _stored(array: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(array, np.float32 if array.dtype.kind == "f" else np.int32)


def _arrays(found: dict[str, Any]) -> dict[str, np.ndarray]:
    """Every needed array in FLAME's layout for five joints, checked. Raises UnfitFileError."""
    missing = sorted(_NEEDED - set(found))
    if missing:
        raise UnfitFileError(f"it has no {', '.join(missing)}")
    arrays = {name: _array(name, found[name]) for name in sorted(_NEEDED)}
    vertices = arrays["v_template"].shape[0] if arrays["v_template"].ndim else 0
    joints = arrays["weights"].shape[-1] if arrays["weights"].ndim else 0
    if vertices < _FEWEST_VERTICES or joints not in (len(JOINT_NAMES) - 1, len(JOINT_NAMES)):
        raise UnfitFileError(f"it has {vertices} vertices and {joints} joints; FLAME has 5023 and 5")
    # FLAME's PyTorch code has them transposed, [9 (J − 1), 3 V]
    posedirs = arrays["posedirs"]
    arrays["posedirs"] = (
        posedirs.T.reshape(vertices, 3, -1) if posedirs.shape == (9 * (joints - 1), 3 * vertices) else posedirs
    )
    if arrays["J_regressor"].shape == (vertices, joints):
        arrays["J_regressor"] = arrays["J_regressor"].T
    _check_shapes(arrays, vertices, joints)
    for name in _NEEDED - {"f", "kintree_table"}:
        # Through the precision they are kept in: a model stored in either is then the same model.
        with np.errstate(over="ignore"):
            arrays[name] = arrays[name].astype(np.float32).astype(np.float64)
        if not (np.isfinite(arrays[name]).all() and np.abs(arrays[name]).max() < 1e6):  # noqa: PLR2004
            raise UnfitFileError(f"its {name} has numbers that are not finite")
    arrays["f"] = arrays["f"].astype(np.int64)
    if arrays["f"].min() < 0 or arrays["f"].max() >= vertices:
        raise UnfitFileError("its triangles point at vertices which are not there")
    parents = [-1 if int(parent) in _ROOT_PARENTS else int(parent) for parent in arrays["kintree_table"][0]]
    if parents != list(JOINT_PARENTS[:joints]):
        raise UnfitFileError(f"its joints hang on {parents}, not on {list(JOINT_PARENTS[:joints])} as FLAME's")
    arrays["kintree_table"] = np.array([parents, range(joints)])
    arrays["weights"] = _shares(arrays["weights"])
    return arrays if joints == len(JOINT_NAMES) else _with_jaw(arrays)


def _array(name: str, value: Any) -> np.ndarray:
    try:
        return array_of(value)
    except UnfitFileError as error:
        raise UnfitFileError(f"its {name} {error}") from error


def _check_shapes(arrays: dict[str, np.ndarray], vertices: int, joints: int) -> None:
    components = arrays["shapedirs"].shape[-1] if arrays["shapedirs"].ndim else 0
    expected = {
        "v_template": (vertices, 3),
        "shapedirs": (vertices, 3, max(components, 2)),
        "posedirs": (vertices, 3, 9 * (joints - 1)),
        "J_regressor": (joints, vertices),
        "weights": (vertices, joints),
        "kintree_table": (2, joints),
        "f": (max(len(arrays["f"]) if arrays["f"].ndim else 0, 1), 3),
    }
    for name, shape in expected.items():
        if arrays[name].shape != shape:
            raise UnfitFileError(f"its {name} has the shape {arrays[name].shape} and not {shape}")
    for name in ("f", "kintree_table"):
        if not np.isfinite(arrays[name]).all() or (arrays[name] != np.round(arrays[name])).any():
            raise UnfitFileError(f"its {name} has numbers that are not whole")


def _shares(weights: np.ndarray) -> np.ndarray:
    total = weights.sum(axis=1)
    if weights.min() < -_WEIGHT_SLACK or np.abs(total - 1.0).max() > _WEIGHT_SLACK:
        raise UnfitFileError(
            f"its weights do not sum to one: at some vertex to {total[np.abs(total - 1.0).argmax()]:.3f}"
        )
    positive = np.maximum(weights, 0.0)
    return np.asarray(positive / positive.sum(axis=1, keepdims=True))


def _with_jaw(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """A jaw joint between neck and eyes that nothing follows, so that every face has the same five joints."""
    regressor = arrays["J_regressor"]
    between = 0.5 * regressor[1] + 0.25 * (regressor[2] + regressor[3])
    return arrays | {
        "J_regressor": np.insert(regressor, _JAW, between, axis=0),
        "weights": np.insert(arrays["weights"], _JAW, 0.0, axis=1),
        "posedirs": np.insert(arrays["posedirs"], [9 * (_JAW - 1)] * 9, 0.0, axis=2),
        "kintree_table": np.array([JOINT_PARENTS, range(len(JOINT_NAMES))]),
    }


def _check_eyes(joints: np.ndarray, weights: np.ndarray) -> None:
    """FLAME's left is +X, its unit the metre, and its eyeballs follow their joints."""
    apart = float(joints[3, 0] - joints[4, 0])
    if not _EYES_APART[0] < apart < _EYES_APART[1]:
        raise UnfitFileError(f"its left eye is {apart:.3f} m to the left of its right eye; a person's is about 0.063 m")
    for side, joint in (("left", 3), ("right", 4)):
        if not (weights[:, joint] > 0.5).any():  # noqa: PLR2004
            raise UnfitFileError(f"nothing in it follows the joint of the {side} eye")
