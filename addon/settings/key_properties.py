"""How a take's keys are written: how many, which channels, and beside or into what is there."""

from __future__ import annotations

from typing import Final

import bpy

from ..retargeting.channel_groups import BODY, BROWS, EYES, FACE, GROUPS, HEAD, JAW, LIDS, LIPS, TONGUE

EVERY_FRAME: Final = "every"
REDUCED: Final = "reduced"
NEW_ACTION: Final = "action"
INTO_RANGE: Final = "range"
STRIP: Final = "strip"
ADDITIVE: Final = "additive"

_MEANINGS: Final = {
    LIPS: "Mouth, cheeks and nose",
    JAW: "The jaw",
    TONGUE: "The tongue",
    BROWS: "The brows",
    LIDS: "Blinks, squints and wide eyes",
    EYES: "Where the eyes look",
    HEAD: "Neck and head",
    BODY: "Trunk, and where a head that Duologue built is",
    FACE: "Shapes that move the whole face, such as FLAME's numbers",
}

_GROUP_ITEMS: Final = tuple((group.upper(), group, _MEANINGS[group], 1 << bit) for bit, group in enumerate(GROUPS))
_EVERY_GROUP: Final = {group.upper() for group in GROUPS}


class KeySettings(bpy.types.PropertyGroup):
    """How *Write keys* writes; the first frame, the last and the blends count for a range alone."""

    density: bpy.props.EnumProperty(  # type: ignore[valid-type]
        name="Density",
        description="How many keys are written",
        items=(
            (EVERY_FRAME, "Every frame", "A key a frame: exactly the take"),
            (
                REDUCED,
                "Reduced",
                "Few Bézier keys on poses, within the bounds below; closures, shut lids and fixations are exact",
            ),
        ),
        default=EVERY_FRAME,
    )
    millimetres: bpy.props.FloatProperty(  # type: ignore[valid-type]
        name="Lips",
        description="How far reduced keys may be from the take, in millimetres at the lips",
        default=0.3, min=0.02, soft_max=2.0, max=20.0, step=5, precision=2,
    )  # fmt: skip
    degrees: bpy.props.FloatProperty(  # type: ignore[valid-type]
        name="Head",
        description="How far reduced keys may be from the take, in degrees at head and eyes",
        default=0.2, min=0.02, soft_max=2.0, max=20.0, step=5, precision=2,
    )  # fmt: skip
    groups: bpy.props.EnumProperty(  # type: ignore[valid-type]
        name="Channels",
        description="What is written; other channels stay as they are",
        items=_GROUP_ITEMS,
        options={"ENUM_FLAG"},
        default=_EVERY_GROUP,
    )
    mode: bpy.props.EnumProperty(  # type: ignore[valid-type]
        name="Write",
        description="Where the keys go",
        items=(
            (NEW_ACTION, "As a new action", "In place of the action that is there, which stays in the file"),
            (INTO_RANGE, "Into a range", "Into the action that is there, in a range of frames, with short blends"),
            (STRIP, "As an NLA strip", "On an NLA track named after the take, over what is there"),
            (ADDITIVE, "Additively", "On an NLA track that is added to what is there"),
        ),
        default=NEW_ACTION,
    )
    first: bpy.props.IntProperty(  # type: ignore[valid-type]
        name="From", description="First frame that is written", default=1
    )
    last: bpy.props.IntProperty(name="To", description="Last frame that is written", default=50)  # type: ignore[valid-type]
    blend: bpy.props.IntProperty(  # type: ignore[valid-type]
        name="Blend",
        description="Frames at each end of the range over which what is there goes over into the take",
        default=5, min=0, soft_max=50, max=1000,
    )  # fmt: skip


def groups_to_write(settings: KeySettings) -> tuple[str, ...]:
    """The chosen channel groups, in their order."""
    return tuple(group for group in GROUPS if group.upper() in settings.groups)


CLASSES: Final = (KeySettings,)
