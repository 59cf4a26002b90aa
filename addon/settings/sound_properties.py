"""The dialogue's sound and words, as the panel *Sound* edits them."""

from __future__ import annotations

import bpy

from .blend_paths import FILE


def _file_chosen(settings: bpy.types.PropertyGroup, _context: bpy.types.Context) -> None:
    """Another file is none that strips in the sequencer play already."""
    settings.property_unset("played_by_strips")


class SoundProperties:
    """The part of a conversation's settings that says what is heard, and who says it."""

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
    # Plain texts, beside which the panel has a button: Blender's own for a path shows files of every kind.
    track_a: bpy.props.StringProperty(  # type: ignore[valid-type]
        name="First",
        description="The first person's track, of any sound or video file; empty: they only listen",
        update=_file_chosen,
    )
    track_b: bpy.props.StringProperty(  # type: ignore[valid-type]
        name="Second",
        description="The second person's track, of any sound or video file; empty: they only listen",
        update=_file_chosen,
    )
    played_by_strips: bpy.props.BoolProperty(  # type: ignore[valid-type]
        name="Played by strips",
        description="The tracks were mixed from strips in the sequencer, so that no strips are added for them",
        options={"HIDDEN"},
    )
    stereo: bpy.props.StringProperty(name="File", description="Left is the first person")  # type: ignore[valid-type]
    mix: bpy.props.StringProperty(name="File", description="One recording of both people")  # type: ignore[valid-type]
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
