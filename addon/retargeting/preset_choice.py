"""Which preset is a rig's own: every one is tried and scored, and what is no face is refused. No bpy here."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from ...backend.contract.arkit import ARKIT_NAMES
from ...backend.contract.errors import DuologueError, ExitCode
from .auto_map import AutoMap, auto_map
from .character_axes import RestBone
from .rig_mapping import RigMapping

_BONE_WEIGHT: Final = 0.5
"""What a bone counts beside a shape key when presets are compared."""
_WHOLE_FACE: Final = float(len(ARKIT_NAMES))
_EXAMPLES: Final = 2
_TOLD: Final = 8
_IN_FULL: Final = 4
"""Presets of which examples are named in the sentence on a rig without a face."""


@dataclass(frozen=True)
class Scored:
    """A preset tried on a rig. `score` is 0 to 1: the share of itself that was found, times what the best found."""

    stem: str
    title: str
    result: AutoMap
    score: float


def scored(
    presets: Mapping[str, RigMapping],
    key_names: Collection[str],
    bone_names: Collection[str],
    bones: Mapping[str, RestBone] | None = None,
) -> tuple[Scored, ...]:
    """Every preset, the best first; those that are not the rig's own have 0.

    A preset covers most of itself and of the rig: found names times the share of its names that was found. So a preset
    with visemes wins where the visemes are there, and loses where they are not.
    """
    tried = {stem: auto_map(preset, key_names, bone_names, bones, guess=False) for stem, preset in presets.items()}
    worth = {stem: _found(presets[stem], result) for stem, result in tried.items()}
    accepted = [stem for stem, result in tried.items() if presets[stem].auto and not result.refusal]
    most = max((worth[stem] for stem in accepted), default=0.0)
    scores = {
        stem: min(1.0, worth[stem] / _whole(presets[stem])) * worth[stem] / most if stem in accepted and most else 0.0
        for stem in tried
    }
    ordered = sorted(tried, key=lambda stem: -scores[stem])
    for stem in ordered[:1]:  # guessing takes a while on a large rig
        tried[stem] = auto_map(presets[stem], key_names, bone_names, bones)
    return tuple(Scored(stem, presets[stem].title, tried[stem], scores[stem]) for stem in ordered)


def best_preset(
    presets: Mapping[str, RigMapping],
    key_names: Collection[str],
    bone_names: Collection[str],
    bones: Mapping[str, RestBone] | None = None,
) -> tuple[str, AutoMap]:
    """The preset with the highest score, by its stem.

    Raises DuologueError (RIG_UNSUITABLE) when no preset is the rig's own, with what was looked for and what was found.
    """
    tried = scored(presets, key_names, bone_names, bones)
    if not tried or not tried[0].score:
        raise no_face(tried, presets, key_names, bone_names)
    return tried[0].stem, tried[0].result


def no_face(
    tried: Collection[Scored],
    presets: Mapping[str, RigMapping],
    key_names: Collection[str],
    bone_names: Collection[str],
) -> DuologueError:
    """What was looked for, what was found, and what the artist can do."""
    automatic = [one for one in tried if presets[one.stem].auto]
    looked = [_with_examples(one.title, presets[one.stem]) for one in automatic[:_IN_FULL]]
    looked += [one.title for one in automatic[_IN_FULL:]]
    found = dict.fromkeys(
        name
        for one in tried
        for name in (*one.result.mapping.key_names, *one.result.mapping.bone_names)
        if name in key_names or name in bone_names
    )
    told = ", ".join([*found][:_TOLD]) + (" …" if len(found) > _TOLD else "")
    have = f"The rig has {len(key_names)} shape keys and {len(bone_names)} bones"
    return DuologueError(
        ExitCode.RIG_UNSUITABLE,
        f"Nothing on this rig fits a preset: no face was found. {have}; known of them: {told or 'none'}. "
        f"Looked for: {'; '.join(looked) if looked else 'no presets are there'}.",
        "Choose the armature or mesh that carries the face's shape keys, choose a preset yourself in the panel Mapping "
        "(“Head and eyes only” turns those), or add rows by hand in the mapping's table.",
    )


def _with_examples(title: str, preset: RigMapping) -> str:
    """“ARKit 52 (browDownLeft, browDownRight …)”."""
    names = preset.evidence or preset.key_names or preset.bone_names
    return f"{title} ({', '.join(names[:_EXAMPLES])} …)" if names else title


def _found(preset: RigMapping, result: AutoMap) -> float:
    there = set(result.found)
    moved = sum(name in there for name in preset.moves if name not in _turned(preset))
    turned = sum(min(len(parts), _wanted(preset, channel)) for channel, parts in result.mapping.bones.items())
    return sum(name in there for name in preset.key_names) + _BONE_WEIGHT * (moved + turned)


def _whole(preset: RigMapping) -> float:
    """What all of the preset is worth; a preset of few names is measured by a whole face."""
    whole = len(preset.key_names) + _BONE_WEIGHT * len(preset.bone_names)
    return max(whole, _WHOLE_FACE) if preset.partial else whole


def _turned(preset: RigMapping) -> set[str]:
    return {part.bone for parts in preset.bones.values() for part in parts}


def _wanted(preset: RigMapping, channel: str) -> int:
    """Bones that carry a rotation; where the preset leaves it to the usual names, one or a neck and a head."""
    return len(preset.bones.get(channel, ())) or (2 if channel == "head" else 1)
