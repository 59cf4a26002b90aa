"""Files that are either whole or not there: written aside, then renamed into place."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from .errors import DuologueError, ExitCode

Stamp = tuple[tuple[str | int, ...], ...]
"""What `stamp_of` says; equal where no file has changed."""


@contextlib.contextmanager
def explained_write_errors(path: Path) -> Iterator[None]:
    """Turn an OSError raised while writing `path` into a DuologueError (DISK_FULL, OUTPUT_NOT_WRITABLE)."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise DuologueError(
                ExitCode.DISK_FULL,
                f"There is no space left to write {path}.",
                "Free some disk space or choose another folder, then run it again.",
            ) from error
        raise DuologueError(
            ExitCode.OUTPUT_NOT_WRITABLE,
            f"{path} cannot be written ({error.strerror or error}).",
            "Choose a folder you may write to.",
        ) from error


def write_whole(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Call `write(file)` on a file beside `path` and rename it into place once it is complete.

    A failure leaves `path` as it was and no partial file behind.
    Raises DuologueError (DISK_FULL, OUTPUT_NOT_WRITABLE).
    """
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with explained_write_errors(path):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as file:
                write(file)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise


def sha256_of(path: Path) -> str:
    """The file's sha256 in hexadecimal. Raises OSError where it cannot be read; callers say what that means."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def stamp_of(paths: Iterable[Path]) -> Stamp:
    """What tells whether any of `paths` was changed or replaced: place, size, time of the last change, file number."""
    return tuple((str(path), *_numbers_of(path)) for path in paths)


def _numbers_of(path: Path) -> tuple[int, ...]:
    """Nothing for a file that is not there or cannot be looked at."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return ()
    return found.st_size, found.st_mtime_ns, found.st_ino


def write_text_whole(path: Path, text: str) -> None:
    """UTF-8 `text` to `path`, whole or not at all. Raises as `write_whole`.

    Bytes of a file's name that are no letters are written as JSON's escapes for them.
    """
    write_whole(path, lambda file: file.write(text.encode("utf-8", errors="backslashreplace")))
