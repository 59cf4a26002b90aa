"""Bones that do not follow their keys, and what of a face stays behind while its head turns: sentences, by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import bpy
from mathutils import Vector

from .listing import counted, listed
from .probing import DEAD, Channels, Probed

_ACTS: Final = 0.9
"""From this share of a turn on, all of it counts as there."""
_BELOW: Final = 0.02
"""Of an armature's size: teeth may be so far below the joint of the head."""
_CARRIED: Final = {
    "eyes": "nothing that is shown turns with the bones of the eyes",
    "jaw": "nothing that is shown moves with the bone of the jaw",
}


def of_bones(channels: Channels, seen: Probed) -> Iterator[str]:
    """Sentences on bones of which less arrives than is keyed."""
    held: dict[tuple[str, str], list[str]] = {}
    for name, share in seen.shares.items():
        if share < _ACTS:
            amount = "" if share < DEAD else f" by only {share:.0%}"
            held.setdefault((amount, _what_holds(channels.armature, name)), []).append(name)
    for (amount, what), names in held.items():
        who, plural = counted("bone", names, channels.armature.name)
        verb = ("follow" if plural else "follows") if amount else ("do not follow" if plural else "does not follow")
        yield f"{who} {verb} {'their' if plural else 'its'} keys{amount}: {what}."


def _what_holds(armature: bpy.types.Object, name: str) -> str:
    holding = [one for one in armature.pose.bones[name].constraints if one.enabled and one.influence > 0.0]
    if holding:
        return (
            f"{'constraints hold' if len(holding) > 1 else 'a constraint holds'} it, {listed([*map(_called, holding)])}"
        )
    chain = next((f"the {kind} of the bone {end} holds it" for end, kind in _chains(armature, name)), None)
    return chain or "something in the rig holds it"


def _called(constraint: bpy.types.Constraint) -> str:
    """“Copy Rotation”, or “Copy Rotation “look at”” where the artist gave it a name."""
    kind = _kind(constraint)
    return kind if constraint.name.startswith(kind) else f"{kind} “{constraint.name}”"


def _kind(constraint: bpy.types.Constraint) -> str:
    return constraint.bl_rna.properties["type"].enum_items[constraint.type].name


def _chains(armature: bpy.types.Object, name: str) -> Iterator[tuple[str, str]]:
    """Bones whose chain goes through the bone `name`, and by which constraint."""
    for end in armature.pose.bones:
        for constraint in end.constraints:
            if constraint.type not in ("IK", "SPLINE_IK") or not constraint.enabled or constraint.influence == 0.0:
                continue
            above = end if getattr(constraint, "use_tail", True) else end.parent
            chain = [above, *above.parent_recursive] if above is not None else []
            if name in [one.name for one in (chain[: constraint.chain_count] if constraint.chain_count else chain)]:
                yield end.name, _kind(constraint)


def left_behind(channels: Channels, seen: Probed) -> Iterator[str]:
    """Meshes of the face that stay where they are while the head turns, and eyes and jaws that carry nothing."""
    went = seen.following.get("head")
    if went is not None:
        faces = _faces(channels)
        still = [
            mesh for mesh in faces if mesh.name not in went and mesh.name not in seen.unmoved and mesh.visible_get()
        ]
        reasons: dict[str, list[str]] = {}
        for mesh in still:
            reasons.setdefault(_why_behind(mesh), []).append(mesh.name)
        for reason, names in reasons.items():
            verb = "do not go" if len(names) > 1 else "does not go"
            yield f"{listed(names)} {verb} along with the head of {channels.armature.name}{reason}."
    for group, what in _CARRIED.items():
        if group in seen.following and not seen.following[group]:
            aim = _what_turns_eyes(channels) if group == "eyes" else ""
            yield f"On {channels.armature.name} {what}{aim}."


def _faces(channels: Channels) -> Iterable[bpy.types.Object]:
    """What of the person is above its neck."""
    armature = channels.armature
    joint = armature.matrix_world @ armature.pose.bones[channels.head[-1]].head
    up = Vector(armature.matrix_world.to_3x3() @ Vector(channels.up)).normalized()
    keyed = {mesh.object for mesh in channels.meshes if set(channels.keys).intersection(mesh.key_names)}
    for mesh in channels.whole:
        middle = mesh.matrix_world @ (sum(map(Vector, mesh.bound_box), Vector()) / len(mesh.bound_box))
        if mesh in keyed or (middle - joint).dot(up) > -_BELOW * max(armature.dimensions):
            yield mesh


def _why_behind(mesh: bpy.types.Object) -> str:
    off = [one.name for one in mesh.modifiers if one.type == "ARMATURE" and not one.show_viewport]
    if off:
        return f": its modifier {listed(off)} is off in the viewport"
    if any(one.type == "ARMATURE" for one in mesh.modifiers):
        return ""
    below = mesh
    while below.parent is not None and below.parent.type == "EMPTY" and below.parent_type != "BONE":
        below = below.parent
    if below.parent is not None and below.parent.type == "ARMATURE" and below.parent_type == "OBJECT":
        return f": {'it hangs' if below == mesh else f'{below.name} above it hangs'} on no bone"
    if below != mesh and below.parent is None:
        return f": {below.name} above it hangs on nothing"
    return ": it hangs on nothing" if mesh.parent is None and not mesh.constraints else ""


def _what_turns_eyes(channels: Channels) -> str:
    """“; EyeLeft is turned by Damped Track to Target”, where objects of their own are eyes."""
    for mesh in channels.whole:
        for one in (mesh, mesh.parent):
            for constraint in one.constraints if one is not None and "eye" in mesh.name.casefold() else ():
                target = getattr(constraint, "target", None)
                if (
                    constraint.type in ("DAMPED_TRACK", "TRACK_TO", "LOCKED_TRACK", "COPY_ROTATION")
                    and constraint.enabled
                ):
                    aim = f" to {target.name}" if target is not None else ""
                    return f"; {one.name} is turned by {_kind(constraint)}{aim}"
    return ""
