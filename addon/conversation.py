"""What the operators and the command line do: build a conversation, ask for a take, write its keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import bpy
from mathutils import Vector

from ..backend.contract.character import job_character
from ..backend.contract.constants import OFFICIAL_ENGINE
from ..backend.contract.errors import DuologueError, ExitCode
from ..backend.contract.job import AudioInput, JobRequest
from ..backend.contract.reading import is_file
from .characters.character_editing import edited_character, has_character
from .characters.character_files import find_character, read_character
from .heads.rig import FACE_PROPERTY
from .retargeting.rig_survey import survey
from .settings.blend_paths import file_of
from .settings.character_properties import own_characters
from .settings.inferences import keys_left_out
from .settings.properties import DuologueSettings, heads_of, people_of, settings_of
from .settings.staging_properties import staging_told
from .staging.scenery import ROLE_PROPERTY
from .staging.standing import built_armature, person_of
from .worker.preferences import backend_assets, remembered_checkpoint

_ROOM_FOR_A_HEAD: Final = 0.3


Given = tuple[dict[str, Any] | None, dict[str, Any] | None]
"""Characters that count instead of those the scene knows of."""
NOT_GIVEN: Final[Given] = (None, None)


def objects_between_heads(scene: bpy.types.Scene) -> list[str]:
    """Names of the artist's own visible meshes that stand where the two people sit, such as a start-up cube."""
    settings = settings_of(scene)
    heads = [head for head in heads_of(settings) if head is not None]
    eyes = [person_of(head).eyes for head in heads]
    low = Vector(min(one[axis] for one in eyes) - _ROOM_FOR_A_HEAD for axis in range(3))
    high = Vector(max(one[axis] for one in eyes) + _ROOM_FOR_A_HEAD for axis in range(3))
    collection = collection_of(settings)
    own = {one.name for one in collection.all_objects} if collection is not None else set()
    own |= {mesh.name for head in heads if built_armature(head) is None for mesh in survey(head).whole}
    found = []
    for one in scene.objects:
        if one.type == "MESH" and one.name not in own and one.visible_get():
            corners = [one.matrix_world @ Vector(corner) for corner in one.bound_box]
            ends = [(min(c[axis] for c in corners), max(c[axis] for c in corners)) for axis in range(3)]
            if all(near < high[axis] and far > low[axis] for axis, (near, far) in enumerate(ends)):
                found.append(one.name)
    return found


def request_of(context: bpy.types.Context, given: Given = NOT_GIVEN) -> JobRequest:
    """The request that the panel describes.

    Raises DuologueError (AUDIO_NOT_FOUND, CHARACTER_INVALID, WEIGHTS_INVALID: no checkpoint for the engine).
    """
    settings = settings_of(context.scene)
    paths = audio_paths(settings)
    for path in paths:
        if path is not None and not is_file(path):
            raise DuologueError(
                ExitCode.AUDIO_NOT_FOUND, f"There is no audio file at {path}.", "Choose the file again in the panel."
            )
    first, second = (given[person] or _character(settings, person) for person in (0, 1))
    assets = backend_assets(context)
    return JobRequest(
        audio=AudioInput(
            settings.audio_kind, tuple(None if path is None else str(path) for path in paths), settings.by_timecode
        ),
        prompt=settings.prompt,
        prompt_without=tuple(keys_left_out(settings)),
        engine=settings.engine,
        checkpoint=_checkpoint(context) if settings.engine == OFFICIAL_ENGINE else None,
        seed=settings.seed,
        characters=(job_character(first), job_character(second)),
        assets=str(assets) if assets else None,
        segments=str(file_of(settings, settings.segments)) if settings.segments else None,
        swap_speakers=settings.swap_speakers,
        transcripts=_transcripts(settings),
        staging=staging_told(settings.staging) if settings.staging.used and settings.staging.arrangement else None,
    )


def checkpoint_file(context: bpy.types.Context) -> str:
    """DualTalk's weights that this scene names, else those that were used last; empty where there are none."""
    settings = settings_of(context.scene)
    return str(file_of(settings, settings.checkpoint)) if settings.checkpoint else remembered_checkpoint(context)


def _checkpoint(context: bpy.types.Context) -> str:
    file = checkpoint_file(context)
    if not file or not is_file(Path(file)):
        raise DuologueError(
            ExitCode.WEIGHTS_INVALID,
            f"There is no DualTalk checkpoint at {file}." if file else "No DualTalk checkpoint was chosen.",
            "Press Use DualTalk checkpoint…, or choose another engine.",
        )
    return str(Path(file).absolute())


def _transcripts(settings: DuologueSettings) -> tuple[str | None, str | None] | None:
    """The chosen transcripts, absolute; None where there is none."""
    first, second = (
        str(file_of(settings, path)) if path else None for path in (settings.transcript_a, settings.transcript_b)
    )
    return None if first is None and second is None else (first, second)


def audio_paths(settings: DuologueSettings) -> list[Path | None]:
    """The chosen audio files, absolute, None for a field that is empty; a relative path belongs to the .blend."""
    chosen = {
        "tracks": [settings.track_a, settings.track_b],
        "stereo": [settings.stereo],
        "mix": [settings.mix],
    }[settings.audio_kind]
    return [file_of(settings, path) if path else None for path in chosen]


def sound_files(settings: DuologueSettings) -> list[Path]:
    """Those of the audio files that are chosen."""
    return [path for path in audio_paths(settings) if path is not None]


def missing_input(settings: DuologueSettings) -> str | None:
    """Why *Generate* cannot run yet, or None."""
    if reason := missing_heads(settings):
        return reason
    if not any(audio_paths(settings)):
        return "Choose the dialogue's audio first"
    return None


def missing_heads(settings: DuologueSettings) -> str | None:
    """What to do where there are no two heads yet, or None."""
    missing = [place for place, head in zip(("first", "second"), heads_of(settings), strict=True) if head is None]
    if len(missing) == 1:
        return f"Choose the {missing[0]} head under Cast, or press Add conversation"
    return "Press Add conversation first" if missing else None


def collection_of(settings: DuologueSettings) -> bpy.types.Collection | None:
    """The collection that *Add conversation* made, however it is called now."""
    if settings.collection is not None:
        return settings.collection
    for head in heads_of(settings):  # files from before conversations knew their collection
        for collection in head.users_collection if head is not None else ():
            if any(ROLE_PROPERTY in one for one in collection.objects):
                return collection
    return None


def _character(settings: DuologueSettings, person: int) -> dict[str, Any]:
    """Who the head in the scene is, as its sliders say; or who the panel would build.

    A rig of the artist's own is called as in the scene, so that the sentence and transcripts can name it.
    """
    head = heads_of(settings)[person]
    if has_character(head):
        return edited_character(head)
    chosen = chosen_character(settings, person)
    return chosen if head is None or FACE_PROPERTY in head else chosen | {"name": people_of(settings)[person]}


def chosen_character(settings: DuologueSettings, person: int) -> dict[str, Any]:
    """Who the panel would build. Raises DuologueError (CHARACTER_INVALID)."""
    key = (settings.character_a, settings.character_b)[person]
    if not key:
        raise DuologueError(
            ExitCode.CHARACTER_INVALID,
            "The character that this scene was set to is not on this computer.",
            "Choose another one in the panel.",
        )
    return read_character(find_character(key, own_characters()))
