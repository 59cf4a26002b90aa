"""Auto-map: a preset's names are found on a rig that spells them its own way. No bpy here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from .bone_names import bones_by_name
from .bone_places import out_of_place
from .canonical_names import canonical, canonical_bone
from .character_axes import RestBone
from .coverage import Coverage, can_talk, part_coverage
from .rig_mapping import BonePart, RigMapping
from .skeleton import bones_by_structure

_BODY: Final = {"trunk", "head"}
_CHAINS: Final = {"trunk", "head"}
"""Rotations that bones one behind another share; of eyes, jaws and lids each bone carries all of it."""
_FEWEST_CONTROLS: Final = 0.25
"""Of the controls that a preset moves, where it names no evidence: a single one may be called so by chance."""


@dataclass(frozen=True)
class AutoMap:
    """What became of a preset on one rig.

    `mapping` holds the rig's own names and only what it has. `mapped` of `wanted` counts shape keys, or bones where the
    preset wants no shape keys. `missing` are the preset's names of those that were not found; `missing_bones` its bones
    (a face without bones of its own is common, so they are told apart); `unused` the rig's keys that nothing drives;
    `found` the preset's names that were. `warnings` say what was guessed, and which bones are called like a control but
    are not where it would be. `refusal` says why the preset is not the rig's, or is empty.
    """

    mapping: RigMapping
    mapped: int
    wanted: int
    missing: tuple[str, ...]
    missing_bones: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    found: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    refusal: str = ""

    @property
    def fits(self) -> bool:
        """Whether anything of a face was found; a neck and a head alone every body has."""
        face = (*self.mapping.key_names, *self.mapping.moves, *(set(self.mapping.bones) - _BODY))
        return bool(face)

    @property
    def coverage(self) -> Coverage:
        """The same as a report, part by part."""
        return Coverage(self.mapped, self.wanted, self.missing, part_coverage(self.mapping), self.warnings)

    def sentence(self) -> str:
        """“48 of 52 mapped; missing: …”, the bones that were not found, and what moves part by part."""
        parts = [f"{self.mapped} of {self.wanted} mapped"]
        if self.missing:
            parts.append(f"missing: {', '.join(self.missing)}")
        bones = [name for name in self.missing_bones if name not in self.missing]
        if bones:
            parts.append(f"bones not found: {', '.join(bones)}")
        return " ".join(("; ".join(parts) + ".", _capitalised(self.coverage.sentence()) + ".", *self.warnings))


def auto_map(
    mapping: RigMapping,
    key_names: Collection[str],
    bone_names: Collection[str],
    bones: Mapping[str, RestBone] | None = None,
    *,
    guess: bool = True,
) -> AutoMap:
    """Find every shape key and bone of `mapping` on a rig.

    The exact name wins, then an alias, then the same name but for case, then the same canonical form. A key or bone of
    the rig answers to one name of the preset only. Bones that were not found give their share to those that were; a
    rotation of which none was found goes to bones that vendors call so, and with `bones`, how they rest, to those that
    the skeleton's structure suggests (unless `guess` is False). A bone is moved only where the preset knows it by name,
    and with `bones` only where such a control can be.
    """
    keys = _found(mapping.key_names, mapping.aliases, key_names, canonical)
    named = _found(mapping.bone_names, mapping.aliases, bone_names, canonical_bone)
    named = {
        name: there for name, there in named.items() if name not in mapping.moves or _is_called(name, there, mapping)
    }
    renamed = _renamed(mapping, keys, named)
    renamed, added = _with_usual_bones(renamed, mapping, bone_names)
    warnings: list[str] = []
    if bones:
        renamed, guesses = _with_guesses(renamed, mapping, bones) if guess else (renamed, [])
        strange = out_of_place(renamed, bones)
        renamed = replace(renamed, moves={name: row for name, row in renamed.moves.items() if name not in strange})
        warnings = [*guesses, *strange.values()]
        named = {name: there for name, there in named.items() if there not in strange or name not in mapping.moves}
    # A preset that leaves everything to the usual names wants what there is.
    wanted = mapping.key_names or mapping.bone_names or renamed.bone_names
    found = {*keys, *named, *added} if mapping.key_names or mapping.bone_names else set(renamed.bone_names)
    if mapping.partial:
        wanted = tuple(name for name in wanted if name in found)
    used = set(keys.values())
    result = AutoMap(
        mapping=renamed,
        mapped=sum(name in found for name in wanted),
        wanted=len(wanted),
        missing=tuple(name for name in wanted if name not in found),
        missing_bones=tuple(name for name in mapping.bone_names if name not in found),
        unused=tuple(name for name in key_names if name not in used),
        found=(*keys, *named, *added),
        warnings=tuple(warnings),
    )
    return replace(result, refusal=_refusal(mapping, result, keys, named))


def _refusal(preset: RigMapping, result: AutoMap, keys: Mapping[str, str], bones: Mapping[str, str]) -> str:
    """Why the preset is not the rig's own, or nothing."""
    there = {*keys, *(name for name, bone in bones.items() if _is_called(name, bone, preset))}
    evidence, least = preset.evidence, preset.least_evidence
    if not evidence and preset.moves and not preset.key_names:
        evidence, least = tuple(preset.moves), round(max(1.0, _FEWEST_CONTROLS * len(preset.moves)))
    seen = [name for name in evidence if name in there]
    if evidence and len(seen) < least:
        return f"{len(seen)} of the {least} that it needs at least of its own are there"
    if preset.key_names and not keys:
        return "none of its shape keys is there"
    if not result.fits:
        return "nothing of a face is there"
    if can_talk(_opened(preset)) and not can_talk(result.mapping):
        return "nothing opens or shapes the mouth"
    return ""


