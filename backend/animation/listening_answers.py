"""What a listener does about what is said: nods, smiles and brows at the ends of the other's phrases.

Without words a phrase says by its voice that it ends (the voice falls), that it is news (louder and livelier than the
others) or that it is a question; the other's smile says that it is funny or kind. What a face does already counts:
only what is missing is added.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from ..contract.arkit import ARKIT_INDEX
from ..contract.constants import FRAME_RATE
from ..contract.segments import SPEAKING
from ..prosody.phrases import Phrase
from .curves import raise_to, smooth_step, smoothed
from .events import Swings, render_swings
from .head_accents import brows_up
from .lip_closure import lip_gap, with_gap

_WORTH_AN_ANSWER: Final = 0.7
"""Seconds of a phrase below which there is nothing to answer."""

_NOD_DELAY: Final = (0.0, 0.3)
_NOD_SIZE: Final = np.radians((3.0, 5.0))
_NOD_HERTZ: Final = (1.6, 2.6)
_NODS_APART: Final = 2.0
"""Seconds after the phrase's end, radians, swings a second; one or two swings: a nod of a listener lasts 0.9–1.8 s."""

_NOD_THERE: Final = np.radians(2.0)
"""Radians of a dip that counts as a nod."""

_INVITED: Final = 0.45
"""Share of the phrase ends with the deepest fall of the voice that a person of ordinary nods answers with one."""

_SMILE_HALF_UP: Final = (0.35, 0.65)
"""Seconds from the phrase's end until a smile is half there."""

_SMILE: Final = (0.4, 0.6)
_SMILE_RISE, _SMILES_APART = 0.4, 4.0
_SMILED_AT: Final = 0.2
"""Smile of the other from which it is answered."""

_BACK_SMILED, _SMILED_ANYWAY = 0.8, 0.18
"""Chance of a smile at a phrase's end in a warm mood: where the other smiles, and elsewhere."""

_CLOSING_WARMTH: Final = 0.5
"""Warmth of a mood from which two people part with a smile."""

_NEWS: Final = 0.8
"""Spreads by which a phrase stands out that is news."""

_FLASHED: Final = 0.7
_FLASH_DELAY, _FLASH = (0.1, 0.35), (0.35, 0.55)
_FLASH_RISE, _FLASH_STAY, _FLASH_FALL = 0.12, 0.16, 0.3
"""Chance of a brow flash on news, seconds after its end, height; seconds of its rise, stay and fall."""

_FREE_BEFORE, _FREE_AFTER = 0.3, 0.2
"""Seconds around the phrase's end in which a listener says nothing: who takes the turn has other things to do."""


@dataclass(frozen=True)
class Listener:
    """`speaking` [T] probability that this person speaks; `expression` [T, 52], `jaw` [T] radians, `neck` [T, 3].

    `warmth` of the mood, 0 to about 1; habits `nods` a minute over the ordinary, `smiles` and `brows` as factors.
    """

    speaking: np.ndarray
    expression: np.ndarray
    jaw: np.ndarray
    neck: np.ndarray
    warmth: float
    nods: float = 1.0
    smiles: float = 1.0
    brows: float = 1.0


def answered(
    rng: np.random.Generator, listener: Listener, phrases: Sequence[Phrase], smile: np.ndarray, *, closes: bool
) -> tuple[np.ndarray, np.ndarray]:
    """`listener`'s expression [T, 52] and neck [T, 3] with the answers to the other's `phrases`.

    `smile` [T] of the other, 0 to 1; `closes` whether their last phrase ends the dialogue.
    """
    frames = len(listener.speaking)
    heard = [phrase for phrase in phrases if phrase.seconds >= _WORTH_AN_ANSWER and phrase.end * FRAME_RATE < frames]
    nods = _nods(rng, listener, heard)
    smiling = _smiles(rng, listener, heard, smile)
    if closes and phrases and listener.warmth >= _CLOSING_WARMTH:
        smiling = np.maximum(smiling, _closing_smile(rng, phrases[-1].end, frames))
    expression = np.maximum(listener.expression, brows_up(_flashes(rng, listener, heard)))
    return _with_smile(expression, listener, smiling), listener.neck + nods


def smile_of(expression: np.ndarray) -> np.ndarray:
    """[..., 52] → [...]: mean of both corners of the mouth."""
    sides = [ARKIT_INDEX[f"mouthSmile{side}"] for side in ("Left", "Right")]
    return np.asarray(expression[..., sides].mean(axis=-1))


