"""Engines: a model a folder, from the dialogue's audio to the motion of both heads.

`base` says what every engine takes and gives, `registry` which ones there are; `generate` is both in one call.
"""

from __future__ import annotations

from .registry import generate

__all__ = ["generate"]
