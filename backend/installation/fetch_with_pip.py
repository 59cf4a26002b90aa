"""Fetches pinned files by the rules of pip: its indexes, proxies, certificates and passwords; what came stays.

python -m backend.installation.fetch_with_pip REQUEST, where that Python has pip. REQUEST is a JSON file: `into`, a
folder, and `files`, each with `name`, `version`, `hashes`, `options` of pip, `indexes` to ask in turn (null: those that
pip is told of) and whether it is `optional`. Several come at once, the first ones first. Prints a JSON object a line,
of the file whose name and version are `of`: {"of", "done", "total"} in bytes while it comes, {"of", "fetched"} or
{"of", "failed"} with the reason, up to the first that fails and is needed; {"unwritable", "path", "reason"} with the
system's error number where the disk refuses, which ends it. The exit code counts nothing: lines say what failed.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import RawIOBase
from pathlib import Path
from typing import Any, Final

_AT_ONCE: Final = 6
"""Files that come side by side: most are small, and wait for the index longer than they take."""
_CHUNK: Final = 1 << 18
_TRIES: Final = 4
_EVERY: Final = 0.3
_PARTIAL: Final = 206
_PART: Final = ".fetching"
_REFUSED: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EACCES, errno.EPERM, errno.EROFS)
"""What a disk says that takes no more; neither another try nor another index helps."""
_stop: Final = threading.Event()
"""Set once a file that is needed cannot be had: the others end where they are."""
_printing: Final = threading.Lock()


def main(words: list[str]) -> int:
    """Always 0."""
    request = json.loads(Path(words[0]).read_text(encoding="utf-8"))
    into = Path(request["into"])
    _stop.clear()
    with _Sessions() as sessions, ThreadPoolExecutor(_AT_ONCE) as pool:
        for bringing in [pool.submit(_bring, wanted, into, sessions) for wanted in request["files"]]:
            bringing.result()
    return 0


class _Sessions(contextlib.ExitStack):
    """Pip's sessions by their options; each is opened when it is first asked for, and is used by several threads."""

    def __init__(self) -> None:
        super().__init__()
        self._opened: dict[tuple[str, ...], tuple[Any, Any]] = {}
        self._opening = threading.Lock()

    def of(self, options: list[str]) -> tuple[Any, Any]:
        """(session, package finder). Raises what pip does where an option or its configuration is none."""
        with self._opening:
            if tuple(options) not in self._opened:
                self._opened[tuple(options)] = self.enter_context(_session(options))
            return self._opened[tuple(options)]


class _StoppedError(Exception):
    """Another file failed, and without that one this one is of no use."""


def _bring(wanted: dict[str, Any], into: Path, sessions: _Sessions) -> None:
    """Fetch a file from the first of its indexes that has it, and say what came of it."""
    of, reason = f"{wanted['name']} {wanted['version']}", ""
    for index in wanted["indexes"]:
        if _stop.is_set():
            return
        try:
            path = _fetch(wanted, index, into, sessions)
        except _StoppedError:
            return
        except _UnwritableError as error:
            _stop.set()
            _say(unwritable=error.errno, path=str(error.path), reason=error.strerror)
            return
        except Exception as error:  # noqa: BLE001 — pip and its libraries raise of every kind; the next index may do
            reason = str(error) if isinstance(error, LookupError) else f"{type(error).__name__}: {error}"
        else:
            _say(of=of, fetched=str(path))
            return
    _say(of=of, failed=" ".join(reason.split())[:300])
    if not wanted["optional"]:
        _stop.set()


class _UnwritableError(Exception):
    """The disk refuses to take `path`; `errno` and `strerror` as the system's error has them."""

    def __init__(self, path: Path, error: OSError) -> None:
        super().__init__(str(error))
        self.path, self.errno, self.strerror = path, error.errno, error.strerror


