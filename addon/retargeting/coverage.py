"""What of a face a mapping moves on one rig, part by part: found, partial or missing, by which names. No bpy here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from ...backend.contract.arkit import ARKIT_NAMES
from .bone_names import is_neck
from .rig_mapping import RigMapping

State = Literal["found", "partial", "missing"]

PARTS: Final = ("lips", "lids", "brows", "jaw", "eyes", "head", "neck")
ESSENTIAL: Final = ("lips", "lids", "eyes", "head")
"""Without these a talker looks broken; a missing brow or neck is told, but no reason to stop and look."""
_SIDES: Final = ("Left", "Right")
_FEWEST_EXPRESSIONS: Final = 10
"""Of FLAME's components, which each move the whole face."""

_MOVEMENTS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "lips": {
        "open": ("jawOpen",),
        "smile": ("mouthSmile*",),
        "round": ("mouthPucker", "mouthFunnel"),
        "spread": ("mouthStretch*", "mouthDimple*"),
        "frown": ("mouthFrown*",),
        "press": ("mouthPress*", "mouthRollLower", "mouthRollUpper", "mouthClose"),
    },
    "lids": {"blink": ("eyeBlink*",), "widen": ("eyeWide*",), "squint": ("eyeSquint*", "cheekSquint*")},
    "brows": {"raise": ("browInnerUp", "browOuterUp*"), "lower": ("browDown*",)},
    "jaw": {"open": ("jawOpen",), "aside": ("jawLeft", "jawRight"), "forward": ("jawForward",)},
    "eyes": {
        "aside": ("eyeLookOut*", "eyeLookIn*"),
        "up": ("eyeLookUp*",),
        "down": ("eyeLookDown*",),
    },
}
"""Part → movement → ARKit's components that show it; `*` stands for both sides."""
_CORE: Final = {
    "lips": ("open", "smile", "round"),
    "lids": ("blink",),
    "brows": ("raise", "lower"),
    "jaw": ("open",),
    "eyes": ("aside", "up", "down"),
    "head": ("turn",),
    "neck": ("turn",),
}
"""The movements that make a part "found"."""
_SHAPED: Final = 3
"""Movements of lips that never part: fewer are no mouth that talks."""


@dataclass(frozen=True)
class PartCoverage:
    """One part of a face on one rig.

    `carriers` are the rig's own shape keys and bones that move it, `does` and `lacks` movements in plain words.
    """

    part: str
    state: State
    carriers: tuple[str, ...] = ()
    does: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()

    def sentence(self) -> str:
        """“lips: open, not smile, round”, “brows: nothing”."""
        if self.state == "missing":
            return f"{self.part}: nothing"
        does = ", ".join(self.does)
        return f"{self.part}: {does}, not {', '.join(self.lacks)}" if self.lacks else f"{self.part}: {does}"


