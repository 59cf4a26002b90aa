"""The control board of a head: which control adds what to the face, and where it is. No bpy here."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from math import radians
from typing import Final, Literal

import numpy as np

from ...backend.contract.constants import JAW_OPEN_RADIANS

TRAVEL: Final = 0.015
"""Metres that a control goes from its rest to where its shapes are added as a whole."""
KEY_PREFIX: Final = "polish "
"""Shape keys that the board drives begin with it."""

BONE_PREFIX: Final = "control "
"""The board's bones begin with it."""

Side = Literal["left", "middle", "right"]


@dataclass(frozen=True)
class Pull:
    """The shape key `key` follows a control along `axis` (0 X, 1 Y) to the side of `sign`, 0 to 1.

    At 1 it is the sum of the expression `components`, by their amounts.
    """

    axis: int
    sign: int
    key: str
    components: Mapping[str, float]


@dataclass(frozen=True)
class Turn:
    """The bone `bone` turns by `radians` about its axis `about` (0 X, 1 Y, 2 Z) while a control goes along `axis`.

    With `axis` 2 it turns by as much as the control is turned in the board's plane, at most `radians`.
    """

    bone: str
    axis: int
    about: int
    radians: float


@dataclass(frozen=True)
class Control:
    """A control `name`, resting at `place` (metres right and up of the board's middle as it is seen)."""

    name: str
    label: str
    place: tuple[float, float]
    side: Side = "middle"
    pulls: tuple[Pull, ...] = ()
    turns: tuple[Turn, ...] = ()

    def reach(self, axis: int) -> tuple[float, float]:
        """How far it goes along `axis` (0 X, 1 Y), lowest and highest, metres."""
        if any(turn.axis == axis for turn in self.turns):
            return -TRAVEL, TRAVEL
        signs = {pull.sign for pull in self.pulls if pull.axis == axis}
        return (-TRAVEL if -1 in signs else 0.0), (TRAVEL if 1 in signs else 0.0)


def _component(axis: int, sign: int, component: str) -> Pull:
    return Pull(axis, sign, KEY_PREFIX + component, {component: 1.0})


def _pair(name: str, label: str, place: tuple[float, float], pulls: Mapping[tuple[int, int], str]) -> list[Control]:
    """A control for the person's left, which is right where one looks at the face, and its mirror image."""
    found = []
    for side, mirror in (("Left", 1), ("Right", -1)):
        mine = tuple(
            _component(axis, sign * (mirror if axis == 0 else 1), component + side)
            for (axis, sign), component in pulls.items()
        )
        suffix = f".{side[0]}"
        found.append(
            Control(f"{name}{suffix}", label, (mirror * place[0], place[1]), "left" if mirror > 0 else "right", mine)
        )
    return found


def _squint(side: Literal["Left", "Right"]) -> Pull:
    return Pull(1, 1, f"{KEY_PREFIX}squint{side}", {f"eyeSquint{side}": 1.0, f"cheekSquint{side}": 1.0})


_PARTED: Final = {f"mouth{name}{side}": 0.7 for name in ("UpperUp", "LowerDown") for side in ("Left", "Right")}

CONTROLS: Final = (
    Control(
        "control head",
        "Head",
        (0.0, 0.13),
        turns=(
            Turn("neck", 0, 1, radians(25.0)),
            Turn("neck", 1, 0, -radians(20.0)),
            Turn("neck", 2, 2, radians(25.0)),
        ),
    ),
    *_pair("control brow", "Brow", (0.048, 0.084), {(1, 1): "browOuterUp", (1, -1): "browDown"}),
    Control("control brow inner", "Inner", (0.0, 0.084), pulls=(_component(1, 1, "browInnerUp"),)),
    *_pair("control lid", "Lid", (0.048, 0.038), {(1, 1): "eyeWide", (1, -1): "eyeBlink"}),
    Control(
        "control look",
        "Look",
        (0.0, 0.038),
        turns=tuple(
            turn
            for eye in ("eye_left", "eye_right")
            for turn in (Turn(eye, 0, 1, radians(30.0)), Turn(eye, 1, 0, -radians(25.0)))
        ),
    ),
    Control("control cheek.L", "Cheek", (0.048, -0.008), "left", (_squint("Left"),)),
    Control("control cheek.R", "Cheek", (-0.048, -0.008), "right", (_squint("Right"),)),
    *_pair(
        "control corner",
        "Corner",
        (0.048, -0.05),
        {(1, 1): "mouthSmile", (1, -1): "mouthFrown", (0, 1): "mouthStretch"},
    ),
    Control(
        "control mouth",
        "Mouth",
        (0.0, -0.05),
        pulls=(
            _component(0, 1, "mouthLeft"),
            _component(0, -1, "mouthRight"),
            _component(1, 1, "mouthPucker"),
            _component(1, -1, "mouthFunnel"),
        ),
    ),
    Control(
        "control lips",
        "Lips",
        (0.0, -0.096),
        pulls=(_component(1, -1, "mouthClose"), Pull(1, 1, f"{KEY_PREFIX}lipsParted", _PARTED)),
    ),
    Control(
        "control jaw",
        "Jaw",
        (0.0, -0.142),
        pulls=(_component(0, 1, "jawLeft"), _component(0, -1, "jawRight")),
        turns=(Turn("jaw", 1, 0, -JAW_OPEN_RADIANS),),
    ),
)
"""Everything on the board, as somebody sees it who looks at the face; up and down are the face's own."""

PULLS: Final = tuple(pull for control in CONTROLS for pull in control.pulls)


def controls_with(keys: Collection[str]) -> tuple[Control, ...]:
    """The controls of a head whose board drives these shape `keys`, each with what follows it there."""
    found = [replace(one, pulls=tuple(pull for pull in one.pulls if pull.key in keys)) for one in CONTROLS]
    return tuple(one for one in found if one.turns or one.pulls)


Polish = Mapping[str, Mapping[str, float]]
"""Shape key of the board → expression component of the head → amount: what the key adds at 1."""

ARKIT_POLISH: Final[Polish] = {pull.key: pull.components for pull in PULLS}
"""On a face with ARKit's components."""


def with_polish(values: Mapping[str, np.ndarray], polish: Polish = ARKIT_POLISH) -> dict[str, np.ndarray]:
    """Expression components with what the board adds to them; `values` are shape keys → [T], the board's among them."""
    found = {name: value for name, value in values.items() if not name.startswith(KEY_PREFIX)}
    for key, components in polish.items():
        added = values.get(key)
        if added is not None and np.any(added):
            for name, amount in components.items():
                found[name] = found.get(name, np.zeros_like(added)) + amount * added
    return found
