"""Deleted files go to the system's bin: the freedesktop.org one, macOS's or Windows's; never for good."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from ..backend.contract.errors import DuologueError, ExitCode
from ..backend.contract.reading import reason_of

_UNESCAPED: Final = frozenset(b"/ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~")
_DELETE: Final = 3
_FLAGS: Final = 0x4 | 0x10 | 0x40 | 0x400 | 0x4000
"""Silent, no question, undoable, no window on errors; but a warning where a file would be destroyed."""
_NETWORK_DRIVE: Final = 4
_NO_BIN: Final = "The folder of this drive has no bin"


def move_to_bin(path: Path) -> None:
    """Move the file or folder `path` to the bin, from where the system's file browser restores it.

    Raises DuologueError (OUTPUT_NOT_WRITABLE) where there is no bin for it; then it is where it was.
    """
    move = {"win32": _to_windows_bin, "darwin": _to_macos_bin}.get(sys.platform, _to_freedesktop_bin)
    path = Path(os.path.abspath(path))  # noqa: PTH100  (a link itself goes, not what it points to)
    try:
        move(path)
    except OSError as error:
        raise DuologueError(
            ExitCode.OUTPUT_NOT_WRITABLE,
            f"{path} cannot be moved to the bin ({reason_of(error)}); nothing was deleted.",
            "Open its folder and delete it there.",
        ) from error


def _to_freedesktop_bin(path: Path) -> None:
    """The bin in the user's home, or that of the drive on which `path` is."""
    device = path.lstat().st_dev
    home = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "Trash"
    if _device_of(home) == device:
        _bin_with_info(path, home, os.fsencode(path))
        return
    top = next(one for one in (path.parent, *path.parent.parents) if _is_top(one))
    for folder in _drive_bins(top):
        _bin_with_info(path, folder, os.fsencode(path.relative_to(top)))
        return
    raise OSError(f"{_NO_BIN}: {top}")


def _drive_bins(top: Path) -> Iterator[Path]:
    """Where a drive's bin may be, as the specification has it: one that an administrator made, else one's own."""
    shared, user = top / ".Trash", str(os.getuid())
    if shared.is_dir() and not shared.is_symlink() and shared.stat().st_mode & 0o1000:
        yield shared / user
    yield top / f".Trash-{user}"


def _bin_with_info(path: Path, folder: Path, told: bytes) -> None:
    """Move `path` into the bin `folder`; `told` is the place that the bin remembers it by."""
    for part in ("files", "info"):
        (folder / part).mkdir(mode=0o700, parents=True, exist_ok=True)
    if (folder / "files").lstat().st_dev != path.lstat().st_dev:
        raise OSError(f"{_NO_BIN}: {folder}")
    escaped = "".join(chr(byte) if byte in _UNESCAPED else f"%{byte:02X}" for byte in told)
    info = f"[Trash Info]\nPath={escaped}\nDeletionDate={time.strftime('%Y-%m-%dT%H:%M:%S')}\n"
    for name in _free_names(path.name):
        note = folder / "info" / f"{name}.trashinfo"
        try:
            with note.open("x", encoding="ascii") as file:
                file.write(info)
        except FileExistsError:
            continue
        try:
            _expect_nothing(folder / "files" / name)
            path.rename(folder / "files" / name)
        except FileExistsError:
            note.unlink()
            continue
        except OSError:
            note.unlink()
            raise
        return


def _to_macos_bin(path: Path) -> None:
    folder = Path.home() / ".Trash"
    if _device_of(folder) != path.lstat().st_dev:
        top = next(one for one in (path.parent, *path.parent.parents) if _is_top(one))
        folder = top / ".Trashes" / str(os.getuid())
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in _free_names(path.name):
        if not os.path.lexists(folder / name):
            path.rename(folder / name)
            return


def _to_windows_bin(path: Path) -> None:
    """By the shell itself. A network drive has no bin: there the shell would delete for good."""
    import ctypes

    class Operation(ctypes.Structure):
        _fields_ = (
            ("window", ctypes.c_void_p),
            ("function", ctypes.c_uint),
            ("source", ctypes.c_wchar_p),
            ("target", ctypes.c_wchar_p),
            ("flags", ctypes.c_ushort),
            ("aborted", ctypes.c_int),
            ("mappings", ctypes.c_void_p),
            ("title", ctypes.c_wchar_p),
        )
        _pack_ = 0 if ctypes.sizeof(ctypes.c_void_p) > 4 else 1  # noqa: PLR2004  (32 bits pack it)

    windows: Callable[[str], object] = getattr(ctypes, "WinDLL")  # noqa: B009  (only Windows has it)
    drive = getattr(windows("kernel32"), "GetDriveTypeW")(path.anchor)  # noqa: B009
    if path.anchor.startswith("\\\\") or drive == _NETWORK_DRIVE:
        raise OSError(f"{_NO_BIN}: {path.anchor}")
    operation = Operation(None, _DELETE, f"{path}\0", None, _FLAGS, 0, None, None)  # ends with two zeros
    status = getattr(windows("shell32"), "SHFileOperationW")(ctypes.byref(operation))  # noqa: B009
    if status or operation.aborted:
        raise OSError(f"Windows answers {status:#x}" if status else "it was called off")


def _free_names(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name} {number}"
        number += 1


def _expect_nothing(path: Path) -> None:
    """Renaming would replace an empty folder that is there."""
    if os.path.lexists(path):
        raise FileExistsError(path)


def _device_of(path: Path) -> int | None:
    """Of the nearest folder that is there; None where nobody may look."""
    try:
        return next(one.stat().st_dev for one in (path, *path.parents) if one.exists())
    except OSError:
        return None


def _is_top(folder: Path) -> bool:
    return os.path.ismount(folder)
