"""A rig mapping: which shape keys and bones of a character carry what a performance says (presets/rigs). No bpy here.

A preset is a JSON file:

    {"schema": 2, "title": "ARKit 52", "basis": "arkit", "eyes": "either",
     "shapes":  {"jawOpen": {"jawOpen": 1.0}},
     "recipes": {"viseme_PP": {"mouthClose": 0.4, "mouthPressLeft": 0.3}},
     "limits":  {"jawOpen": [0.0, 1.0]},
     "bones":   {"head": [{"bone": "Neck", "share": 0.4}, {"bone": "Head", "share": 0.6}], "jaw": []},
     "moves":   {"lip.T": {"mouthUpperUpLeft": [0.0, 0.05, 0.0]}},
     "aliases": {"aa": ["Fcl_MTH_A", "vrc.v_aa"]},
     "evidence": {"least": 2, "of": ["viseme_PP", "viseme_FF"]}, "auto": true}

`shapes`: shape key → component → gain; the sum is clamped to `limits` (0 to 1 where none are given). `recipes`: shape
key → what it looks like in components; the keys with recipes are solved together, within their limits, for what no key
of `shapes` shows alone. `bones`: rotation → bones and their shares; where none of them is on a rig, those that vendors
call so (presets/names/bones.json). `moves`: bone → component → offset (person's left, up, forward) in distances between
the eyes. `aliases`: other names of a key or bone. `evidence`: so many of these keys and bones a rig must have for the
preset to be its own. `auto` false: only ever taken when the artist chooses it. `partial` true: any few of its names
make a face.

`eyes` says what turns them: "bones", with keys of eyeLook… left to the lids; "shapes", keys or moves of eyeLook…; or
"either", as the character's meshes show (`mouth_and_eye_carriers`). "bones" and "shapes" fall back to each other.
`jaw` says the same of what opens the mouth where both are there: a bone, which is the default, or jawOpen's keys.

`basis` says whose components the right-hand sides are: "arkit" (contract/arkit.py; jaw and eye rotations come in as
jawOpen, jawLeft, jawRight, jawForward and eyeLook… where no bone carries them) or "flame" (expression_001 …).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from ...backend.contract.errors import DuologueError, ExitCode
from ...backend.contract.files import write_text_whole
from ...backend.contract.reading import explained_read_errors, read_json

Basis = Literal["arkit", "flame"]
Carrier = Literal["bones", "shapes", "either"]

SCHEMA: Final = 2
LID_CHANNELS: Final = ("lid_upper_left", "lid_upper_right", "lid_lower_left", "lid_lower_right")
BONE_CHANNELS: Final = ("trunk", "head", "jaw", "eye_left", "eye_right", *LID_CHANNELS)
"""Rotations that bones can carry. `trunk` is the lean of the seated body; `head` is relative to it, and has it with it
where no bone carries the trunk. Lids turn about the eye where no key shuts them."""
UNLIMITED: Final = (-math.inf, math.inf)
_DEFAULT_LIMITS: Final = (0.0, 1.0)


@dataclass(frozen=True)
class BonePart:
    """A bone and its share of a rotation."""

    bone: str
    share: float = 1.0


@dataclass(frozen=True)
class RigMapping:
    """See the module's text; every name on the left is a shape key's or bone's own name on the rig."""

    title: str
    basis: Basis
    shapes: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    recipes: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    limits: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    bones: Mapping[str, tuple[BonePart, ...]] = field(default_factory=dict)
    moves: Mapping[str, Mapping[str, tuple[float, float, float]]] = field(default_factory=dict)
    eyes: Carrier = "either"
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    jaw: Carrier = "bones"
    evidence: tuple[str, ...] = ()
    least_evidence: int = 1
    auto: bool = True
    partial: bool = False

    def limits_of(self, key: str) -> tuple[float, float]:
        """Smallest and largest value that is written to the shape key `key`."""
        return self.limits.get(key, _DEFAULT_LIMITS)

    @property
    def key_names(self) -> tuple[str, ...]:
        """Every shape key that is mapped, in the preset's order."""
        return (*self.shapes, *(name for name in self.recipes if name not in self.shapes))

    @property
    def bone_names(self) -> tuple[str, ...]:
        """Every bone that is mapped, each once."""
        turned = (part.bone for parts in self.bones.values() for part in parts)
        return tuple(dict.fromkeys((*turned, *self.moves)))


