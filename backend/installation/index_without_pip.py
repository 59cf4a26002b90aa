"""One pinned wheel from the package index where there is no pip yet: pip's own, or uv's. The standard library alone.

Reads of pip's configuration what such a request needs: index, certificate, proxy.
"""

from __future__ import annotations

import base64
import configparser
import hashlib
import http.client
import os
import re
import ssl
import sys
import urllib.parse
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ..contract.errors import DuologueError, ExitCode
from ..contract.files import write_whole
from .locks import Requirement
from .target import Target

_INDEX: Final = "https://pypi.org/simple"
_SECONDS: Final = 30
_LARGEST_PAGE: Final = 1 << 26


def pip_setting(name: str, environment: Mapping[str, str] = os.environ) -> str:
    """Pip's option `name`, such as “index-url”, of its environment variables or of its files; empty where not set."""
    variable = environment.get(f"PIP_{name.upper().replace('-', '_')}")
    if variable:
        return variable
    found = ""
    for path in _files(environment):
        parser = configparser.RawConfigParser()
        try:
            parser.read(path, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError):
            continue
        for section in ("global", "download", "install"):
            found = parser.get(section, name, fallback=found)
    return found.strip()


def _files(environment: Mapping[str, str]) -> list[Path]:
    """Pip's files, the most particular one last."""
    named = environment.get("PIP_CONFIG_FILE")
    if named == os.devnull:
        return []
    home = Path(environment.get("HOME") or environment.get("USERPROFILE") or Path.home())
    if sys.platform == "win32":
        data, own = Path(environment.get("PROGRAMDATA", "C:/ProgramData")), Path(environment.get("APPDATA", home))
        files = [data / "pip" / "pip.ini", home / "pip" / "pip.ini", own / "pip" / "pip.ini"]
    elif sys.platform == "darwin":
        library = Path("Library/Application Support/pip/pip.conf")
        files = [Path("/") / library, home / ".pip" / "pip.conf", home / ".config" / "pip" / "pip.conf", home / library]
    else:
        systems = environment.get("XDG_CONFIG_DIRS") or "/etc/xdg"
        own = Path(environment.get("XDG_CONFIG_HOME") or home / ".config")
        files = [*(Path(folder) / "pip" / "pip.conf" for folder in systems.split(":")), Path("/etc/pip.conf")]
        files += [home / ".pip" / "pip.conf", own / "pip" / "pip.conf"]
    return [*files, *([Path(named)] if named else [])]


def fetch_wheel(requirement: Requirement, target: Target, into: Path) -> Path:
    """A wheel of `requirement` for `target` in the folder `into`, verified; one that lies there already is kept.

    Raises DuologueError (DOWNLOAD_FAILED, PACKAGES_MISSING, DISK_FULL, OUTPUT_NOT_WRITABLE).
    """
    kept = wheel_in(into, requirement, target)
    if kept is not None:
        return kept
    page = f"{(pip_setting('index-url') or _INDEX).rstrip('/')}/{requirement.name}/"
    links = re.findall(r'href="([^"]+?\.whl)#sha256=([0-9a-f]{64})"', _read(page).decode("utf-8", errors="replace"))
    for address, digest in links:
        file = urllib.parse.unquote(address.rpartition("/")[2])
        if digest in requirement.hashes and target.fits(file):
            data = _read(urllib.parse.urljoin(page, address))
            if hashlib.sha256(data).hexdigest() == digest:
                write_whole(into / file, lambda opened, data=data: opened.write(data))  # type: ignore[misc]
                return into / file
    raise DuologueError(
        ExitCode.PACKAGES_MISSING,
        f"The package index lacks the pinned {requirement.name} {requirement.version} for {target.title()}.",
        "Check pip's configuration, or press Install from folder….",
    )


def wheel_in(folder: Path, requirement: Requirement, target: Target | None, *, by_name: bool = False) -> Path | None:
    """A wheel of `requirement` in `folder` that fits and is the pinned one, at least `by_name`; None without one."""
    name = re.sub(r"[-_.]+", "_", requirement.name)
    for path in sorted(folder.glob("*.whl")):
        parts = path.name.split("-")
        same = re.sub(r"[-_.]+", "_", parts[0]).lower() == name.lower() and parts[1:2] == [requirement.version]
        if same and (target is None or target.fits(path.name)):
            if by_name:
                return path
            with path.open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() in requirement.hashes:
                    return path
    return None


def _read(address: str) -> bytes:
    """Raises DuologueError (DOWNLOAD_FAILED)."""
    try:
        request = _request(address)
        with _opener().open(request, timeout=_SECONDS) as answer:
            return bytes(answer.read(_LARGEST_PAGE + 1))
    except (OSError, ValueError, http.client.HTTPException) as error:
        # An address that cannot be read is not quoted: any part of it may be a password.
        unreadable = isinstance(error, ValueError | http.client.InvalidURL) and not isinstance(error, OSError)
        where = "" if unreadable else f" at {urllib.parse.urlsplit(address).hostname}"
        reason = "its address cannot be read" if unreadable else getattr(error, "reason", error)
        raise DuologueError(
            ExitCode.DOWNLOAD_FAILED,
            f"The package index{where} cannot be reached ({reason}).",
            "Check the connection and pip's configuration, then press Install backend again.",
        ) from error


def _request(address: str) -> urllib.request.Request:
    """The request for `address`; a name and password in it, or in the index on the same host, go as pip sends them.

    Raises ValueError where `address` is none.
    """
    asked = urllib.parse.urlsplit(address)
    host = asked.netloc.rpartition("@")[2]
    request = urllib.request.Request(asked._replace(netloc=host).geturl())  # noqa: S310  (pip reads file: as well)
    for known in (asked, urllib.parse.urlsplit(pip_setting("index-url"))):
        if known.username is not None and (known.scheme, known.netloc.rpartition("@")[2]) == (asked.scheme, host):
            words = f"{urllib.parse.unquote(known.username)}:{urllib.parse.unquote(known.password or '')}"
            # Where it is redirected to gets none of it.
            request.add_unredirected_header("Authorization", f"Basic {base64.b64encode(words.encode()).decode()}")
            break
    return request


def _opener() -> urllib.request.OpenerDirector:
    """Raises OSError where the certificates that pip is to use, a file or a folder, cannot be read."""
    certificates, proxy = pip_setting("cert") or None, pip_setting("proxy")
    folder = certificates if certificates and Path(certificates).is_dir() else None
    context = ssl.create_default_context(cafile=None if folder else certificates, capath=folder)
    handlers: list[urllib.request.BaseHandler] = [urllib.request.HTTPSHandler(context=context)]
    handlers += [urllib.request.ProxyHandler({"http": proxy, "https": proxy})] if proxy else []
    return urllib.request.build_opener(*handlers)
