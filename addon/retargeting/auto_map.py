"""Auto-map: a preset's names are found on a rig that spells them its own way. No bpy here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from ...backend.contract.errors import DuologueError, ExitCode
from .canonical_names import canonical, canonical_bone
from .rig_mapping import BonePart, RigMapping

_BONE_WEIGHT: Final = 0.5
"""What a bone counts beside a shape key when presets are compared."""
_EXAMPLES: Final = 2
_BODY: Final = {"trunk", "head"}


@dataclass(frozen=True)
class AutoMap:
    """What became of a preset on one rig.

    `mapping` holds the rig's own names and only what it has. `mapped` of `wanted` counts shape keys, or bones where the
    preset wants no shape keys. `missing` are the preset's names of those that were not found; `missing_bones` its bones
    (a face without bones of its own is common, so they are told apart); `unused` the rig's keys that nothing drives.
    """

    mapping: RigMapping
    mapped: int
    wanted: int
    missing: tuple[str, ...]
    missing_bones: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether anything of a face was found; a neck and a head alone every body has."""
        face = (*self.mapping.key_names, *self.mapping.moves, *(set(self.mapping.bones) - _BODY))
        return bool(self.mapped and face)

    def sentence(self) -> str:
        """“48 of 52 mapped; missing: …” and the bones that were not found."""
        parts = [f"{self.mapped} of {self.wanted} mapped"]
        if self.missing:
            parts.append(f"missing: {', '.join(self.missing)}")
        bones = [name for name in self.missing_bones if name not in self.missing]
        if bones:
            parts.append(f"bones not found: {', '.join(bones)}")
        return "; ".join(parts) + "."


def auto_map(mapping: RigMapping, key_names: Collection[str], bone_names: Collection[str]) -> AutoMap:
    """Find every shape key and bone of `mapping` on a rig.

    The exact name wins, then an alias, then the same name but for case, then the same canonical form. A key or bone of
    the rig answers to one name of the preset only. Bones that were not found give their share to those that were.
    """
    keys = _found(mapping.key_names, mapping.aliases, key_names, canonical)
    bones = _found(mapping.bone_names, mapping.aliases, bone_names, canonical_bone)
    wanted, there = (mapping.key_names, keys) if mapping.key_names else (mapping.bone_names, bones)
    used = set(keys.values())
    return AutoMap(
        mapping=_renamed(mapping, keys, bones),
        mapped=len(there),
        wanted=len(wanted),
        missing=tuple(name for name in wanted if name not in there),
        missing_bones=tuple(name for name in mapping.bone_names if name not in bones),
        unused=tuple(name for name in key_names if name not in used),
    )


def best_preset(
    presets: Mapping[str, RigMapping], key_names: Collection[str], bone_names: Collection[str]
) -> tuple[str, AutoMap]:
    """The preset that covers most of itself and of the rig: found names times the share of its names that was found.

    So a preset with visemes wins where the visemes are there, and loses where they are not.
    Raises DuologueError (RIG_UNSUITABLE) when no preset finds a single shape key (or bone of the face, where it wants
    no keys).
    """
    tried = {name: auto_map(preset, key_names, bone_names) for name, preset in presets.items()}
    fitting = {name: result for name, result in tried.items() if result.fits}
    if not fitting:
        raise _nothing_fits(presets)
    best = max(fitting, key=lambda name: _score(presets[name], fitting[name]))
    return best, fitting[best]


def _score(preset: RigMapping, result: AutoMap) -> float:
    bones = len(preset.bone_names)
    keys_found = result.mapped if preset.key_names else 0
    found = keys_found + _BONE_WEIGHT * (bones - len(result.missing_bones))
    return found * found / (len(preset.key_names) + _BONE_WEIGHT * bones)


def _found(
    wanted: Iterable[str],
    aliases: Mapping[str, tuple[str, ...]],
    there: Collection[str],
    canonical_form: Callable[[str], str],
) -> dict[str, str]:
    """Preset's name → rig's name, best kind of agreement first; no name of the rig twice."""
    forms = {name: canonical_form(name) for name in there}
    # Of several that agree, the plainest: without the number of a copy, shorter, then alphabetical.
    left = sorted(there, key=lambda name: (name[-3:].isdigit(), len(name), name))
    others = {name: aliases.get(name, ()) for name in wanted}
    found: dict[str, str] = {}

    def take(spell: Callable[[str], str], asked: Callable[[str], tuple[str, ...]]) -> None:
        spelled: dict[str, list[str]] = {}
        for name in left:
            spelled.setdefault(forms[name] if spell is canonical_form else spell(name), []).append(name)
        for name in others:
            if name in found:
                continue
            for form in (spell(one) for one in asked(name)):
                free = spelled.get(form)
                if form and free:
                    found[name] = free.pop(0)
                    left.remove(found[name])
                    break

    for spell in (str, str.casefold, canonical_form):
        take(spell, lambda name: (name,))
        take(spell, others.__getitem__)
    return found


def _renamed(mapping: RigMapping, keys: Mapping[str, str], bones: Mapping[str, str]) -> RigMapping:
    return replace(
        mapping,
        shapes={keys[name]: row for name, row in mapping.shapes.items() if name in keys},
        recipes={keys[name]: row for name, row in mapping.recipes.items() if name in keys},
        limits={keys[name]: row for name, row in mapping.limits.items() if name in keys},
        bones={channel: there for channel, parts in mapping.bones.items() if (there := _shared(parts, bones))},
        moves={bones[name]: row for name, row in mapping.moves.items() if name in bones},
        aliases={},
    )


def _shared(parts: tuple[BonePart, ...], bones: Mapping[str, str]) -> tuple[BonePart, ...]:
    """The parts that are there, their shares grown to the whole that the preset meant."""
    there = [part for part in parts if part.bone in bones]
    share = sum(part.share for part in there)
    growth = sum(part.share for part in parts) / share if share else 1.0
    return tuple(BonePart(bones[part.bone], part.share * growth) for part in there)


def _nothing_fits(presets: Mapping[str, RigMapping]) -> DuologueError:
    looked = [
        f"{preset.title} ({', '.join((preset.key_names or preset.bone_names)[:_EXAMPLES])} …)"
        for preset in presets.values()
    ]
    return DuologueError(
        ExitCode.RIG_UNSUITABLE,
        f"Nothing on this rig fits a preset. Looked for: {'; '.join(looked) if looked else 'no presets are there'}.",
        "Choose the armature or mesh that carries the face's shape keys, or add rows by hand in the mapping's table.",
    )