def load_mapping(path: Path) -> RigMapping:
    """Read a rig preset. Raises DuologueError (RIG_UNSUITABLE)."""
    with explained_read_errors(lambda reason: _unreadable(path, reason)):
        return mapping_from_json(read_json(path))


def save_mapping(path: Path, mapping: RigMapping) -> None:
    """Write a rig preset, whole or not at all. Raises DuologueError (DISK_FULL, OUTPUT_NOT_WRITABLE)."""
    write_text_whole(path, json.dumps(mapping_to_json(mapping), indent=1, ensure_ascii=False) + "\n")


def mapping_from_json(data: Mapping[str, Any]) -> RigMapping:
    """Raises KeyError, TypeError, AttributeError, ValueError and the like where a field is off."""
    if data["schema"] != SCHEMA:
        raise ValueError(f"schema {data['schema']}; this version reads schema {SCHEMA}")
    if data["basis"] not in ("arkit", "flame"):
        raise ValueError(f"basis {data['basis']}")
    eyes, jaw = data.get("eyes", "either"), data.get("jaw", "bones")
    for name, carrier in (("eyes", eyes), ("jaw", jaw)):
        if carrier not in ("bones", "shapes", "either"):
            raise ValueError(f"{name} {carrier}")
    evidence = data.get("evidence", {})
    unknown = sorted(set(data.get("bones", {})) - set(BONE_CHANNELS))
    if unknown:
        raise ValueError(f"bones of {', '.join(unknown)}")
    return RigMapping(
        title=str(data["title"]),
        basis=data["basis"],
        shapes={key: _gains(row) for key, row in data.get("shapes", {}).items()},
        recipes={key: _gains(row) for key, row in data.get("recipes", {}).items()},
        limits={key: _limits(row) for key, row in data.get("limits", {}).items()},
        bones={
            channel: tuple(BonePart(str(part["bone"]), _finite(part.get("share", 1.0))) for part in parts)
            for channel, parts in data.get("bones", {}).items()
        },
        moves={
            bone: {component: _vector(offset) for component, offset in row.items()}
            for bone, row in data.get("moves", {}).items()
        },
        eyes=eyes,
        aliases={name: tuple(str(other) for other in others) for name, others in data.get("aliases", {}).items()},
        jaw=jaw,
        evidence=tuple(str(name) for name in evidence.get("of", ())),
        least_evidence=int(evidence.get("least", 1)),
        auto=bool(data.get("auto", True)),
        partial=bool(data.get("partial", False)),
    )


def mapping_to_json(mapping: RigMapping) -> dict[str, Any]:
    """The preset's JSON; `mapping_from_json` reads it back to an equal mapping."""
    evidence = {"evidence": {"least": mapping.least_evidence, "of": list(mapping.evidence)}} if mapping.evidence else {}
    return {
        "schema": SCHEMA,
        "title": mapping.title,
        "basis": mapping.basis,
        "shapes": {key: dict(row) for key, row in mapping.shapes.items()},
        "recipes": {key: dict(row) for key, row in mapping.recipes.items()},
        "limits": {key: list(row) for key, row in mapping.limits.items()},
        "bones": {
            channel: [{"bone": part.bone, "share": part.share} for part in parts]
            for channel, parts in mapping.bones.items()
        },
        "moves": {bone: {name: list(offset) for name, offset in row.items()} for bone, row in mapping.moves.items()},
        "eyes": mapping.eyes,
        "jaw": mapping.jaw,
        "aliases": {name: list(others) for name, others in mapping.aliases.items()},
        **evidence,
        **({} if mapping.auto else {"auto": False}),
        **({"partial": True} if mapping.partial else {}),
    }


def _unreadable(path: Path, reason: str) -> DuologueError:
    return DuologueError(
        ExitCode.RIG_UNSUITABLE,
        f"The rig preset {path} cannot be read ({reason}).",
        "Choose another preset, or repair the file after the ones in presets/rigs.",
    )


def _gains(row: Mapping[str, Any]) -> dict[str, float]:
    return {str(component): _finite(gain) for component, gain in row.items()}


def _limits(row: Any) -> tuple[float, float]:
    low, high = (_finite(value) for value in row)
    if low > high:
        raise ValueError(f"limits {low} to {high}")
    return low, high


def _vector(row: Any) -> tuple[float, float, float]:
    x, y, z = (_finite(value) for value in row)
    return x, y, z


def _finite(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{value} is not finite")
    return number
