"""Where two people sit or stand, and the geometry of looking at each other.

`stage_prompt` turns a sentence into a `Staging`; `compose` puts a `Motion` into it; `blend_with_take` keeps parts of an
earlier take. `scene_of` gives engines their condition, `values_of` and `staging_of_values` give an artist the numbers.
`rotation`, `presets` and `layout` are for others, too; every other module is the room's own.
"""

from __future__ import annotations

from .compose import Composition, compose, compose_opposite
from .gaze import reach_warnings
from .prompt import Inference, StagedPrompt, stage_prompt
from .stage import Place, Staging, scene_of, staging_from_json
from .take_blending import blend_with_take
from .values import StagingValues, checked_staging, staging_of_values, values_of

__all__ = [
    "Composition",
    "Inference",
    "Place",
    "StagedPrompt",
    "Staging",
    "StagingValues",
    "blend_with_take",
    "checked_staging",
    "compose",
    "compose_opposite",
    "reach_warnings",
    "scene_of",
    "stage_prompt",
    "staging_from_json",
    "staging_of_values",
    "values_of",
]
