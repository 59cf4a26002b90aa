"""A sentence about the scene, understood by vocabulary and rules: `stage_prompt` gives the staging it asks for."""

from __future__ import annotations

from .prompt import StagedPrompt, stage_prompt

__all__ = ["StagedPrompt", "stage_prompt"]
