"""Do the lips close when they must, open when they should, and rest when nobody speaks? Measured on the face itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from backend.contract.arkit import ARKIT_NAMES
from backend.contract.constants import FRAME_RATE, JOINT_NAMES
from backend.contract.face import Face
from backend.face.skinning import pose_vertices

Phone = tuple[float, float, str]

SHUT: Final = 0.5
"""Millimetres beyond the gap at rest up to which lips count as shut."""

OPEN: Final = 4.0
"""Millimetres from which an open vowel counts as open."""

TOLERANCE: Final = 0.04
"""Seconds by which a closure may miss its phone."""

_BILABIALS: Final = frozenset(("p", "b", "m"))
_OPEN_VOWELS: Final = frozenset(("aa", "ae", "ao", "aw", "ay", "eh", "ow", "ah"))
_CHANCE_DRAWS: Final = 50
_BLOCK: Final = 200


@dataclass(frozen=True)
class LipScore:
    """Counts that can be added up over clips."""

    closed: int
    closures: int
    by_chance: float
    opened: int
    vowels: int
    still: int
    silent: int

    def __add__(self, other: LipScore) -> LipScore:
        mine, theirs = vars(self), vars(other)
        return LipScore(**{name: mine[name] + theirs[name] for name in mine})

    def rates(self) -> dict[str, float]:
        """Shares from 0 to 1: closures hit, the same by chance, open vowels open, silence shut."""
        return {
            "closures": self.closed / max(self.closures, 1),
            "closures_by_chance": self.by_chance / max(self.closures, 1),
            "open_vowels": self.opened / max(self.vowels, 1),
            "shut_in_silence": self.still / max(self.silent, 1),
        }


def face_gap(face: Face, expression: np.ndarray, jaw: np.ndarray) -> np.ndarray:
    """[T] millimetres between `face`’s inner lips beyond rest; `expression` [T, 52], `jaw` [T, 3]."""
    order = [ARKIT_NAMES.index(name) for name in face.expression_names]
    identity = np.zeros(len(face.identity_names))
    upper, lower = (face.landmarks[name] for name in ("lip_upper_inner", "lip_lower_inner"))
    gaps = []
    for first in range(0, len(expression), _BLOCK):
        block = slice(first, first + _BLOCK)
        pose = np.zeros((len(expression[block]), len(JOINT_NAMES), 3))
        pose[:, JOINT_NAMES.index("jaw")] = jaw[block]
        vertices = pose_vertices(face, identity, expression[block][:, order], pose, np.zeros(3))
        gaps.append(vertices[:, upper, 1] - vertices[:, lower, 1])
    rest = face.v_template[upper, 1] - face.v_template[lower, 1]
    return np.asarray((np.concatenate(gaps) - rest) * 1000)


def score_lips(gap: np.ndarray, phones: Sequence[Phone], seed: int = 0) -> LipScore:
    """`gap` [T] of one person against what this person says.

    A P, B or M counts as closed when some frame from 40 ms before it to 40 ms after it is shut. Chance is the same
    test with the phones at random places within the speech.
    """
    spoken = [(start, end) for start, end, name in phones if name != "pau"]
    bilabials = [(start, end) for start, end, name in phones if name in _BILABIALS]
    vowels = [(start, end) for start, end, name in phones if name in _OPEN_VOWELS and end - start >= TOLERANCE]
    silent = silent_frames(len(gap), phones)
    return LipScore(
        closed=sum(_touches(gap, start, end) for start, end in bilabials),
        closures=len(bilabials),
        by_chance=_chance(np.random.default_rng(seed), gap, bilabials, spoken),
        opened=sum(float(_within(gap, start, end).max(initial=-9.0)) >= OPEN for start, end in vowels),
        vowels=len(vowels),
        still=int((gap[silent] < 1.0).sum()),
        silent=int(silent.sum()),
    )


def silent_frames(frames: int, phones: Sequence[Phone], margin: float = 0.3) -> np.ndarray:
    """[T] bool: at least `margin` seconds away from everything this person says."""
    silent = np.ones(frames, bool)
    for start, end, name in phones:
        if name != "pau":
            silent[max(0, int((start - margin) * FRAME_RATE)) : int(np.ceil((end + margin) * FRAME_RATE)) + 1] = False
    return silent


def _touches(gap: np.ndarray, start: float, end: float) -> bool:
    return bool((_within(gap, start - TOLERANCE, end + TOLERANCE) <= SHUT).any())


def _within(gap: np.ndarray, start: float, end: float) -> np.ndarray:
    first, last = int(np.ceil(start * FRAME_RATE - 1e-6)), int(np.floor(end * FRAME_RATE + 1e-6))
    return gap[max(first, 0) : max(last + 1, 0)]


def _chance(
    rng: np.random.Generator, gap: np.ndarray, phones: list[tuple[float, float]], spoken: list[tuple[float, float]]
) -> float:
    """How many of `phones` would be hit on average if they lay anywhere in the speech."""
    lengths = np.array([end - start for start, end in spoken])
    hits = 0
    for start, end in phones:
        for pick in rng.choice(len(spoken), size=_CHANCE_DRAWS, p=lengths / lengths.sum()):
            centre = rng.uniform(*spoken[pick])
            hits += _touches(gap, centre - (end - start) / 2, centre + (end - start) / 2)
    return hits / _CHANCE_DRAWS
