"""What the shapes of a control board are made of on a face: its own components by name, or FLAME's by a transfer."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace
from typing import Final

import bpy
import numpy as np

from ...backend.contract.arkit import ARKIT_INDEX
from ...backend.contract.constants import OPEN_HEAD
from ...backend.contract.errors import DuologueError
from ...backend.contract.reading import is_file, parsed_json, read_or_none
from ...backend.contract.transfer import BasisTransfer, load_transfer, transfer_expression, transfer_file
from .control_board import ARKIT_POLISH, PULLS, Polish
from .faces import faces_folder

POLISH_PROPERTY: Final = "duologue_polish"
"""Custom property of a head's armature, as JSON: what the board's shape keys add, where ARKit's names do not say it."""
_RECOGNISED: Final = 0.5
"""Share of a shape that has to come back when it is made on a face and carried back to the open head."""
_NOTHING: Final = 1e-4
"""Amounts below this are rounding."""


def polish_components(face: str, names: Collection[str]) -> Polish:
    """What the board's shapes are made of on a head of the `face` (id) with expression components of these `names`.

    Components without names, as FLAME's, are combined into the shape that is nearest to the open head's, by the
    transfer that was solved when the face was imported. A shape that the face cannot make is left out: carried back to
    the open head, less than half of it would be found again. None are found where the transfer is not on this computer.
    """
    named = {pull.key: pull.components for pull in PULLS if all(name in names for name in pull.components)}
    if named:
        return named
    try:
        there, back = (load_transfer(transfer_file(faces_folder(), *ends)) for ends in _ways(face))
    except DuologueError:
        return {}
    return _combined(there, back, names)


def is_known(face: str) -> bool:
    """Whether it is known on this computer how the open head's shapes are made on `face` (id)."""
    return all(is_file(transfer_file(faces_folder(), *ends)) for ends in _ways(face))


def polish_of(armature: bpy.types.Object) -> Polish:
    """What the board's shape keys of the head of `armature` add."""
    noted = armature.get(POLISH_PROPERTY)
    kept = None if noted is None else read_or_none(lambda: _amounts(noted))
    return ARKIT_POLISH if kept is None else kept


def note_polish(armature: bpy.types.Object, polish: Polish) -> None:
    """Let the head of `armature` know what its board's shape keys add."""
    if any(components != ARKIT_POLISH[key] for key, components in polish.items()):
        armature[POLISH_PROPERTY] = json.dumps(polish)


def _amounts(noted: str) -> Polish:
    return {
        str(key): {str(name): float(amount) for name, amount in components.items()}
        for key, components in parsed_json(noted).items()
    }


def _ways(face: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return (OPEN_HEAD, face), (face, OPEN_HEAD)


def _combined(there: BasisTransfer, back: BasisTransfer, names: Collection[str]) -> Polish:
    wanted = np.zeros((len(PULLS), len(ARKIT_INDEX)))  # [P, 52]
    for row, pull in zip(wanted, PULLS, strict=True):
        for name, amount in pull.components.items():
            row[ARKIT_INDEX[name]] = amount
    still = np.zeros(len(PULLS))
    found, _ = transfer_expression(_jaw_shut(there), wanted, still)  # [P, E]
    again, _ = transfer_expression(back, found, still)
    shares = (again * wanted).sum(axis=1) / (wanted**2).sum(axis=1)  # [P]
    made: dict[str, dict[str, float]] = {}
    for pull, row, share in zip(PULLS, found, shares, strict=True):
        amounts = {f"expression_{number:03d}": round(float(value), 5) for number, value in enumerate(row, start=1)}
        if share >= _RECOGNISED:
            made[pull.key] = {name: value for name, value in amounts.items() if name in names and abs(value) > _NOTHING}
    return made


def _jaw_shut(transfer: BasisTransfer) -> BasisTransfer:
    """The same without the target's jaw, which a shape key cannot turn."""
    lower, upper = transfer.lower.copy(), transfer.upper.copy()
    lower[-1] = upper[-1] = 0.0
    return replace(transfer, lower=lower, upper=upper)
