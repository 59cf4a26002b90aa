"""Arrays from what a pickle or an npz file says of them: NumPy's, SciPy's sparse ones and chumpy's."""

from __future__ import annotations

import io
import math
import re
import zipfile
import zlib
from typing import Any, Final

import numpy as np

from .pickled_names import ARRAYS, BUFFERS, CHUMPY, CHUMPY_SELECTION, DTYPE, SCALARS, SPARSE
from .restricted_pickle import Made, UnfitFileError, read_pickle

_NUMBERS: Final = re.compile(r"([<>|=]?)([fiu][248]|[iub]1)")
_OBJECTS: Final = re.compile(r"[<>|=]?O8?")
_HEADER: Final = re.compile(
    r"\{'descr': '([^']{1,8})', 'fortran_order': (True|False), 'shape': \((\d{0,18}(?:, ?\d{1,18})*),?\),? *\}\s*"
)
_CHUMPY_DEPTH: Final = 8
_MOST_ENTRIES: Final = 1 << 27
"""Numbers in one array; FLAME's largest has six million."""
_MOST_BYTES: Final = 1 << 30
_MOST_AXES: Final = 8


def array_of(value: Any, depth: int = _CHUMPY_DEPTH) -> np.ndarray:
    """The array that `value`, as `read_pickle` gives it, stands for; sparse ones come dense.

    chumpy's arrays may stand in one another, up to `depth` times.
    Raises UnfitFileError, whose text follows the array's name.
    """
    if isinstance(value, np.ndarray):
        return value
    if not isinstance(value, Made):
        raise UnfitFileError(f"is no array but {type(value).__name__}")
    if value.name in (CHUMPY, CHUMPY_SELECTION):
        return _of_chumpy(value, depth - 1)
    if value.name in SPARSE:
        return _dense(SPARSE[value.name], value.state)
    return _of_numpy(value)


def arrays_of_npz(data: bytes, wanted: frozenset[str]) -> dict[str, Any]:
    """Those `wanted` arrays by name that the npz file `data` has, each for `array_of`.

    An array of objects is a pickle inside: it is read as one. Raises DuologueError (FLAME_FILE_REFUSED) and
    UnfitFileError.
    """
    found: dict[str, Any] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.infolist():
                name = member.filename.removesuffix(".npy")
                if name in wanted:
                    if member.file_size > _MOST_BYTES:
                        raise UnfitFileError(f"its {name} says that it has {member.file_size} bytes")
                    found[name] = _from_npy(archive.read(member), name)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        if isinstance(error, UnfitFileError):
            raise
        raise UnfitFileError(f"it is damaged ({error})") from error
    return found


def _of_numpy(value: Made) -> np.ndarray:
    if value.name in ARRAYS:
        return _from_state(value.state)
    if value.name in BUFFERS and len(value.arguments) == 4:  # noqa: PLR2004
        buffer, dtype, shape, order = value.arguments
        return _from_bytes(buffer, _dtype_text(dtype), shape, fortran=order == "F")
    if value.name in SCALARS and len(value.arguments) == 2:  # noqa: PLR2004
        return _from_bytes(value.arguments[1], _dtype_text(value.arguments[0]), (), fortran=False)
    raise UnfitFileError(f"is no array but {value.name}")


def _of_chumpy(value: Made, depth: int) -> np.ndarray:
    if depth < 0:
        raise UnfitFileError("is a chumpy array in a chumpy array, and so on")
    if value.name == CHUMPY:
        return array_of(_entry(value.state, "x", value.name), depth)
    return _selected(value.state, depth)


def _selected(state: Any, depth: int) -> np.ndarray:
    """A part of a chumpy array: entries `idxs` of `a`, counted through all its axes, in `preferred_shape`."""
    whole, places = (array_of(_entry(state, key, CHUMPY_SELECTION), depth) for key in ("a", "idxs"))
    shape = _entry(state, "preferred_shape", CHUMPY_SELECTION)
    if places.dtype.kind not in "iu" or (places.size and not 0 <= places.min() <= places.max() < whole.size):
        raise UnfitFileError("is a part of an array with places outside of it")
    if not isinstance(shape, tuple) or not all(_is_size(size) for size in shape) or math.prod(shape) != places.size:
        raise UnfitFileError("has a shape that is none")
    return np.asarray(whole.ravel()[places.ravel()].reshape(shape))


