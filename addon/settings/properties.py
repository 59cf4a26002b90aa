"""What the panel edits and the .blend remembers: one property group for each conversation of a scene."""

from __future__ import annotations

import contextlib
from typing import Final

import bpy

from ...backend.contract.constants import COLOCATED_ENGINE, DEFAULT_ENGINE, DUALTALK_ENGINE, OFFICIAL_ENGINE
from ...backend.contract.errors import DuologueError
from ..heads.faces import face_items
from ..heads.rig import NAME_PROPERTY
from .blend_paths import FILE
from .character_properties import character_items
from .conversations import conversations_of, settings_of
from .mapping_properties import show_mapping
from .staging_properties import StagingSettings

START_AT_FRAME: Final = "frame"
_SOUND, _FRAME = 0, 3
"""Numbers in the menu *Start*."""


def _can_act(_self: object, candidate: bpy.types.Object) -> bool:
    """An armature, or a mesh with shape keys of its own."""
    return candidate.type == "ARMATURE" or (candidate.type == "MESH" and candidate.data.shape_keys is not None)


_reactions: list[tuple[str, str, str, int]] = []


def _reaction_items(settings: bpy.types.PropertyGroup, _context: object) -> list[tuple[str, str, str, int]]:
    """Blender keeps no reference to the strings of a dynamic enum, so they live in a module-level list."""
    first, second = people_of(settings)
    _reactions[:] = [
        ("both", "Both", f"{first} and {second} are animated", 0),
        ("first", f"Only {first} reacts", f"{second} stays as it is; {first} is animated", 1),
        ("second", f"Only {second} reacts", f"{first} stays as it is; {second} is animated", 2),
    ]
    return _reactions


def people_of(settings: bpy.types.PropertyGroup) -> tuple[str, str]:
    """What the two are called: by their character, else their object, else by their place."""
    first, second = (
        fallback if head is None else str(head.get(NAME_PROPERTY, head.name))
        for head, fallback in ((settings.head_a, "the first"), (settings.head_b, "the second"))
    )
    return first, second


def title_of(settings: bpy.types.PropertyGroup) -> str:
    """What the conversation is called: its name, else its people's, counted where others have the same people."""
    if settings.name:
        return str(settings.name)
    if settings.head_a is None and settings.head_b is None:
        return "New conversation"
    people = people_of(settings)
    before = conversations_of(settings.id_data)
    alike = sum(not one.name and people_of(one) == people for one in before[: before.index(settings)])
    return " and ".join(people) + (f" {alike + 1}" if alike else "")


def heads_of(settings: DuologueSettings) -> tuple[bpy.types.Object | None, bpy.types.Object | None]:
    """The first and the second head."""
    return settings.head_a, settings.head_b


def has_heads(settings: DuologueSettings) -> bool:
    """Whether both heads are in the conversation's scene; a head that was deleted there is not."""
    objects = settings.id_data.objects
    return all(head is not None and objects.get(head.name) == head for head in heads_of(settings))


def animated_people(settings: DuologueSettings) -> tuple[int, ...]:
    """Who gets keys: 0 the first head, 1 the second."""
    return {"first": (0,), "second": (1,)}.get(settings.reaction, (0, 1))


def locked_people(settings: DuologueSettings) -> tuple[int, ...]:
    """Who keeps what they do in the take; nobody where there is no take, or where one person reacts anyway."""
    if settings.reaction != "both" or not settings.take:
        return ()
    return tuple(person for person, locked in enumerate((settings.lock_a, settings.lock_b)) if locked)


def _heads_changed(settings: bpy.types.PropertyGroup, _context: object) -> None:
    """The mapping's table follows the head it is to show; a mapping that cannot be read leaves it empty."""
    scene = settings.id_data
    if settings == settings_of(scene):
        _show_mapping(scene)


def _conversation_shown(scene: bpy.types.Scene, _context: bpy.types.Context) -> None:
    _show_mapping(scene)


