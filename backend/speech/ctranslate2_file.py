"""CTranslate2's model.bin, version 6: a flat list of named arrays.

Layout (github.com/OpenNMT/CTranslate2, `model_spec.py`): version u32; spec name; spec revision u32; count u32; then for
each variable its name, rank u8, dimensions u32, type u8, bytes u32, data. A string is its length u16 and its bytes,
closed by a zero. All little-endian.
"""

from __future__ import annotations

import io
import struct
from typing import BinaryIO, Final

import numpy as np

_VERSION: Final = 6
_TYPES: Final = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}


def read_variables(data: bytes, prefix: str) -> dict[str, np.ndarray]:
    """The variables whose name starts with `prefix`, by the rest of their name.

    Raises ValueError for another format.
    """
    file = io.BytesIO(data)
    version = _number(file, "I")
    if version != _VERSION:
        raise ValueError(f"is of version {version}, not {_VERSION}")
    _text(file)
    _number(file, "I")
    variables: dict[str, np.ndarray] = {}
    for _ in range(_number(file, "I")):
        name = _text(file)
        shape = tuple(_number(file, "I") for _ in range(_number(file, "B")))
        kind, size = _number(file, "B"), _number(file, "I")
        content = file.read(size)
        if name.startswith(prefix):
            variables[name.removeprefix(prefix)] = _array(name, content, kind, shape)
    return variables


def _array(name: str, content: bytes, kind: int, shape: tuple[int, ...]) -> np.ndarray:
    if kind not in _TYPES:
        raise ValueError(f"holds {name} of the unknown type {kind}")
    return np.frombuffer(content, _TYPES[kind]).reshape(shape)


def _number(file: BinaryIO, kind: str) -> int:
    size = struct.calcsize(f"<{kind}")
    content = file.read(size)
    if len(content) != size:
        raise ValueError("ends too early")
    return int(struct.unpack(f"<{kind}", content)[0])


def _text(file: BinaryIO) -> str:
    return file.read(_number(file, "H")).rstrip(b"\0").decode("utf-8")
