"""What is generated, by what and where to in time, as the panel *Generate* edits it."""

from __future__ import annotations

from typing import Final

import bpy

from ...backend.contract.constants import COLOCATED_ENGINE, DEFAULT_ENGINE, DUALTALK_ENGINE, OFFICIAL_ENGINE
from ..menu_texts import lasting
from .blend_paths import FILE
from .people import people_of

START_AT_FRAME: Final = "frame"
_SOUND, _FRAME = 0, 3
"""Numbers in the menu *Start*."""


def _reaction_items(settings: bpy.types.PropertyGroup, _context: object) -> list[tuple[str, str, str, int]]:
    first, second = people_of(settings)
    return lasting(
        (
            ("both", "Both", f"{first} and {second} are animated", 0),
            ("first", f"Only {first} reacts", f"{second} stays as it is; {first} is animated", 1),
            ("second", f"Only {second} reacts", f"{first} stays as it is; {second} is animated", 2),
        )
    )


def _start_kind(settings: bpy.types.PropertyGroup) -> int:
    """The number in `start_from`; a frame that was set, as in older files, is one that was chosen."""
    if settings.start_kind >= 0:
        return int(settings.start_kind)
    return _FRAME if settings.is_property_set("start_frame") else _SOUND


def _start_frame_set(settings: bpy.types.PropertyGroup, _context: bpy.types.Context) -> None:
    settings.start_kind = _FRAME


class GenerateProperties:
    """The part of a conversation's settings that says what the next take is."""

    engine: bpy.props.EnumProperty(  # type: ignore[valid-type]
        name="Engine",
        description="What turns sound into movement",
        items=(
            (
                COLOCATED_ENGINE,
                "Together",
                "Both people are made together, in the place and mood of the sentence: heads, eyes, lids and lips",
                2,
            ),
            (
                DUALTALK_ENGINE,
                "DualTalk",
                "Duologue's smaller model after DualTalk: each person hears and watches the other one; the quickest",
                0,
            ),
            (
                OFFICIAL_ENGINE,
                "DualTalk official file",
                "The weights that DualTalk's authors published, from a file of yours: expression, jaw and neck",
                1,
            ),
        ),
        default=DEFAULT_ENGINE,
    )
    checkpoint: bpy.props.StringProperty(  # type: ignore[valid-type]
        name="Checkpoint", description="DualTalk's weights as Use DualTalk checkpoint… left them", **FILE
    )
    reaction: bpy.props.EnumProperty(  # type: ignore[valid-type]
        name="Generate",
        description="Who is animated; with one person, the other one's motion is there already",
        items=_reaction_items,
        default=0,
    )
    partner_from: bpy.props.EnumProperty(  # type: ignore[valid-type]
        name="Reacting to",
        description="Where the other one's motion comes from",
        items=(
            ("keys", "Keys in the scene", "What the other head does: keys made by hand, captured or generated"),
            ("take", "A take", "The other one's part of a take on disk"),
        ),
    )
    partner_take: bpy.props.StringProperty(  # type: ignore[valid-type]
        name="Partner's take", description="A performance.npz that tells what the other one does", **FILE
    )
    seed: bpy.props.IntProperty(  # type: ignore[valid-type]
        name="Seed", description="Another seed blinks, glances and nods at other moments; lips stay", min=0
    )
    start_from: bpy.props.EnumProperty(  # type: ignore[valid-type]
        name="Start",
        description="Where the first key and the sound go",
        items=(
            (
                "sound",
                "With the sound",
                "Where the dialogue's strip is in the sequencer; without one, at the scene's start",
                0,
            ),
            ("scene", "Scene's start", "At the first frame of the scene's range", 1),
            ("preview", "Preview range", "At the first frame of the preview range; without one, of the scene's", 2),
            (START_AT_FRAME, "Frame", "At a frame that you choose", 3),
        ),
        get=_start_kind,
        set=lambda self, kind: setattr(self, "start_kind", kind),
    )
    start_frame: bpy.props.IntProperty(  # type: ignore[valid-type]
        name="Frame", description="Scene frame of the first key and of the sound", default=1, update=_start_frame_set
    )
    start_kind: bpy.props.IntProperty(  # type: ignore[valid-type]
        description="What Start was set to; below 0 it was never set", default=-1, options={"HIDDEN"}
    )
    take_start: bpy.props.FloatProperty(  # type: ignore[valid-type]
        description="The scene frame at which the take that was written begins", options={"HIDDEN"}
    )
    grow_range: bpy.props.BoolProperty(  # type: ignore[valid-type]
        name="Extend the scene's range",
        description="Where a take reaches beyond the scene's first or last frame, move that frame; it is never "
        "shortened",
        default=True,
    )
    cuts: bpy.props.EnumProperty(  # type: ignore[valid-type]
        name="Cuts",
        description="Whether a take's cuts become timeline markers that switch the scene's camera",
        items=(
            ("auto", "Unless you have a camera", "Where the scene's camera is one of yours, it stays"),
            ("always", "Always", "Cuts are set; Blender then takes the scene's camera from them"),
            ("never", "Never", "No cut is set; those that were set for this conversation go"),
        ),
    )
    lock_a: bpy.props.BoolProperty(  # type: ignore[valid-type]
        name="Lock first",
        description="The first person keeps what they do in this take; who is not locked is made anew",
    )
    lock_b: bpy.props.BoolProperty(  # type: ignore[valid-type]
        name="Lock second", description="The second person keeps what they do in this take"
    )
    regenerate_from: bpy.props.IntProperty(  # type: ignore[valid-type]
        name="From", description="First scene frame to make anew", default=1
    )
    regenerate_to: bpy.props.IntProperty(  # type: ignore[valid-type]
        name="To", description="Last scene frame to make anew", default=50
    )