def names_of_npz(data: bytes) -> frozenset[str]:
    """Names of the arrays in the npz file `data`, and of whatever else is in it. Raises UnfitFileError."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return frozenset(name.removesuffix(".npy") for name in archive.namelist())
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise UnfitFileError(f"it is damaged ({error})") from error


def _from_npy(data: bytes, name: str) -> Any:
    """What `array_of` takes, from a member of an npz file (NumPy's format NEP 1)."""
    width = 2 if data[6:7] == b"\x01" else 4
    start = 8 + width
    end = start + int.from_bytes(data[8:start], "little")
    header = _HEADER.fullmatch(data[start:end].decode("latin-1"))
    if data[:6] != b"\x93NUMPY" or header is None:
        raise UnfitFileError(f"its {name} is no array")
    text, order, sizes = header.groups()
    shape = tuple(int(size) for size in sizes.split(",") if size.strip())
    if not _OBJECTS.fullmatch(text):
        try:
            return _from_bytes(data[end:], text, shape, fortran=order == "True")
        except UnfitFileError as error:
            raise UnfitFileError(f"its {name} {error}") from error
    inside = read_pickle(data[end:])
    state = inside.state if isinstance(inside, Made) and inside.name in ARRAYS else None
    objects = state[-1] if isinstance(state, tuple) and state else None
    if math.prod(shape) != 1 or not isinstance(objects, list) or len(objects) != 1:
        raise UnfitFileError(f"its {name} is no array but objects")
    return objects[0]


def _from_state(state: Any) -> np.ndarray:
    """From what `ndarray.__setstate__` takes: (version,) shape, dtype, whether in Fortran's order, bytes."""
    if not isinstance(state, tuple) or len(state) not in (4, 5):
        raise UnfitFileError("is an array without its numbers")
    shape, dtype, fortran, data = state[-4:]
    return _from_bytes(data, _dtype_text(dtype), shape, fortran=bool(fortran))


def _from_bytes(data: Any, text: str, shape: Any, *, fortran: bool) -> np.ndarray:
    if not _NUMBERS.fullmatch(text):
        raise UnfitFileError(f"is an array of “{text[:20]}”, not of numbers")
    if not isinstance(shape, tuple) or len(shape) > _MOST_AXES or not all(_is_size(size) for size in shape):
        raise UnfitFileError("has a shape that is none")
    plain, dtype = _bytes_of(data), np.dtype(text)
    if math.prod(shape) * dtype.itemsize != len(plain):
        raise UnfitFileError(f"has {len(plain)} bytes where {_product(shape)} numbers should be")
    array: np.ndarray = np.ndarray(shape, dtype, plain, order="F" if fortran else "C")
    return array.astype(dtype.newbyteorder("="))


def _is_size(size: Any) -> bool:
    return isinstance(size, int) and size >= 0


def _product(shape: tuple[int, ...]) -> str:
    return " × ".join(str(size) for size in shape) or "1"


def _bytes_of(data: Any) -> bytes:
    if isinstance(data, str):
        try:
            return data.encode("latin-1")
        except UnicodeEncodeError as error:
            raise UnfitFileError("has text where numbers should be") from error
    if isinstance(data, bytes | bytearray):
        return bytes(data)
    raise UnfitFileError("is an array without its numbers")


def _dtype_text(dtype: Any) -> str:
    """`<f8` and the like, from `numpy.dtype("f8", …)` and its state (version, byte order, …)."""
    if not isinstance(dtype, Made) or dtype.name != DTYPE or not dtype.arguments:
        raise UnfitFileError("does not say what its numbers are")
    text, order = dtype.arguments[0], "="
    if isinstance(dtype.state, tuple) and len(dtype.state) > 1:
        order = dtype.state[1]
    text, order = (part.decode("latin-1") if isinstance(part, bytes) else part for part in (text, order))
    if not isinstance(text, str) or not isinstance(order, str):
        raise UnfitFileError("does not say what its numbers are")
    return order + text if order in ("<", ">") else text


def _entry(state: Any, key: str, owner: str) -> Any:
    """An entry of an object's state; the keys of Python 3's rewritten files may be bytes."""
    if isinstance(state, dict):
        for name in (key, key.encode()):
            if name in state:
                return state[name]
    raise UnfitFileError(f"is a {owner} without its {key}")


def _dense(kind: str, state: Any) -> np.ndarray:
    """[rows, columns] from the state of SciPy's sparse matrix of this kind (csc, csr, coo)."""
    shape = _entry(state, "_shape", f"{kind} matrix")
    if not isinstance(shape, tuple) or len(shape) != 2 or not all(isinstance(size, int) for size in shape):  # noqa: PLR2004
        raise UnfitFileError("has a shape that is none")
    if min(shape) < 1 or math.prod(shape) > _MOST_ENTRIES:
        raise UnfitFileError(f"is a matrix of {_product(shape)}")
    values = array_of(_entry(state, "data", f"{kind} matrix"))
    rows, columns = _places(kind, state, shape)
    if values.ndim != 1 or not len(values) == len(rows) == len(columns):
        raise UnfitFileError("is a sparse matrix whose places and values do not match")
    if len(rows) and (min(rows.min(), columns.min()) < 0 or rows.max() >= shape[0] or columns.max() >= shape[1]):
        raise UnfitFileError("is a sparse matrix with places outside of it")
    dense = np.zeros(shape)
    np.add.at(dense, (rows, columns), values)
    return dense


def _places(kind: str, state: Any, shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns of a sparse matrix's values."""
    if kind == "coo":
        if isinstance(state, dict) and isinstance(state.get("coords"), tuple) and len(state["coords"]) == 2:  # noqa: PLR2004
            first, second = (_indices(array_of(axis)) for axis in state["coords"])
            return first, second
        return _indices(array_of(_entry(state, "row", kind))), _indices(array_of(_entry(state, "col", kind)))
    inner = _indices(array_of(_entry(state, "indices", f"{kind} matrix")))
    starts = _indices(array_of(_entry(state, "indptr", f"{kind} matrix")))
    lines = shape[0] if kind == "csr" else shape[1]
    counts = np.diff(starts)
    if len(starts) != lines + 1 or (counts < 0).any() or starts[0] != 0 or starts[-1] != len(inner):
        raise UnfitFileError("is a sparse matrix whose lines do not add up")
    outer = np.repeat(np.arange(lines), counts)
    return (outer, inner) if kind == "csr" else (inner, outer)


def _indices(array: np.ndarray) -> np.ndarray:
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise UnfitFileError("is a sparse matrix with places that are no whole numbers")
    return array.astype(np.int64)