def closing_smile(rng: np.random.Generator, speaker: Listener, end: float) -> np.ndarray:
    """The speaker's own part in the shared smile after the last phrase, which ends at `end` seconds: expression."""
    if speaker.warmth < _CLOSING_WARMTH:
        return speaker.expression
    return _with_smile(speaker.expression, speaker, _closing_smile(rng, end, len(speaker.speaking)))


def _nods(rng: np.random.Generator, listener: Listener, heard: Sequence[Phrase]) -> np.ndarray:
    frames = len(listener.speaking)
    size, hertz, count = (np.zeros(frames) for _ in range(3))
    last = -_NODS_APART
    for phrase in heard:
        invitation = 0.25 + 0.75 * phrase.fallen - (0.25 if phrase.asks else 0.0)
        chance, start = rng.random(), phrase.end + float(rng.uniform(*_NOD_DELAY))
        drawn = rng.uniform(*_NOD_SIZE), rng.uniform(*_NOD_HERTZ), rng.integers(1, 3)
        frame = round(start * FRAME_RATE)
        wanted = chance < _INVITED * invitation * listener.nods and start - last >= _NODS_APART
        if not wanted or frame >= frames or not _free(listener.speaking, phrase.end) or _nods_already(listener, frame):
            continue
        size[frame], hertz[frame], count[frame] = drawn
        last = start
    return render_swings(Swings(size, hertz, count), 0)


def _smiles(rng: np.random.Generator, listener: Listener, heard: Sequence[Phrase], smile: np.ndarray) -> np.ndarray:
    frames = len(listener.speaking)
    curve, last = np.zeros(frames), -_SMILES_APART
    for phrase in heard:
        seen = smile[max(0, round((phrase.end - 1.0) * FRAME_RATE)) : round((phrase.end + 0.2) * FRAME_RATE)]
        share = _BACK_SMILED if seen.max(initial=0.0) > _SMILED_AT else _SMILED_ANYWAY
        chance, strength, stay = rng.random(), float(rng.uniform(*_SMILE)), float(rng.uniform(0.6, 1.6))
        half = phrase.end + float(rng.uniform(*_SMILE_HALF_UP))
        if chance < share * listener.warmth * listener.smiles and half - last >= _SMILES_APART:
            raise_to(curve, half - _SMILE_RISE / 2, _SMILE_RISE, stay, 1.8 * _SMILE_RISE, strength)
            last = half
    return curve


def _closing_smile(rng: np.random.Generator, end: float, frames: int) -> np.ndarray:
    """[T]: comes after the last phrase and stays."""
    start, strength = end + float(rng.uniform(*_SMILE_HALF_UP)) - _SMILE_RISE / 2, float(rng.uniform(*_SMILE))
    return strength * smooth_step(np.arange(frames) / FRAME_RATE - start, 0.0, _SMILE_RISE)


def _flashes(rng: np.random.Generator, listener: Listener, heard: Sequence[Phrase]) -> np.ndarray:
    curve = np.zeros(len(listener.speaking))
    for phrase in heard:
        chance, height = rng.random(), float(rng.uniform(*_FLASH))
        start = phrase.end + float(rng.uniform(*_FLASH_DELAY))
        if phrase.lively > _NEWS and chance < _FLASHED * listener.brows:
            raise_to(curve, start, _FLASH_RISE, _FLASH_STAY, _FLASH_FALL, height)
    return curve


def _with_smile(expression: np.ndarray, person: Listener, smile: np.ndarray) -> np.ndarray:
    """`expression` [T, 52] with at least the `smile` [T] where this person is silent; the lips' gap stays."""
    silent = 1 - np.clip(smoothed(person.speaking, 0.12) * 2, 0, 1)  # [T]
    smiling = expression.copy()
    for name, share in (("mouthSmile", 1.0), ("cheekSquint", 0.6), ("eyeSquint", 0.25)):
        for side in ("Left", "Right"):
            column = ARKIT_INDEX[f"{name}{side}"]
            smiling[:, column] = np.maximum(smiling[:, column], share * smile * silent)
    return with_gap(smiling, person.jaw, lip_gap(expression, person.jaw))


def _free(speaking: np.ndarray, end: float) -> bool:
    first, stop = round((end - _FREE_BEFORE) * FRAME_RATE), round((end + _FREE_AFTER) * FRAME_RATE)
    return bool((speaking[max(0, first) : stop + 1] < SPEAKING).all())


def _nods_already(listener: Listener, frame: int) -> bool:
    around = listener.neck[max(0, frame - FRAME_RATE // 2) : frame + FRAME_RATE, 0]
    return bool(around.max() - np.median(around) > _NOD_THERE)
