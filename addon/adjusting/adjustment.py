"""The sliders of one person, as values; the take on disk stays as the model gave it. No bpy here."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import Final

_DECIMALS: Final = 6
"""Blender keeps single precision."""


@dataclass(frozen=True)
class Adjustment:
    """What is asked of one person; as built, nothing changes.

    Amounts are 1 as generated, 0 none, 2 twice: `lips` (all of the mouth but the jaw), `jaw`, `upper_face` (brows,
    cheeks, lids that widen or squint), `head` about its mean pose, `gaze` about where the person mostly looks,
    `blink_rate` and `blink_strength`. `liveliness` from 0, calm, to 2, lively: motion about the slow pose.
    `eye_contact`: 0 beside the partner's eyes, 1 as generated, 2 always. Smoothing goes from 0 to 1. `offset` seconds
    later; `mirrored`: what the face does on the left it does on the right.
    """

    lips: float = 1.0
    jaw: float = 1.0
    upper_face: float = 1.0
    head: float = 1.0
    blink_rate: float = 1.0
    blink_strength: float = 1.0
    gaze: float = 1.0
    eye_contact: float = 1.0
    liveliness: float = 1.0
    smooth_mouth: float = 0.0
    smooth_brows: float = 0.0
    smooth_head: float = 0.0
    smooth_eyes: float = 0.0
    offset: float = 0.0
    mirrored: bool = False


AS_GENERATED: Final = Adjustment()
NAMES: Final = tuple(one.name for one in fields(Adjustment))
Adjustments = tuple[Adjustment, Adjustment]
"""The first and the second person's."""


def rounded(value: float) -> float:
    """A slider's value without what single precision adds: 0.3, not 0.30000001192092896."""
    return round(value, _DECIMALS)


def changes_of(adjustment: Adjustment) -> dict[str, float | bool]:
    """What differs from the take as generated, by the slider's name."""
    values = asdict(adjustment)
    return {name: values[name] for name in NAMES if values[name] != getattr(AS_GENERATED, name)}


def as_text(adjustment: Adjustment) -> str:
    """The same as JSON; equal adjustments have equal texts."""
    return json.dumps(changes_of(adjustment))


def from_text(text: str) -> Adjustment | None:
    """What `as_text` says; None for any other text."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    if not isinstance(found, dict) or not found.keys() <= set(NAMES):
        return None
    kinds = {name: type(getattr(AS_GENERATED, name)) for name in found}
    if not all(isinstance(value, kinds[name] if kinds[name] is bool else int | float) for name, value in found.items()):
        return None
    return Adjustment(**{name: kinds[name](value) for name, value in found.items()})
