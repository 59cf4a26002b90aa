"""Where two people sit or stand, and the geometry of looking at each other.

`stage_prompt` turns a sentence into a `Staging`; `compose` puts a `Motion` into it.
"""

from __future__ import annotations

from .compose import Composition, compose
from .prompt import StagedPrompt, stage_prompt
from .stage import Place, Staging

__all__ = ["Composition", "Place", "StagedPrompt", "Staging", "compose", "stage_prompt"]
