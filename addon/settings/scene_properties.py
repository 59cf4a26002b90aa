"""The sentence about a scene, and how it was understood, as the panel *Scene* shows them."""

from __future__ import annotations

import json

import bpy

from .inferences import keys_left_out
from .people import names_of
from .staging_properties import StagingSettings


class SceneProperties:
    """The part of a conversation's settings that says where the two are.

    `prompt_read` is the sentence, with both names and what is not to be inferred, that `prompt_understood`,
    `prompt_missed`, `prompt_staging` and `prompt_inferences` are about. The last two and `prompt_without` are JSON.
    """

    staging: bpy.props.PointerProperty(  # type: ignore[valid-type]
        type=StagingSettings, description="Where both people of the last take are and how they carry themselves"
    )
    prompt: bpy.props.StringProperty(  # type: ignore[valid-type]
        name="Scene",
        description="One sentence: where they are, how they sit, where they look, the mood",
        default="two friends across a café table",
        options={"ANIMATABLE", "TEXTEDIT_UPDATE"},
    )
    prompt_without: bpy.props.StringProperty(  # type: ignore[valid-type]
        name="Not inferred", description="What is not to be inferred from the sentence", options={"HIDDEN"}
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
    prompt_staging: bpy.props.StringProperty(  # type: ignore[valid-type]
        name="Places", description="Where the sentence puts the two", options={"HIDDEN"}
    )
    prompt_inferences: bpy.props.StringProperty(  # type: ignore[valid-type]
        name="Inferred", description="What was concluded from words that do not say it", options={"HIDDEN"}
    )


def reading_key(settings: bpy.types.PropertyGroup) -> str:
    """What `prompt_read` is once the sentence was read as it stands now."""
    return json.dumps([settings.prompt, *names_of(settings), keys_left_out(settings)], ensure_ascii=False)