@contextlib.contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Tell a disk that refuses from a connection, whose failures are OSErrors too. Raises _UnwritableError."""
    try:
        yield
    except OSError as error:
        if error.errno in _REFUSED:
            raise _UnwritableError(path, error) from error
        raise


def _say(**fields: Any) -> None:
    with _printing:
        sys.stdout.write(f"{json.dumps(fields)}\n")
        sys.stdout.flush()


def _fetch(wanted: dict[str, Any], index: str | None, into: Path, sessions: _Sessions) -> Path:
    """The file in `into`, verified. Raises LookupError where no index has it, else what a connection raises."""
    options = ["--no-cache-dir", "--only-binary=:all:", "--disable-pip-version-check", "--no-input", *wanted["options"]]
    if index is not None:
        # One that is not there is not waited for: it is asked only where the others lack the file.
        options += ["--index-url", index, "--retries", "0", "--timeout", "15"]
    session, finder = sessions.of(options)
    link = _link(finder, wanted)
    part = into / f"{link.filename}{_PART}"
    if link.is_file:
        with Path(link.file_path).open("rb") as source, _writing(part), part.open("wb") as copy:
            shutil.copyfileobj(source, copy)
    else:
        _download(session, link, part, f"{wanted['name']} {wanted['version']}")
    digest = hashlib.sha256()
    with part.open("rb") as file:
        while data := file.read(_CHUNK):
            digest.update(data)
    if digest.hexdigest() not in wanted["hashes"]:
        part.unlink()
        raise LookupError(f"{link.filename} is not the file that was pinned (sha256 {digest.hexdigest()})")
    path: Path = into / link.filename
    with _writing(path):
        part.replace(path)
    return path


@contextlib.contextmanager
def _session(options: list[str]) -> Iterator[tuple[Any, Any]]:
    """Pip's session and package finder, as its command `download` has them with these options and its configuration."""
    from pip._internal.cli.cmdoptions import make_target_python
    from pip._internal.commands import create_command
    from pip._internal.utils.temp_dir import global_tempdir_manager, tempdir_registry

    command: Any = create_command("download")
    parsed, _ = command.parse_args([*options, "--no-deps", "nothing"])
    with command.main_context(), global_tempdir_manager():
        command.tempdir_registry = command.enter_context(tempdir_registry())
        session = command.get_default_session(parsed)
        finder = command._build_package_finder(  # noqa: SLF001 — pip is pinned in locks/pip.lock, and has no public way
            options=parsed, session=session, target_python=make_target_python(parsed)
        )
        yield session, finder


def _link(finder: Any, wanted: dict[str, Any]) -> Any:
    """Where the wheel of this version is whose hash is among those wanted."""
    from pip._internal.utils.hashes import Hashes
    from pip._vendor.packaging.specifiers import SpecifierSet

    found = finder.find_best_candidate(
        wanted["name"], specifier=SpecifierSet(f"=={wanted['version']}"), hashes=Hashes({"sha256": wanted["hashes"]})
    )
    if found.best_candidate is None:
        raise LookupError(f"no index that was asked has {wanted['name']} {wanted['version']} for this system")
    return found.best_candidate.link


def _download(session: Any, link: Any, part: Path, of: str) -> None:
    """Fetch the file behind `link`, which is `of` some name and version, from where an earlier try ended."""
    for again in range(_TRIES):
        try:
            _download_once(session, link, part, of)
        except OSError:  # what requests raises is an OSError
            if again + 1 == _TRIES:
                raise
            time.sleep(1.0 + again)
        else:
            return


def _download_once(session: Any, link: Any, part: Path, of: str) -> None:
    there = part.stat().st_size if part.exists() else 0
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={there}-"} if there else {})
    answer = session.get(link.url_without_fragment, headers=headers, stream=True)
    if there and answer.status_code == 416:  # noqa: PLR2004  (nothing is left to send)
        return
    answer.raise_for_status()
    if answer.status_code != _PARTIAL:
        there = 0
    total, said_at = there + int(answer.headers.get("Content-Length", 0)), 0.0
    with _writing(part):
        opened = part.open("ab" if there else "wb", buffering=0)
    with opened as file:
        for data in answer.iter_content(_CHUNK):
            if _stop.is_set():
                raise _StoppedError
            with _writing(part):
                _write_all(file, data)
            there += len(data)
            now = time.monotonic()
            if now - said_at > _EVERY:
                said_at = now
                _say(of=of, done=there, total=total)
    if there < total:
        raise ConnectionError(f"the connection ended after {there} of {total} bytes")


def _write_all(file: RawIOBase, data: bytes) -> None:
    """`file` is not buffered, so that a full disk is told here and not when it is closed."""
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) or 0 :]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
