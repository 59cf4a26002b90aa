"""Fetches pinned files by the rules of pip: its indexes, proxies, certificates and passwords; what came stays.

python -m backend.installation.fetch_with_pip REQUEST, where that Python has pip. REQUEST is a JSON file: `into`, a
folder, and `files`, each with `name`, `version`, `hashes`, `options` of pip, `indexes` to ask in turn (null: those that
pip is told of) and whether it is `optional`. Prints a JSON object a line: {"file", "done", "total"} in bytes while a
file comes, {"fetched"} or {"failed", "reason"} for each, up to the first that fails and is needed; {"unwritable",
"path", "reason"} with the system's error number where the disk refuses, which ends it. The exit code counts nothing:
lines say what failed.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import shutil
import sys
import time
from collections.abc import Iterator
from io import RawIOBase
from pathlib import Path
from typing import Any, Final

_CHUNK: Final = 1 << 18
_TRIES: Final = 4
_EVERY: Final = 0.3
_PARTIAL: Final = 206
_PART: Final = ".fetching"
_REFUSED: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EACCES, errno.EPERM, errno.EROFS)
"""What a disk says that takes no more; neither another try nor another index helps."""


def main(words: list[str]) -> int:
    """Always 0."""
    request = json.loads(Path(words[0]).read_text(encoding="utf-8"))
    into = Path(request["into"])
    for wanted in request["files"]:
        reason = ""
        for index in wanted["indexes"]:
            try:
                path = _fetch(wanted, index, into)
            except _UnwritableError as error:
                _say(unwritable=error.errno, path=str(error.path), reason=error.strerror)
                return 0
            except Exception as error:  # noqa: BLE001 — pip and its libraries raise of every kind; the next index may do
                reason = str(error) if isinstance(error, LookupError) else f"{type(error).__name__}: {error}"
            else:
                _say(fetched=str(path), name=wanted["name"])
                break
        else:
            _say(failed=f"{wanted['name']} {wanted['version']}", reason=" ".join(reason.split())[:300])
            if not wanted["optional"]:
                break
    return 0


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
    print(json.dumps(fields), flush=True)


def _fetch(wanted: dict[str, Any], index: str | None, into: Path) -> Path:
    """The file in `into`, verified. Raises LookupError where no index has it, else what a connection raises."""
    options = ["--no-cache-dir", "--only-binary=:all:", "--disable-pip-version-check", "--no-input", *wanted["options"]]
    if index is not None:
        # One that is not there is not waited for: it is asked only where the others lack the file.
        options += ["--index-url", index, "--retries", "0", "--timeout", "15"]
    with _session(options) as (session, finder):
        link = _link(finder, wanted)
        part = into / f"{link.filename}{_PART}"
        if link.is_file:
            with Path(link.file_path).open("rb") as source, _writing(part), part.open("wb") as copy:
                shutil.copyfileobj(source, copy)
        else:
            _download(session, link, part)
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


def _download(session: Any, link: Any, part: Path) -> None:
    """Fetch the file behind `link`, from where an earlier try ended."""
    for again in range(_TRIES):
        try:
            _download_once(session, link, part)
        except OSError:  # what requests raises is an OSError
            if again + 1 == _TRIES:
                raise
            time.sleep(1.0 + again)
        else:
            return


def _download_once(session: Any, link: Any, part: Path) -> None:
    there = part.stat().st_size if part.exists() else 0
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={there}-"} if there else {})
    answer = session.get(link.url_without_fragment, headers=headers, stream=True)
    if there and answer.status_code == 416:  # noqa: PLR2004  (nothing is left to send)
        return
    answer.raise_for_status()
    if answer.status_code != _PARTIAL:
        there = 0
    total, told = there + int(answer.headers.get("Content-Length", 0)), 0.0
    with _writing(part):
        opened = part.open("ab" if there else "wb", buffering=0)
    with opened as file:
        for data in answer.iter_content(_CHUNK):
            with _writing(part):
                _write_all(file, data)
            there += len(data)
            now = time.monotonic()
            if now - told > _EVERY:
                told = now
                _say(file=link.filename, done=there, total=total)
    if there < total:
        raise ConnectionError(f"the connection ended after {there} of {total} bytes")


def _write_all(file: RawIOBase, data: bytes) -> None:
    """`file` is not buffered, so that a full disk is told here and not when it is closed."""
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) or 0 :]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
