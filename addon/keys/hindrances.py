"""What keeps keys from acting on a person: told by name, before a take is made and when its keys are written.

What is known to stand in the way is looked up, and every channel is tried besides (`probing`). Nothing of the artist's
is unmuted, unlocked or parented anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import bpy

from ..retargeting.rig_survey import KeyedMesh, RigSurvey
from ..steps import Steps
from .bone_hindrances import left_behind, of_bones
from .listing import counted, listed
from .probing import DEAD, Channels, Probed, moves_nothing, probed

_REPLACING: Final = {"MESH_CACHE", "MESH_SEQUENCE_CACHE", "NODES", "DATA_TRANSFER", "REMESH", "CLOTH", "SOFT_BODY"}
"""Modifiers that may put another surface in the place of the one that shape keys made."""


def hindrances(scene: bpy.types.Scene, layer: bpy.types.ViewLayer, name: str, channels: Channels) -> Steps[list[str]]:
    """Sentences on what of `channels` of the person `name` cannot act, or acts in part, in `layer` of `scene`."""
    seen = yield from probed(scene, layer, channels, name)
    rest = channels.armature is not None and channels.armature.data.pose_position == "REST"
    said = [*_of_armature(channels), *_of_meshes(channels, seen)]
    said += [*_of_keys(channels, seen)]
    if not rest:
        said += [*of_bones(channels, seen), *left_behind(channels, seen)]
    if not _something_acts(channels, seen):
        said.insert(0, f"Nothing of {name} can move as it is.")
    return said


def guesses(survey: RigSurvey) -> Iterator[str]:
    """Sentences on meshes that were taken for the person's."""
    for why in sorted(set(survey.guessed.values())):
        names = [name for name, reason in survey.guessed.items() if reason == why]
        verb = "are" if len(names) > 1 else "is"
        yield f"{listed(names)} {verb} taken for {survey.name}'s by {'their' if len(names) > 1 else 'its'} {why}."


def _of_armature(channels: Channels) -> Iterator[str]:
    armature = channels.armature
    if armature is None:
        return
    if armature.data.pose_position == "REST":
        yield f"{armature.name} is in its rest position, so no bone moves; switch it to Pose Position to see the take."
    if armature.mode == "EDIT":
        yield f"{armature.name} is in Edit Mode, where no bone moves."
    if armature.matrix_world.is_negative:
        yield f"{armature.name} is mirrored (a negative scale): it turns and smiles to the other side."
    yield from _of_animation(armature, armature.name)
    locked = [name for name in channels.turned if any(armature.pose.bones[name].lock_rotation)]
    locked += [name for name in channels.moved if any(armature.pose.bones[name].lock_location)]
    if locked:
        who, plural = counted("bone", locked, armature.name)
        yield f"{who} {'are' if plural else 'is'} locked; keys act all the same, and the locks stay."


def _of_animation(owner: bpy.types.ID, name: str) -> Iterator[str]:
    """What the NLA editor says about the owner's own action."""
    data = owner.animation_data
    if data is None:
        return
    solo = next((track.name for track in data.nla_tracks if track.is_solo), None) if data.use_nla else None
    if solo is not None:
        yield f"The NLA track “{solo}” of {name} is solo, so that keys do not act; take the star off it."
    if data.action is None and data.action_influence < 1.0:
        yield f"The action of {name} has an influence of {data.action_influence:.0%} in the NLA editor; so do keys."


def _of_meshes(channels: Channels, seen: Probed) -> Iterator[str]:
    hidden = []
    for mesh in channels.meshes:
        one = mesh.object
        if one.show_only_shape_key and one.active_shape_key is not None:
            yield f"{one.name} shows only its shape {one.active_shape_key.name} (the pin); no other shape moves it."
        elif one.name in seen.unmoved:
            yield f"{one.name} does not move with its shapes: {_what_replaces(one)}."
        if one.mode in ("EDIT", "SCULPT"):
            yield f"{one.name} is being edited ({one.mode.title()} Mode)."
        if one.hide_render or one.hide_viewport:
            hidden.append(one.name)
        yield from _of_animation(mesh.shape_keys, one.name)
    if hidden:
        verb = "are" if len(hidden) > 1 else "is"
        yield f"{listed(hidden)} {verb} disabled in the viewport or in renders."
    absolute = [
        one.name
        for one in channels.whole
        if one.data.shape_keys is not None
        and not one.data.shape_keys.use_relative
        and any(key.name in channels.keys for key in one.data.shape_keys.key_blocks)
    ]
    if absolute:
        yield f"The shape keys of {listed(absolute)} are not relative, so that no value moves them."


