"""Reading files that may be damaged: whatever a library raises becomes that file's own failure."""

from __future__ import annotations

import contextlib
import json
import math
import os
import zipfile
from collections.abc import Callable, Container, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from .errors import DuologueError, ExitCode

if TYPE_CHECKING:
    import numpy as np

Value = TypeVar("Value")

LARGEST_JSON: Final = 64 << 20
"""Bytes. A longer text is no file of ours."""
_LONGEST_REASON: Final = 200
_PIECE: Final = 1 << 20


@contextlib.contextmanager
def explained_read_errors(failure: Callable[[str], Exception]) -> Iterator[None]:
    """Turn whatever is raised while a file is read into `failure(reason)`.

    A DuologueError passes as it is; memory that ran out is the computer's failure, not the file's (OUT_OF_MEMORY).
    """
    try:
        yield
    except DuologueError:
        raise
    except MemoryError as error:
        raise DuologueError(
            ExitCode.OUT_OF_MEMORY, "The computer ran out of memory while it read a file.", "Close other programs."
        ) from error
    except Exception as error:  # parsers raise what they like: zlib.error, RecursionError, struct.error …
        raise failure(reason_of(error)) from error


@contextlib.contextmanager
def read_errors_as(code: ExitCode, what: str, fix: str) -> Iterator[None]:
    """`explained_read_errors` where the failure says `what`, such as “FILE cannot be read”, and the reason after it."""
    with explained_read_errors(lambda reason: DuologueError(code, f"{what} ({reason}).", fix)):
        yield


def read_or_none(read: Callable[[], Value]) -> Value | None:
    """What `read` returns; None where it raises whatever readers raise on damage: for what is made anew or left out."""
    try:
        return read()
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  (as above)
        return None


def reason_of(error: BaseException) -> str:
    """What `error` says, on one line of at most 200 characters; its kind where it says nothing or only a name."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    if isinstance(error, KeyError):
        return f"there is no {error}"[:_LONGEST_REASON]
    text = " ".join(str(error).split())[:_LONGEST_REASON].rstrip(". ")
    return text or type(error).__name__


def is_file(path: Path) -> bool:
    """Whether a file is there; False also where nobody may look, and for a name that no file can have."""
    return os.path.isfile(path)  # noqa: PTH113  (before Python 3.14 Path's own raises there)


def read_bytes(path: Path, largest: int) -> bytes:
    """The file's content. Raises OSError, and ValueError for a file of more than `largest` bytes."""
    content = bytearray()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):  # all at once would take the memory of the largest for the smallest
            content += piece
            if len(content) > largest:
                raise ValueError(f"it is longer than {largest >> 10} kB")
    return bytes(content)


def read_json(path: Path, largest: int = LARGEST_JSON) -> Any:
    """What the UTF-8 JSON in `path` holds. Raises OSError, ValueError, RecursionError."""
    return parsed_json(read_bytes(path, largest).decode("utf-8-sig"))


def parsed_json(text: str) -> Any:
    """What `text` holds, if every word of it can be written down again. Raises ValueError, RecursionError."""
    found = json.loads(text)
    if "\\u" in text:  # by escapes alone a text may hold halves of letters
        json.dumps(found, ensure_ascii=False).encode("utf-8")
    return found


def read_arrays(path: Path, largest: int, names: Container[str] | None = None) -> dict[str, np.ndarray]:
    """The arrays of the npz file `path`, which has at most `largest` bytes of them: those of `names`, or all.

    Each header is held against the bytes that follow it before any memory is taken. Raises OSError, ValueError and
    whatever else `zipfile` and numpy raise on damage.
    """
    import numpy as np  # the worker reads requests without it

    with zipfile.ZipFile(path) as archive:
        infos = archive.infolist()
        members = [info for info in infos if names is None or info.filename.removesuffix(".npy") in names]
        if sum(member.file_size for member in members) > largest:
            raise ValueError(f"its arrays are larger than {largest >> 20} MB")
        for member in members:
            _expect_bytes(archive, member)
    with np.load(path, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files if names is None or name in names}


def text_of(array: Any) -> str:
    """The text in an array of one element. Raises ValueError for anything else and for halves of letters."""
    if array.dtype.kind != "U" or array.size != 1:
        raise ValueError("a text is none")
    text = str(array.reshape(())[()])
    text.encode("utf-8")
    return text


def texts_of(array: Any) -> tuple[str, ...]:
    """The texts in an array of one axis. Raises ValueError as `text_of`."""
    if array.ndim != 1 or (array.dtype.kind != "U" and array.size):
        raise ValueError("a list of texts is none")
    return tuple(text_of(array[index : index + 1]) for index in range(len(array)))


def are_finite_numbers(array: Any) -> bool:
    """Whether every element is a real number that is neither infinite nor NaN."""
    import numpy as np

    return array.dtype.kind in "fiu" and bool(np.isfinite(array).all())


def _expect_bytes(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Raises ValueError where the array's header asks for more than the archive holds of it."""
    from numpy.lib import format as npy

    with archive.open(member) as file:
        version = npy.read_magic(file)
        read_header = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}[version]
        shape, _, dtype = read_header(file)
    if math.prod(shape) * max(dtype.itemsize, 1) > member.file_size:
        raise ValueError(f"its array {member.filename} is cut off")