@dataclass(frozen=True)
class Coverage:
    """How much of what a take or a mapping wants a rig has.

    `mapped` of `wanted` names were found, `missing` are the others. `parts` tells the same part by part (empty for
    heads that Duologue built, which have everything). `warnings` are sentences about what was found but cannot act,
    or was guessed.
    """

    mapped: int
    wanted: int
    missing: tuple[str, ...]
    parts: tuple[PartCoverage, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def lost(self) -> tuple[str, ...]:
        """The essential parts that do not move at all."""
        return tuple(one.part for one in self.parts if one.state == "missing" and one.part in ESSENTIAL)

    def sentence(self) -> str:
        """What moves and what does not: “lips: open; lids: blink; brows: nothing; …”."""
        return "; ".join(one.sentence() for one in self.parts)


def part_coverage(mapping: RigMapping) -> tuple[PartCoverage, ...]:
    """Every part of `PARTS`, as `mapping` moves it, which is in the rig's own names and holds only what is there."""
    if mapping.basis == "flame":
        face = tuple(_whole_face(mapping, part) for part in ("lips", "lids", "brows"))
    else:
        face = tuple(_face_part(mapping, part) for part in ("lips", "lids", "brows"))
    return (*face, _face_part(mapping, "jaw"), _face_part(mapping, "eyes"), *_head_and_neck(mapping))


def components_carried(mapping: RigMapping) -> tuple[int, int]:
    """How many components of an expression `mapping` moves something by, of how many there are.

    FLAME has as many as a file says, so that of its components those that are used are all.
    """
    if mapping.basis == "flame":
        used = {name for rows in (mapping.shapes, mapping.recipes) for row in rows.values() for name in row}
        return len(used), len(used)
    return sum(bool(found) for found in _carriers(mapping, ARKIT_NAMES)), len(ARKIT_NAMES)


def can_talk(mapping: RigMapping) -> bool:
    """Whether a take can open the mouth, or at least shape the lips: what makes a rig a face.

    A jaw may be missing where several meshes make a face and one of them was chosen.
    """
    parts = {one.part: one for one in part_coverage(mapping)}
    return "open" in (*parts["lips"].does, *parts["jaw"].does) or len(parts["lips"].does) >= _SHAPED


def _face_part(mapping: RigMapping, part: str) -> PartCoverage:
    does: list[str] = []
    carriers: dict[str, None] = {}
    for movement, components in _MOVEMENTS[part].items():
        shown = [_carriers(mapping, _sided(component)) for component in components]
        complete = any(all(found for found in sides) for sides in shown)
        names = dict.fromkeys(name for sides in shown for found in sides for name in found)
        if complete:
            does.append(movement)
        elif names:
            does.append(f"{movement} on one side")
        carriers |= names
    return _judged(part, tuple(carriers), does)


def _whole_face(mapping: RigMapping, part: str) -> PartCoverage:
    """FLAME's components move lips, lids and brows together."""
    keys = mapping.key_names
    if len(keys) >= _FEWEST_EXPRESSIONS:
        return PartCoverage(part, "found", keys, tuple(_CORE[part]))
    opened = part == "lips" and mapping.bones.get("jaw")
    if keys or opened:
        jaw = tuple(one.bone for one in mapping.bones.get("jaw", ()))
        return PartCoverage(part, "partial", keys or jaw, ("open",) if opened else ("a little",))
    return PartCoverage(part, "missing", lacks=tuple(_CORE[part]))


def _head_and_neck(mapping: RigMapping) -> Iterator[PartCoverage]:
    """The last bone of the head's rotation is the head, unless its name says neck; those before it are the neck."""
    names = [part.bone for part in mapping.bones.get("head", ())]
    head = names[-1:] if mapping.basis == "flame" or not names or not is_neck(names[-1]) else []
    neck = names if mapping.basis == "flame" else [name for name in names if name not in head]
    yield _judged("head", tuple(head), ["turn"] if head else [])
    yield _judged("neck", tuple(neck), ["turn"] if neck else [])


def _judged(part: str, carriers: tuple[str, ...], does: list[str]) -> PartCoverage:
    lacks = tuple(one for one in _CORE[part] if one not in does and f"{one} on one side" not in does)
    if not does:
        return PartCoverage(part, "missing", (), (), lacks)
    whole = all(one in does for one in _CORE[part])
    return PartCoverage(part, "found" if whole else "partial", carriers, tuple(does), lacks)


def _sided(component: str) -> tuple[str, ...]:
    base = component.removesuffix("*")
    return tuple(base + side for side in _SIDES) if base != component else (component,)


def _carriers(mapping: RigMapping, components: Iterable[str]) -> list[list[str]]:
    """For each of `components` the keys and bones that show it."""
    return [[*_keys_of(mapping, name), *_bones_of(mapping, name)] for name in components]


def _keys_of(mapping: RigMapping, component: str) -> Iterator[str]:
    for rows in (mapping.shapes, mapping.recipes, mapping.moves):
        yield from (name for name, row in rows.items() if row.get(component))


def _bones_of(mapping: RigMapping, component: str) -> Iterator[str]:
    if component.startswith("jaw") and component != "jawForward":
        yield from (part.bone for part in mapping.bones.get("jaw", ()))
    side = "left" if component.endswith("Left") else "right"
    if component.startswith("eyeLook"):
        yield from (part.bone for part in mapping.bones.get(f"eye_{side}", ()))
    if component.startswith(("eyeBlink", "eyeWide")):
        yield from (part.bone for part in mapping.bones.get(f"lid_upper_{side}", ()))
