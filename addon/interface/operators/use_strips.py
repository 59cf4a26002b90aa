"""*Use strips*: what the artist's own sound strips play becomes both people's tracks, where it lies."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import bpy

from ....backend.contract.errors import DuologueError, ExitCode
from ...keys.takes import takes_beside, users_takes
from ...menu_texts import lasting
from ...settings.blend_paths import remembered
from ...settings.conversations import settings_of
from ...settings.people import names_of
from ...settings.properties import START_AT_FRAME
from ...staging.sequencer import StripSound, has_strip_sounds, strip_sounds
from ...staging.strip_mixing import mixed_in_steps
from ...steps import Steps, each_part, part_of
from .saying import say
from .stepping import SteppingOperator

_NOBODY: Final = "0"
_FOLDER: Final = "strips"


def _channel_items(_self: object, context: bpy.types.Context | None) -> list[tuple[str, str, str, int]]:
    strips = strip_sounds(context.scene) if context is not None else []
    channels: dict[int, list[str]] = {}
    for strip in strips:
        channels.setdefault(strip.channel, []).append(strip.name)
    found = [
        (_NOBODY, "Only listens", "No strips: this person says nothing", 0),
        *(
            (
                str(channel),
                f"Channel {channel}: {', '.join(names)}",
                f"{len(names)} strips on channel {channel}",
                channel,
            )
            for channel, names in sorted(channels.items())
        ),
    ]
    return lasting(found)


@dataclass(frozen=True)
class _Tracks:
    """Both people's files, None for who only listens, from the frame `begin` on; `mixed` or as they were on disk."""

    begin: float
    files: tuple[Path | None, ...]
    mixed: bool


class DUOLOGUE_OT_use_strips(SteppingOperator):  # noqa: N801 — Blender's naming
    """The sound is in the sequencer already."""

    bl_idname = "duologue.use_strips"
    bl_label = "Use strips in the sequencer"
    bl_description = (
        "Animate to sound strips in the sequencer, cut and placed as they are there: a channel for each person"
    )
    bl_options = {"REGISTER", "UNDO"}  # noqa: RUF012 — Blender's own form

    channel_a: bpy.props.EnumProperty(  # type: ignore[valid-type]
        name="First", description="The channel with the first person's strips", items=_channel_items,
        options={"SKIP_SAVE"},
    )  # fmt: skip
    channel_b: bpy.props.EnumProperty(  # type: ignore[valid-type]
        name="Second", description="The channel with the second person's strips", items=_channel_items,
        options={"SKIP_SAVE"},
    )  # fmt: skip

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """There must be strips."""
        if has_strip_sounds(context.scene):
            return True
        cls.poll_message_set("There are no sound strips in the sequencer, besides muted ones and Duologue's own")
        return False

    _asked: bool = False

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Ask which channel is whose, the first two to begin with; once that is known, mix."""
        if bpy.app.background or self.properties.is_property_set("channel_a"):
            return super().invoke(context, event)
        channels = sorted({strip.channel for strip in strip_sounds(context.scene)})
        self.channel_a = str(channels[0])
        self.channel_b = str(channels[1]) if len(channels) > 1 else _NOBODY
        self._asked = True
        return context.window_manager.invoke_props_dialog(self, width=400)  # type: ignore[no-any-return]

    def draw(self, context: bpy.types.Context) -> None:
        """A menu for each person."""
        self.layout.use_property_split, self.layout.use_property_decorate = True, False
        for letter, name in zip("ab", names_of(settings_of(context.scene)), strict=True):
            self.layout.prop(self, f"channel_{letter}", text=name)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Mix. A dialog ends here too, where no timer can be awaited: then the operator is invoked with its answer."""
        if not self._asked:
            return super().execute(context)
        bpy.ops.duologue.use_strips("INVOKE_DEFAULT", channel_a=self.channel_a, channel_b=self.channel_b)
        return {"CANCELLED"}

    def steps(self, context: bpy.types.Context) -> Steps[_Tracks]:
        """Mix what cannot be heard from a file as it is. Raises DuologueError."""
        scene = context.scene
        strips = strip_sounds(scene)
        chosen = [
            [strip for strip in strips if str(strip.channel) == channel] for channel in (self.channel_a, self.channel_b)
        ]
        if not any(chosen):
            raise DuologueError(ExitCode.BAD_REQUEST, "No channel was chosen.", "Choose one for at least one person.")
        if (plain := _as_they_are(chosen)) is not None:
            return plain
        fps = scene.render.fps / scene.render.fps_base
        begin = min(strip.begin for own in chosen for strip in own)
        end = max(strip.begin + strip.seconds * fps for own in chosen for strip in own)
        files: list[Path | None] = []
        for own, (low, high) in zip(chosen, each_part(len(chosen)), strict=True):
            files.append(_file_for(own, begin, end) if own else None)
            if own:
                yield from part_of(mixed_in_steps(own, begin, end, fps, files[-1]), low, high)
        return _Tracks(begin, tuple(files), mixed=True)

    def finish(self, context: bpy.types.Context, found: _Tracks) -> set[str]:
        """The tracks are the panel's, and the next take begins with them."""
        settings = settings_of(context.scene)
        settings.audio_kind = "tracks"
        settings.track_a, settings.track_b = ("" if file is None else remembered(file) for file in found.files)
        settings.played_by_strips = found.mixed
        if found.mixed:
            settings.start_from, settings.start_frame = START_AT_FRAME, round(found.begin)
        else:
            settings.start_from = "sound"
        say(self, context, f"The strips are the sound; the take will begin at frame {round(found.begin)}.")
        return {"FINISHED"}


def _as_they_are(chosen: list[list[StripSound]]) -> _Tracks | None:
    """Where everybody has one strip with all of its file, and they begin together, nothing is to be mixed."""
    given = [own for own in chosen if own]
    begins = {own[0].begin for own in given}
    if any(len(own) > 1 or not own[0].whole for own in given) or len(begins) > 1:
        return None
    return _Tracks(begins.pop(), tuple(own[0].path if own else None for own in chosen), mixed=False)


def _file_for(strips: list[StripSound], begin: float, end: float) -> Path:
    """Where the mixture of `strips` is kept: another arrangement is another file."""
    folder = takes_beside(Path(bpy.data.filepath)) if bpy.data.filepath else users_takes()
    state = hashlib.sha256(repr((strips, begin, end)).encode()).hexdigest()
    return folder / _FOLDER / f"channel-{strips[0].channel}-{state[:8]}.wav"


CLASSES: Final = (DUOLOGUE_OT_use_strips,)
