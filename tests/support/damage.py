"""What holds a reader of damaged and misplaced files to its own failures."""

import contextlib
import random
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.examples import examples

try:
    import resource
except ImportError:  # not on Windows
    resource = None
_ROOM = 1 << 30
"""Bytes that a reader of a small file may take, be it damaged or not."""


@dataclass(frozen=True)
class Kind:
    """A kind of file: its content when it is whole, how it is damaged, its reader, and the codes that are its own."""

    make: Callable[[Path], bytes]
    damage: Callable[[bytes, random.Random], bytes]
    read: Callable[[Path], Any]
    codes: Collection[int]


def check_damage(kind: Kind, path: Path, number: int) -> Any:
    """Write a file of `kind`, damaged by the chance `number`, to `path` and hold its reader to its own codes.

    What was read is returned, and the failure where it was refused.
    """
    whole = kind.make(path.parent)
    with contextlib.suppress(OSError):
        path.unlink()
    path.write_bytes(kind.damage(whole, random.Random(number)))
    return outcome(kind, path)


def each_damaged(kinds: Mapping[str, Kind], tries: int) -> Callable[[Callable[..., None]], Any]:
    """Decorate a test that takes a `name` among `kinds` and the `number` of a damage: so many `tries` of each kind."""

    def decorated(test: Callable[..., None]) -> Any:
        allowed = [HealthCheck.function_scoped_fixture]
        tried = settings(max_examples=examples(tries), deadline=None, suppress_health_check=allowed)
        return pytest.mark.parametrize("name", kinds)(tried(given(number=st.integers(0, 2**32))(test)))

    return decorated


def outcome(kind: Kind, path: Path) -> Any:
    """What the reader makes of `path` with little memory, or how it refuses it; any other end is raised."""
    try:
        with little_memory():
            return kind.read(path)
    except Exception as error:
        if getattr(error, "code", None) not in kind.codes:
            raise
        assert error.fix  # noqa: PT017 — a damage may leave a file that is whole
        return error


def misplaced(folder: Path, name: str) -> Iterator[Path]:
    """Paths that end like the file `name` and at which no file can be read; `folder` is empty."""
    (folder / name).mkdir()
    yield folder / name
    (folder / "empty").mkdir()
    yield folder / "empty" / name
    (folder / "file").write_bytes(b"")
    yield folder / "file" / name
    yield folder / ("long" * 100) / name
    yield folder / f"nothing\0{name}"
    loop = folder / f"loop{Path(name).suffix}"
    with contextlib.suppress(OSError):  # where links are not allowed
        loop.symlink_to(loop)
        yield loop


def check_misplaced(kind: Kind, folder: Path, name: str) -> None:
    """Hold the reader of `kind` to one of its own codes at every path of `misplaced`."""
    for path in misplaced(folder, name):
        assert getattr(outcome(kind, path), "code", None) in kind.codes, path


@contextlib.contextmanager
def little_memory():
    """Here a gigabyte more at once raises MemoryError, or whatever a library makes of it; only where Linux tells."""
    status = Path("/proc/self/statm")
    if resource is None or not status.exists():
        yield
        return
    before = resource.getrlimit(resource.RLIMIT_AS)
    taken = int(status.read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + _ROOM, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