def _show_mapping(scene: bpy.types.Scene) -> None:
    with contextlib.suppress(DuologueError):
        show_mapping(scene, mapped_head(scene))


def _start_kind(settings: bpy.types.PropertyGroup) -> int:
    """The number in `start_from`; a frame that was set, as in older files, is one that was chosen."""
    if settings.start_kind >= 0:
        return int(settings.start_kind)
    return _FRAME if settings.is_property_set("start_frame") else _SOUND


def _start_frame_set(settings: bpy.types.PropertyGroup, _context: bpy.types.Context) -> None:
    settings.start_kind = _FRAME


class DuologueSettings(bpy.types.PropertyGroup):
    """A conversation's inputs, heads and latest take.

    `number` tells it from the scene's others for good; the first one's is 0. `collection` holds what was made for it.
    """

    name: bpy.props.StringProperty(  # type: ignore[valid-type]
        name="Name", description="What this conversation is called; without a name, by the two people's"
    )
    number: bpy.props.IntProperty(options={"HIDDEN"}, description="Tells this conversation from others")  # type: ignore[valid-type]
    collection: bpy.props.PointerProperty(  # type: ignore[valid-type]
        type=bpy.types.Collection, name="Collection", description="What Add conversation made for this conversation"
    )
    audio_kind: bpy.props.EnumProperty(  # type: ignore[valid-type]
        name="Audio",
        description="How the dialogue was recorded",
        items=(
            ("tracks", "Two tracks", "One file per person"),
            ("stereo", "Stereo", "One file, one person a channel"),
            ("mix", "One mix", "One recording of both people; Duologue works out who speaks"),
        ),
        default="tracks",
    )
    track_a: bpy.props.StringProperty(
        name="First",
        description="The first person's track, of any sound or video file; empty: they only listen",
        **FILE,
    )  # type: ignore[valid-type]
    track_b: bpy.props.StringProperty(
        name="Second",
        description="The second person's track, of any sound or video file; empty: they only listen",
        **FILE,
    )  # type: ignore[valid-type]
    stereo: bpy.props.StringProperty(name="File", description="Left is the first person", **FILE)  # type: ignore[valid-type]
    mix: bpy.props.StringProperty(name="File", description="One recording of both people", **FILE)  # type: ignore[valid-type]
    by_timecode: bpy.props.BoolProperty(  # type: ignore[valid-type]
        name="Lay by time code",
        description="Two tracks that both hold the time at which they were recorded (Broadcast Wave, film) are laid by "
        "it; otherwise both begin at the beginning",
        default=True,
    )
    segments: bpy.props.StringProperty(  # type: ignore[valid-type]
        name="Segments",
        description="Who speaks when, as JSON or RTTM; empty: Duologue finds out and writes it beside the take",
        **FILE,
    )
    transcript_a: bpy.props.StringProperty(  # type: ignore[valid-type]
        name="First's words",
        description="What the first person says, as a text file (.txt, English); sharpens the lips. Empty: they follow "
        "the sound alone. One file with a name before each line, “Anna: Hello!”, serves both people",
    )
    transcript_b: bpy.props.StringProperty(  # type: ignore[valid-type]
        name="Second's words",
        description="What the second person says, as a text file (.txt, English); sharpens the lips",
    )
    swap_speakers: bpy.props.BoolProperty(  # type: ignore[valid-type]
        name="Swap speakers", description="The voice that was taken for the first person is the second's"
    )
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
    staging: bpy.props.PointerProperty(  # type: ignore[valid-type]
        type=StagingSettings, description="Where both people of the last take are and how they carry themselves"
    )
    prompt: bpy.props.StringProperty(  # type: ignore[valid-type]
        name="Scene",
        description="One sentence: where they are, how they sit, where they look, the mood",
        default="two friends across a café table",
    )
    character_a: bpy.props.EnumProperty(
        name="First", description="Who the first person is", items=character_items, default=0
    )  # type: ignore[valid-type]
    character_b: bpy.props.EnumProperty(  # type: ignore[valid-type]
        name="Second", description="Who the second person is", items=character_items, default=1
    )
    character_edited: bpy.props.EnumProperty(  # type: ignore[valid-type]
        name="Head",
        description="Whose character the sliders change",
        items=(("first", "First head", "The first person"), ("second", "Second head", "The second person")),
    )
    face: bpy.props.EnumProperty(  # type: ignore[valid-type]
        name="Face", description="Which head the next conversation is built on", items=face_items, default=0
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
    expression_strength: bpy.props.FloatProperty(  # type: ignore[valid-type]
        name="Expression", description="Applied when keys are written", default=1.0, min=0.0, max=2.0, subtype="FACTOR"
    )
    jaw_strength: bpy.props.FloatProperty(  # type: ignore[valid-type]
        name="Jaw", description="Applied when keys are written", default=1.0, min=0.0, max=2.0, subtype="FACTOR"
    )
    head_strength: bpy.props.FloatProperty(  # type: ignore[valid-type]
        name="Head", description="Applied when keys are written", default=1.0, min=0.0, max=2.0, subtype="FACTOR"
    )
    head_a: bpy.props.PointerProperty(  # type: ignore[valid-type]
        type=bpy.types.Object, poll=_can_act, update=_heads_changed, name="First head"
    )
    head_b: bpy.props.PointerProperty(  # type: ignore[valid-type]
        type=bpy.types.Object, poll=_can_act, update=_heads_changed, name="Second head"
    )
    take: bpy.props.StringProperty(  # type: ignore[valid-type]
        name="Take", description="The performance that Write keys uses; beside the .blend, “//” is its folder", **FILE
    )
    eye_contact_a: bpy.props.FloatProperty(  # type: ignore[valid-type]
        name="Eye contact", description="How exactly the first person's eyes meet the other's when keys are written; 0 "
        "rests them beside the face", default=1.0, min=0.0, max=1.0, subtype="FACTOR",
    )  # fmt: skip
    eye_contact_b: bpy.props.FloatProperty(  # type: ignore[valid-type]
        name="Eye contact", description="How exactly the second person's eyes meet the other's when keys are written; "
        "0 rests them beside the face", default=1.0, min=0.0, max=1.0, subtype="FACTOR",
    )  # fmt: skip
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
    mapping_head: bpy.props.EnumProperty(  # type: ignore[valid-type]
        name="Mapping of",
        description="Whose mapping is shown",
        items=(("first", "First", "The first person's character"), ("second", "Second", "The second person's")),
        update=_heads_changed,
    )
    # Forgotten when a file is opened (file_handlers); SKIP_SAVE, which speaks of operators alone, would not do that.
    message: bpy.props.StringProperty()  # type: ignore[valid-type]
    message_is_error: bpy.props.BoolProperty()  # type: ignore[valid-type]
    message_code: bpy.props.IntProperty()  # type: ignore[valid-type]
    message_log: bpy.props.StringProperty()  # type: ignore[valid-type]


def mapped_head(scene: bpy.types.Scene) -> bpy.types.Object | None:
    """The head whose mapping the panel shows."""
    settings = settings_of(scene)
    return settings.head_b if settings.mapping_head == "second" else settings.head_a


def attach() -> None:
    """Give every scene room for conversations."""
    bpy.types.Scene.duologue = bpy.props.PointerProperty(type=DuologueSettings)  # type: ignore[attr-defined]
    bpy.types.Scene.duologue_more = bpy.props.CollectionProperty(type=DuologueSettings)  # type: ignore[attr-defined]
    bpy.types.Scene.duologue_active = bpy.props.IntProperty(  # type: ignore[attr-defined]
        name="Conversation", description="The conversation that the panel shows", min=0, update=_conversation_shown
    )


def detach() -> None:
    """Take it away again."""
    del bpy.types.Scene.duologue_active  # type: ignore[attr-defined]
    del bpy.types.Scene.duologue_more  # type: ignore[attr-defined]
    del bpy.types.Scene.duologue  # type: ignore[attr-defined]