def _opened(preset: RigMapping) -> RigMapping:
    """`preset` with a name for each rotation it leaves to the usual names."""
    bones = {channel: parts or (BonePart(channel),) for channel, parts in preset.bones.items()}
    return replace(preset, bones=bones)


def _is_called(name: str, there: str, mapping: RigMapping) -> bool:
    """Whether a bone is called as the preset says but for case and separators: no other spelling is moved."""
    asked = {_plain(one) for one in (name, *mapping.aliases.get(name, ()))}
    return _plain(there) in asked


def _plain(name: str) -> str:
    return name.casefold().replace("_", ".").replace("-", ".").replace(" ", ".")


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
        bones={channel: there for channel, parts in mapping.bones.items() if (there := _shared(channel, parts, bones))},
        moves={bones[name]: row for name, row in mapping.moves.items() if name in bones},
        aliases={},
        evidence=(),
        least_evidence=1,
        auto=True,
        partial=False,
    )


def _shared(channel: str, parts: tuple[BonePart, ...], bones: Mapping[str, str]) -> tuple[BonePart, ...]:
    """The parts that are there; those of a chain grow to the whole that the preset meant."""
    there = [part for part in parts if part.bone in bones]
    share = sum(part.share for part in there)
    growth = sum(part.share for part in parts) / share if share and channel in _CHAINS else 1.0
    return tuple(BonePart(bones[part.bone], part.share * growth) for part in there)


def _with_usual_bones(
    renamed: RigMapping, preset: RigMapping, bone_names: Collection[str]
) -> tuple[RigMapping, tuple[str, ...]]:
    """Rotations of which the preset's own bones are not there go to those that vendors call so.

    Of a head whose last bone was not found, all of it: a neck alone is no head. Returns also the preset's names that
    were found in this way.
    """
    bones, found = dict(renamed.bones), []
    for channel, parts in preset.bones.items():
        own = len(renamed.bones.get(channel, ()))
        if channel == "trunk" or (parts and own == len(parts)):
            continue
        usual = tuple(BonePart(*one) for one in bones_by_name(channel, bone_names))
        if len(usual) > own:
            bones[channel] = usual
            found += [part.bone for part in parts]
    return replace(renamed, bones=bones), tuple(found)


def _with_guesses(
    renamed: RigMapping, preset: RigMapping, bones: Mapping[str, RestBone]
) -> tuple[RigMapping, list[str]]:
    """Rotations for which no name was found, by the skeleton's structure; each guess is told."""
    wanted = [channel for channel in preset.bones if channel not in renamed.bones]
    there = dict(renamed.bones)
    told = []
    head = [part.bone for part in renamed.bones.get("head", ())][-1:]
    for channel, parts in bones_by_structure(bones, wanted, *head).items():
        there[channel] = tuple(BonePart(*one) for one in parts)
        names = " and ".join(name for name, _ in parts)
        told.append(f"Guessed from the skeleton, since no name says it: {names} for {_spoken(channel)}.")
    return replace(renamed, bones=there), told


def _spoken(channel: str) -> str:
    return {"eye_left": "the left eye", "eye_right": "the right eye"}.get(channel, channel)


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
