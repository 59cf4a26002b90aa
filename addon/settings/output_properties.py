"""How films of a scene are made and where they go, and the camera that the artist had before cuts were set."""

from __future__ import annotations

from typing import Final

import bpy

from .blend_paths import FOLDER


class OutputSettings(bpy.types.PropertyGroup):
    """A scene's; films show all of its conversations."""

    folder: bpy.props.StringProperty(  # type: ignore[valid-type]
        name="Folder",
        description="Where films go; empty: into “films” beside the .blend",
        **FOLDER,
    )
    open_films: bpy.props.BoolProperty(  # type: ignore[valid-type]
        name="Open when done", description="Show a film in the system's player once it is there", default=True
    )
    preview_percent: bpy.props.IntProperty(  # type: ignore[valid-type]
        name="Size",
        description="Of the scene's resolution, for preview films",
        subtype="PERCENTAGE",
        default=50,
        min=10,
        max=100,
    )
    preview_view: bpy.props.EnumProperty(  # type: ignore[valid-type]
        name="Seen",
        description="Where a preview film is seen from; shading is that of the 3D view in either case",
        items=(
            ("camera", "Through the camera", "By the scene's camera and its cuts, without overlays"),
            ("view", "As the view is", "From where this 3D view looks, with its overlays"),
        ),
    )
    camera_before: bpy.props.PointerProperty(  # type: ignore[valid-type]
        type=bpy.types.Object,
        poll=lambda _self, candidate: candidate.type == "CAMERA",
        description="The scene's camera before Duologue set cuts",
    )


def output_of(scene: bpy.types.Scene) -> OutputSettings:
    """The output settings of `scene`."""
    return scene.duologue_output


def attach() -> None:
    """Give every scene its own."""
    bpy.types.Scene.duologue_output = bpy.props.PointerProperty(type=OutputSettings)  # type: ignore[attr-defined]


def detach() -> None:
    """Take them away again."""
    del bpy.types.Scene.duologue_output  # type: ignore[attr-defined]


CLASSES: Final = (OutputSettings,)
