"""Curves of shapes become curves on what carries them: shape keys, or the controls that drive those."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

import bpy
import numpy as np

from ..retargeting.control_values import Span, solved
from ..retargeting.curves import Curve, key_path
from ..retargeting.drivers import Control, Followed
from ..retargeting.rig_survey import KeyedMesh


@dataclass(frozen=True)
class Part:
    """Curves for one data-block; `kind` ends the name of its action."""

    owner: bpy.types.ID
    kind: str
    curves: tuple[Curve, ...]


def shape_parts(meshes: Sequence[KeyedMesh], shapes: Sequence[Curve]) -> list[Part]:
    """`shapes`, by shape key's name, on every one of `meshes` that has it.

    A key that a control moves is left to it: the control gets the values that bring all of its shapes nearest to what
    they should be. A control that is itself a shape key with a curve of its own goes by that.
    """
    parts: list[Part] = []
    driven: dict[Control, list[tuple[Followed, Curve]]] = {}
    for mesh in meshes:
        direct = []
        for curve, name in _on(mesh, shapes):
            if name in mesh.controls:
                followed = mesh.controls[name]
                driven.setdefault(followed.control, []).append((followed, curve))
            else:
                direct.append(curve)
        if direct:
            parts.append(Part(mesh.shape_keys, "face", tuple(direct)))
    written = {(part.owner, curve.data_path) for part in parts for curve in part.curves}
    for control, wanted in driven.items():
        if (control.owner, control.data_path) not in written:
            values = _values(wanted)
            curve = Curve(control.data_path, control.index, values, wanted[0][1].group)
            parts.append(Part(control.owner, "controls", (curve,)))
    return parts


def together(parts: Iterable[Part]) -> list[Part]:
    """One part for each data-block, which has one action; the first one's kind stays."""
    found: dict[bpy.types.ID, Part] = {}
    for part in parts:
        before = found.get(part.owner)
        found[part.owner] = part if before is None else replace(before, curves=(*before.curves, *part.curves))
    return list(found.values())


def of_groups(parts: Iterable[Part], groups: Collection[str]) -> list[Part]:
    """Of `parts` the curves in one of `groups`; parts without any are left out."""
    found = (replace(part, curves=tuple(curve for curve in part.curves if curve.group in groups)) for part in parts)
    return [part for part in found if part.curves]


def _on(mesh: KeyedMesh, shapes: Sequence[Curve]) -> Iterable[tuple[Curve, str]]:
    names = {key_path(name): name for name in mesh.key_names}
    return ((curve, names[curve.data_path]) for curve in shapes if curve.data_path in names)


def _values(wanted: Sequence[tuple[Followed, Curve]]) -> np.ndarray:
    """[T] what the control of all of `wanted` goes through."""
    spans = [followed.span for followed, _ in wanted]
    span = Span(min(one.low for one in spans), max(one.high for one in spans), spans[0].rest)
    return solved([followed.value_of for followed, _ in wanted], np.stack([curve.values for _, curve in wanted]), span)
