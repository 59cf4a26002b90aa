"""The character of a head in the scene: noted on its armature, edited by sliders, read back as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, Final

import bpy

from ...backend.contract.character import job_character
from ...backend.contract.constants import OPEN_HEAD
from ...backend.contract.errors import DuologueError, ExitCode
from ...backend.contract.face import Face, load_face
from ...backend.contract.job import character_from_dict
from ...backend.contract.reading import explained_read_errors, is_file, parsed_json
from ..heads.faces import dressing, faces_folder
from ..heads.hair_styles import STYLES
from ..heads.materials import dress_head, paint_head
from ..heads.reshape import IDENTITY_PROPERTY, reshape_head
from ..heads.rig import FACE_PROPERTY, NAME_PROPERTY, head_mesh
from ..worker.backend_location import face_file
from ..worker.preferences import backend_assets
from .character_fields import BALD, FIELDS, check_looks, shown_value, with_edits
from .identity_sliders import sliders

HAIR_CHOICES: Final = (*STYLES, BALD)

_STRONGEST: Final = 12
"""Numbered components, FLAME's, shown beyond the first few: a person there is a little of all three hundred."""


class _Faces:
    """The face that was read last; a slider that moves needs it many times a second."""

    key: ClassVar[tuple[Path, int] | None] = None
    face: ClassVar[Face | None] = None


class _Batch:
    """Whether many sliders are set at once, and the head follows only afterwards."""

    active: ClassVar[bool] = False


def face_of(context: bpy.types.Context, armature: bpy.types.Object) -> Face:
    """The face that the head of `armature` was built on. Raises DuologueError (FACE_NOT_FOUND, FACE_INVALID)."""
    name = str(armature.get(FACE_PROPERTY, OPEN_HEAD))
    path = face_file(backend_assets(context)) if name == OPEN_HEAD else faces_folder() / f"{name}.npz"
    if not is_file(path):
        raise DuologueError(
            ExitCode.FACE_NOT_FOUND,
            f"The face {name}, which {armature.name} was built on, is not on this computer.",
            "Import it again with Use FLAME file….",
        )
    key = (path, path.stat().st_mtime_ns)
    if _Faces.face is None or _Faces.key != key:
        _Faces.key, _Faces.face = key, load_face(path)
    return _Faces.face


def has_character(armature: bpy.types.Object | None) -> bool:
    """Whether the sliders of this head have been filled."""
    return armature is not None and bool(armature.duologue_character.source)


def note_character(armature: bpy.types.Object, face: Face, character: Mapping[str, Any]) -> None:
    """Fill the head's sliders from `character`, without changing the head. Raises DuologueError (CHARACTER_INVALID)."""
    state = armature.duologue_character
    identity = dressing(face, character).identity
    with _batch():
        state.source, state.worn = (json.dumps(dict(one), ensure_ascii=False) for one in (character, identity))
        state.identity.clear()
        strongest = sorted((name for name in identity if identity[name]), key=lambda name: -abs(identity[name]))
        for slider in sliders(face.identity_names, strongest[:_STRONGEST]):
            one = state.identity.add()
            one.name, one.label, one.group, one.kind = slider.name, slider.label, slider.group, slider.kind
            one.value = float(identity.get(slider.name, 0.0))
        for field in FIELDS:
            setattr(state, field.property_name, shown_value(field, character, HAIR_CHOICES))
    armature[IDENTITY_PROPERTY] = state.worn


def edited_character(armature: bpy.types.Object) -> dict[str, Any]:
    """The head's character as JSON: as it was noted, with what the sliders changed since; unknown fields are kept.

    Raises DuologueError (CHARACTER_INVALID) where what was noted is none.
    """
    state = armature.duologue_character
    shown = {}
    for field in FIELDS:
        value = getattr(state, field.property_name)
        shown[field.property_name] = tuple(value) if field.kind == "colour" else value
    identity = {one.name: one.value for one in state.identity}
    section = "identity" if armature.get(FACE_PROPERTY, OPEN_HEAD) == OPEN_HEAD else "flame_identity"
    source = noted_character(armature)
    with explained_read_errors(lambda reason: _unreadable(armature, reason)):
        worn = parsed_json(state.worn)
        return with_edits(source, shown, identity, worn, section, HAIR_CHOICES)


def noted_character(armature: bpy.types.Object) -> dict[str, Any]:
    """The head's character without what the sliders changed. Raises DuologueError (CHARACTER_INVALID)."""
    with explained_read_errors(lambda reason: _unreadable(armature, reason)):
        source = dict(parsed_json(armature.duologue_character.source))
        character_from_dict(source)
        check_looks(source, f"The character of {armature.name}")
        return source


def _unreadable(armature: bpy.types.Object, reason: str) -> DuologueError:
    return DuologueError(
        ExitCode.CHARACTER_INVALID,
        f"The character kept on {armature.name} cannot be read ({reason}).",
        "Load a character for this head again.",
    )


def wear_character(context: bpy.types.Context, armature: bpy.types.Object, character: Mapping[str, Any]) -> None:
    """Turn the head into `character`: shape, looks, habits, name. Raises DuologueError and then changes nothing."""
    face = face_of(context, armature)
    job_character(character)
    reshape_head(armature, face, dressing(face, character).identity)
    _rename(armature, str(character["name"]))
    note_character(armature, face, character)
    dress_again(armature)


def follow_identity(context: bpy.types.Context, armature: bpy.types.Object) -> None:
    """Reshape the head after an identity slider moved; its hair goes along. Raises DuologueError."""
    if not _Batch.active:
        face = face_of(context, armature)
        reshape_head(armature, face, dressing(face, edited_character(armature)).identity)


def follow_colours(armature: bpy.types.Object) -> None:
    """Paint the head again after a colour or another look of its surfaces changed."""
    if not _Batch.active:
        with _old_materials_removed(armature):
            paint_head(armature, edited_character(armature))


def dress_again(armature: bpy.types.Object) -> None:
    """New materials, and hair that fits the head's shape as it is now."""
    if not _Batch.active:
        with _old_materials_removed(armature):
            dress_head(armature, edited_character(armature))


@contextmanager
def _old_materials_removed(armature: bpy.types.Object) -> Iterator[None]:
    """What a head wore before goes, unless something else uses it."""
    worn = {
        slot.material.name for child in armature.children for slot in child.material_slots if slot.material is not None
    }
    yield
    for name in worn:
        material = bpy.data.materials.get(name)
        if material is not None and material.users == 0:
            bpy.data.materials.remove(material)


def _rename(armature: bpy.types.Object, name: str) -> None:
    """The objects take the new name where they still had the old one."""
    mesh = head_mesh(armature)
    before = str(armature.get(NAME_PROPERTY, ""))
    if before and armature.name.partition(".")[0] == before:
        armature.name, armature.data.name = name, name
        mesh.name, mesh.data.name = f"{name} head", f"{name} head"
    armature[NAME_PROPERTY] = name


@contextmanager
def _batch() -> Iterator[None]:
    _Batch.active = True
    try:
        yield
    finally:
        _Batch.active = False
