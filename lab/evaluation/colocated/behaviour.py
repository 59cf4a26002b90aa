"""How both people behave: rates and jumps on the composed heads, what the sound predicts, and whose mouth moves.

Much of when people smile, nod and blink nobody can predict, so other takes of the rehearsal, in which the same people
hear the same, are measured in the same way: an engine that had learned everything there is would come as near as these.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.ndimage import maximum_filter1d

from backend.contract.arkit import ARKIT_INDEX, ARKIT_NAMES
from backend.contract.constants import FRAME_RATE
from backend.contract.face import Face
from backend.contract.job import Character
from backend.contract.performance import Performance
from backend.engines.base import Motion
from backend.staging.compose import Composition, compose
from backend.staging.stage import Staging

from ..measures.behaviour import behaviour_rates, landmark_steps, largest_jump, longest_run, still_frames
from ..measures.landmarks import SeenHead, mouth_curves, seen_heads

_LIDS: Final = "eyelid"
_SKULL: Final = ("crown", "forehead", "nose_tip")
_FAST: Final = 8.0
"""Millimetres a frame that no landmark should exceed."""


PEOPLE: Final = (Character("First"), Character("Second"))
"""Two ordinary people."""


def scene_of_heads(motion: Motion, staging: Staging, face: Face, seed: int) -> tuple[SeenHead, SeenHead]:
    """Place both heads of PEOPLE as `staging` says."""
    return seen_heads(performed(compose(motion, staging, face, PEOPLE, seed), motion.speaking, face), face)


def performed(composition: Composition, speaking: np.ndarray, face: Face) -> Performance:
    """A `composition` of PEOPLE as a performance."""
    return Performance(
        fps=float(FRAME_RATE),
        face=face.id,
        speakers=(PEOPLE[0].name, PEOPLE[1].name),
        expression=composition.expression,
        pose=composition.pose,
        translation=composition.translation,
        speaking=np.asarray(speaking, np.float32),
        meta={},
    )


def rates(motion: Motion, heads: tuple[SeenHead, SeenHead]) -> dict[str, float]:
    """`behaviour_rates`, and of the heads in the scene the largest step of a landmark and the longest standstill.

    `largest_jump` millimetres a frame, of any landmark; `largest_jump_without_lids`; `largest_jump_of_skull` of crown,
    forehead and nose, which neither lips nor lids move; `above_8_mm` share of the frames with a larger one of any;
    `standstill` seconds.
    """
    still = [still_frames(head.landmarks, FRAME_RATE) for head in heads]
    found = [
        max(largest_jump(head.landmarks, head.names, FRAME_RATE, without).millimetres for head in heads)
        for without in (" ", _LIDS)
    ]
    steps = np.concatenate([landmark_steps(head.landmarks) for head in heads])
    return behaviour_rates(motion) | {
        "largest_jump": found[0],
        "largest_jump_without_lids": found[1],
        "largest_jump_of_skull": max(float(landmark_steps(_skull(head)).max(initial=0.0)) for head in heads),
        "above_8_mm": float((steps > _FAST).mean()) if len(steps) else 0.0,
        "standstill": max(longest_run(flags) for flags in still) / FRAME_RATE,
    }


def _skull(head: SeenHead) -> np.ndarray:
    return head.landmarks[:, [index for index, name in enumerate(head.names) if name in _SKULL]]


def together(found: Sequence[dict[str, float]]) -> dict[str, float]:
    """Of several dialogues: the mean, of jumps and standstills the largest; what could not be measured is left out."""
    merged = {}
    for name in found[0]:
        known = [numbers[name] for numbers in found if not np.isnan(numbers[name])]
        merged[name] = float((max if _is_extreme(name) else np.mean)(known)) if known else float("nan")
    return merged


def _is_extreme(name: str) -> bool:
    return name.startswith(("largest", "standstill", "longest"))


TAKES: Final = 4
"""Performances whose mean is taken."""

SIGNALS: Final = ("brows raised", "frown", "smile", "nodding", "gaze", "blinks")

_BEGINNINGS: Final = {
    "brows raised": ("browInnerUp", "browOuterUp"),
    "frown": ("browDown",),
    # Speech spreads lips as well; only a smile lifts the cheeks.
    "smile": ("cheekSquint",),
    "blinks": ("eyeBlink",),
}
_FLAT: Final = 1e-4
_NEAR: Final = FRAME_RATE
"""Frames within which people answer each other, a second to either side."""


def signals(motion: Motion) -> dict[str, np.ndarray]:
    """Signal of SIGNALS → [2, T]."""
    found = {
        signal: motion.expression[..., [index for index, name in enumerate(ARKIT_NAMES) if name.startswith(begun)]]
        for signal, begun in _BEGINNINGS.items()
    }
    curves = {signal: components.mean(axis=-1) for signal, components in found.items()}
    return curves | {"nodding": motion.neck[..., 0], "gaze": np.linalg.norm(motion.gaze, axis=-1)}


def correlation_with_truth(truth: Motion, performances: Sequence[Motion]) -> dict[str, float]:
    """Signal → correlation of the `performances`' mean with what people truly did, the mean over both people.

    nan where the true signal, or the mean, never moves.
    """
    frames = min(motion.frames for motion in (truth, *performances))
    true, made = signals(truth), [signals(motion) for motion in performances]
    found = {}
    for name in SIGNALS:
        expected = np.mean([curves[name][:, :frames] for curves in made], axis=0)
        people = [_correlation(true[name][who, :frames], expected[who]) for who in range(2)]
        known = [value for value in people if not np.isnan(value)]
        found[name] = float(np.mean(known)) if known else float("nan")
    return found


def coupling(motion: Motion) -> dict[str, float]:
    """Signal → correlation of both people's curves, the mean over shifts of at most a second to either side.

    0 by chance, whoever they are; positive where one smiles while the other does, or soon after. nan as in
    `correlation_with_truth`.
    """
    return {name: _coupled(*curves) for name, curves in signals(motion).items()}


def _coupled(first: np.ndarray, second: np.ndarray) -> float:
    shifted = [
        _correlation(first[max(-lag, 0) : len(first) - max(lag, 0)], second[max(lag, 0) : len(second) + min(lag, 0)])
        for lag in range(-_NEAR, _NEAR + 1)
    ]
    return float(np.mean(shifted))


def _correlation(first: np.ndarray, second: np.ndarray) -> float:
    if min(first.std(), second.std()) < _FLAT:
        return float("nan")
    return float(np.corrcoef(first, second)[0, 1])


OPEN: Final = 1.5
"""Millimetres beyond rest from which lips that should be silent count as moving."""

AWAY: Final = 0.3
"""Seconds from the own speech at which silence begins: lips part before a voice and come to rest after it."""

_SPEAKING: Final = 0.5


@dataclass(frozen=True)
class WrongMouth:
    """`open` frames out of `frames` in which one person alone speaks and the other one's lips are apart."""

    open: int
    frames: int

    def __add__(self, other: WrongMouth) -> WrongMouth:
        return WrongMouth(self.open + other.open, self.frames + other.frames)

    @property
    def share(self) -> float:
        """0 to 1, nan without such frames."""
        return self.open / self.frames if self.frames else float("nan")


def wrong_mouth(speaking: np.ndarray, made: Motion, face: Face) -> WrongMouth:
    """`speaking` [2, T] who truly speaks; both people together."""
    frames = min(speaking.shape[1], made.frames)
    silent = silent_while_the_other_speaks(speaking[:, :frames])
    gaps = opening(made, face)[:, :frames]
    return WrongMouth(int((gaps[silent] > OPEN).sum()), int(silent.sum()))


def silent_while_the_other_speaks(speaking: np.ndarray) -> np.ndarray:
    """[2, T] bool: this person is silent for 0.3 s around, and the other one speaks."""
    speaks = speaking > _SPEAKING
    reach = 2 * round(AWAY * FRAME_RATE) + 1
    near = maximum_filter1d(speaks.astype(np.int8), reach, axis=1, mode="constant").astype(bool)
    return np.asarray(~near & speaks[::-1])


def opening(motion: Motion, face: Face) -> np.ndarray:
    """[2, T] millimetres between each one's inner lips beyond rest."""
    order = [ARKIT_INDEX[name] for name in face.expression_names]
    return np.stack(
        [mouth_curves(face, motion.expression[who][:, order].astype(float), motion.jaw[who])[0] for who in range(2)]
    )