def _what_replaces(mesh: bpy.types.Object) -> str:
    found = [one.name for one in mesh.modifiers if one.show_viewport and one.type in _REPLACING]
    if not found:
        return "something takes their place"
    what = ("modifiers", "make") if len(found) > 1 else ("modifier", "makes")
    return f"the {what[0]} {listed(found)} {what[1]} another surface"


def _of_keys(channels: Channels, seen: Probed) -> Iterator[str]:
    muted: dict[str, list[str]] = {}
    locked: dict[str, list[str]] = {}
    for mesh in channels.meshes:
        wanted = [key for key in mesh.shape_keys.key_blocks if key.name in channels.keys]
        muted[mesh.object.name] = [key.name for key in wanted if key.mute]
        locked[mesh.object.name] = [key.name for key in wanted if getattr(key, "lock_shape", False)]
    yield from _grouped(muted, "muted")
    yield from _grouped(locked, "locked against sculpting; keys act all the same, and the locks stay")
    yield from _refused(channels)
    for name, keys in seen.adrift.items():
        who, plural = counted("shape", keys, name)
        yield f"{who} {'do not follow their controls' if plural else 'does not follow its control'}."
    empty = [name for name in channels.keys if _is_empty(channels, name)]
    if empty:
        who, plural = counted("shape", empty, listed([mesh.object.name for mesh in channels.meshes]))
        yield f"{who} {'move' if plural else 'moves'} nothing: sculpted like the basis."


def _grouped(found: Mapping[str, Sequence[str]], what: str) -> Iterator[str]:
    """“12 shapes of Head are muted: jawOpen, …”, meshes with the same names together."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for mesh, names in found.items():
        if names:
            alike.setdefault(tuple(names), []).append(mesh)
    for names, meshes in alike.items():
        who, plural = counted("shape", names, listed(meshes))
        yield f"{who} {'are' if plural else 'is'} {what}."


def _refused(channels: Channels) -> Iterator[str]:
    """Keys with drivers that cannot be followed, by what moves them."""
    for mesh in channels.meshes:
        reasons: dict[str, list[str]] = {}
        for name, reason in mesh.refused.items():
            if name in channels.keys:
                reasons.setdefault(reason, []).append(name)
        if reasons:
            who, plural = counted("shape", [name for names in reasons.values() for name in names], mesh.object.name)
            others = " and others" if len(reasons) > 1 else ""
            verbs = ("are moved by", "get") if plural else ("is moved by", "gets")
            yield f"{who} {verbs[0]} {next(iter(reasons))}{others} and {verbs[1]} no keys."


def _is_empty(channels: Channels, name: str) -> bool:
    blocks = [mesh.shape_keys.key_blocks[name] for mesh in channels.meshes if name in mesh.key_names]
    return bool(blocks) and all(moves_nothing(block) for block in blocks)


def _something_acts(channels: Channels, seen: Probed) -> bool:
    """Whether any shape or bone of the channels moves anything."""
    acting = channels.armature is not None and channels.armature.data.pose_position == "POSE"
    if acting and any(share >= DEAD for share in seen.shares.values()):
        return True
    return any(_acts(mesh, channels, seen) for mesh in channels.meshes)


def _acts(mesh: KeyedMesh, channels: Channels, seen: Probed) -> bool:
    blocks = mesh.shape_keys.key_blocks
    alive = [name for name in mesh.key_names if name in channels.keys and not blocks[name].mute]
    pinned = mesh.object.show_only_shape_key
    return (
        mesh.object.name not in seen.unmoved and not pinned and any(not moves_nothing(blocks[name]) for name in alive)
    )
