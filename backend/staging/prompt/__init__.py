"""A sentence about the scene, understood by vocabulary and rules: `stage_prompt` gives the staging it asks for."""

from __future__ import annotations

from .inference import Inference
from .prompt import StagedPrompt, stage_prompt

__all__ = ["Inference", "StagedPrompt", "stage_prompt"]
