"""The sentence about a scene, and how it was understood, as the panel *Scene* shows them."""

from __future__ import annotations

import json

import bpy

from .people import names_of
from .staging_properties import StagingSettings


class SceneProperties:
    """The part of a conversation's settings that says where the two are.

    `prompt_read` is the sentence, with both names, that `prompt_understood` and `prompt_missed` are about.
    """

    staging: bpy.props.PointerProperty(  # type: ignore[valid-type]
        type=StagingSettings, description="Where both people of the last take are and how they carry themselves"
    )
    prompt: bpy.props.StringProperty(  # type: ignore[valid-type]
        name="Scene",
        description="One sentence: where they are, how they sit, where they look, the mood",
        default="two friends across a café table",
    )
    prompt_without: bpy.props.StringProperty(  # type: ignore[valid-type]
        name="Not inferred", description="What is not to be inferred from the sentence, as JSON", options={"HIDDEN"}
    )
    prompt_read: bpy.props.StringProperty(  # type: ignore[valid-type]
        name="Sentence read", description="The sentence and the names that were read last", options={"HIDDEN"}
    )
    prompt_understood: bpy.props.StringProperty(  # type: ignore[valid-type]
        name="Understood", description="What the sentence means to Duologue, in one line", options={"HIDDEN"}
    )
    prompt_missed: bpy.props.StringProperty(  # type: ignore[valid-type]
        name="Not understood", description="What of the sentence nothing follows from", options={"HIDDEN"}
    )


def reading_key(settings: bpy.types.PropertyGroup) -> str:
    """What `prompt_read` is once the sentence was read as it stands now."""
    return json.dumps([settings.prompt, *names_of(settings)], ensure_ascii=False)
