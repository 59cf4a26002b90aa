"""Which faces a conversation can be built on: the open head, and those that *Use FLAME file…* imported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import bpy
import numpy as np

from ...backend.contract.constants import OPEN_HEAD
from ...backend.contract.errors import DuologueError, ExitCode
from ...backend.contract.face import IDENTITY_MAP, Face, load_face, title_of_face
from ...backend.contract.reading import is_file
from ...backend.contract.transfer import faces_of_transfer
from ..menu_texts import lasting
from ..worker.backend_location import face_file
from ..worker.preferences import backend_assets

FACES_FOLDER: Final = "duologue/faces"
"""Inside the user's Blender data."""
_OPEN_HEAD_ITEM: Final = (OPEN_HEAD, "Open head", "Duologue's own head; it needs no file", "USER", 0)
_NUMBERS: Final = 1 << 30
_LARGEST: Final = 1e6
"""A coefficient beyond it is no person's."""

_Item = tuple[str, str, str, str, int]
_titles: dict[tuple[str, int], str] = {}


@dataclass(frozen=True)
class Dressing:
    """Identity coefficients by the chosen face's names, and those of the character's that it does not have."""

    identity: dict[str, float]
    unknown: tuple[str, ...]


def faces_folder() -> Path:
    """Where imported faces and their transfers are kept; it need not be there yet."""
    return Path(bpy.utils.user_resource("DATAFILES", path=FACES_FOLDER))


def imported_faces() -> list[Path]:
    """The files of all imported faces, by name."""
    return [path for path in sorted(faces_folder().glob("*.npz")) if faces_of_transfer(path) is None]


def face_items(_self: object, _context: object) -> list[_Item]:
    """Items of the panel's choice.

    An item's number is made from its id: a .blend remembers the number, whatever else is imported later.
    """
    found = [_OPEN_HEAD_ITEM]
    for path in imported_faces():
        number = 1 + int.from_bytes(path.stem.encode()[-8:], "big") % _NUMBERS
        found.append((path.stem, _title(path), f"Imported from a FLAME file ({path.stem})", "FILE_3D", number))
    return lasting(found)


def face_named(name: str) -> str:
    """The id of the face with this id or title, in any case. Raises DuologueError (FACE_NOT_FOUND)."""
    items = face_items(None, None)
    for identifier, title, *_ in items:
        if name.lower() in (identifier.lower(), title.lower()):
            return identifier
    raise DuologueError(
        ExitCode.FACE_NOT_FOUND,
        f"There is no face called {name}; there are {', '.join(item[1] for item in items)}.",
        "Import it with Use FLAME file… first.",
    )


def load_chosen_face(context: bpy.types.Context, chosen: str) -> Face:
    """The face with this id, as a panel names it. Raises DuologueError (FACE_NOT_FOUND, FACE_INVALID)."""
    if chosen == OPEN_HEAD:
        return load_face(face_file(backend_assets(context), OPEN_HEAD))
    path = faces_folder() / f"{chosen}.npz"
    if not chosen or not is_file(path):
        raise DuologueError(
            ExitCode.FACE_NOT_FOUND,
            "The face that this scene was set to is not on this computer.",
            "Choose another face in the panel, or import it with Use FLAME file….",
        )
    return load_face(path)


def dressing(face: Face, character: Mapping[str, Any]) -> Dressing:
    """How `character` looks on `face`. Raises DuologueError (CHARACTER_INVALID).

    A character's `identity` is in the open head's components. On another face its `flame_identity` counts, a list of
    coefficients from the first component on or a mapping by name; without one, what `identity` was found to be in this
    face's components when it was imported; without that, what names they share.
    """
    identity: dict[str, float] = dict(character.get("identity", {}))
    if face.id == OPEN_HEAD:
        return Dressing(identity, ())
    if "flame_identity" not in character and IDENTITY_MAP in face.extras:
        return _told_for(face, identity)
    wanted = character.get("flame_identity", identity)
    if isinstance(wanted, list):
        wanted = {f"identity_{index:03d}": value for index, value in enumerate(wanted, start=1)}
    if not isinstance(wanted, Mapping) or not all(_is_number(value) for value in wanted.values()):
        raise DuologueError(
            ExitCode.CHARACTER_INVALID,
            f"{character.get('name', 'A character')}'s flame_identity is neither a list nor a mapping of numbers.",
            "Correct the character's file or choose another character.",
        )
    known = {str(name): float(value) for name, value in wanted.items() if name in face.identity_names}
    return Dressing(known, tuple(str(name) for name in wanted if name not in face.identity_names))


def _told_for(face: Face, identity: Mapping[str, float]) -> Dressing:
    """The open head's `identity` in components of `face`."""
    known: dict[str, list[float]] = face.extras[IDENTITY_MAP]
    total = np.zeros(len(face.identity_names))
    for name in identity.keys() & known.keys():
        total += float(identity[name]) * np.asarray(known[name])
    return Dressing(
        dict(zip(face.identity_names, total.tolist(), strict=True)), tuple(sorted(identity.keys() - known.keys()))
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _LARGEST


def _title(path: Path) -> str:
    """What the artist's file was called; read once for each file."""
    try:
        key = (str(path), path.stat().st_mtime_ns)
        if key not in _titles:
            _titles[key] = title_of_face(path)
    except (OSError, DuologueError):
        return path.stem
    return _titles[key]
