"""Lip articulation from aligned words: where words are sure, the mouth follows the coarticulation rules for phones.

Two things stay the engine's: how far the mouth opens, and the smile or frown that lies over the speech.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from scipy.ndimage import gaussian_filter1d, median_filter

from ..animation.face_bands import sides_like, within_bands
from ..animation.lips import OPEN_HEAD_LIPS, Lips, lips_of, settle_lips, with_life
from ..animation.phones import SpeechRun
from ..contract.arkit import ARKIT_NAMES, SPOKEN_COMPONENTS
from ..contract.constants import FRAME_RATE, SAMPLE_RATE
from ..engines.base import Motion
from .forced_alignment import CheckedWord

_MOODS: Final = tuple(
    index
    for index, name in enumerate(ARKIT_NAMES)
    if name.startswith(("mouthSmile", "mouthFrown", "mouthDimple", "mouthLeft", "mouthRight", "mouthShrug"))
)
"""Components that a mood holds for longer than a phone."""

_PAUSE: Final = 0.3
"""Seconds without a phone after which the mouth comes to rest in between."""

_LEAD, _LAG = 0.2, 0.16
"""Seconds before and after the words, into the silence, in which the lips part and close again."""

_FADE: Final = 0.08
"""Seconds of cross-fade, from the engine's mouth to the words' and back."""

_MOOD_SECONDS: Final = 1.0
_LEVEL_SECONDS: Final = 1.5
"""Over as much it is compared how far the engine and the rules open the mouth."""

_LEAST_OPENING, _MOST_OPENING = 0.7, 1.3
_ARTICULATION: Final = 1.0


def with_articulated_lips(
    motion: Motion, person: int, fitted: Sequence[Sequence[CheckedWord]], track: np.ndarray
) -> Motion:
    """`motion` with the mouth of `person` articulating the words of `fitted`; `track` [N] is what this person says.

    Nothing changes where no word is sure. `fitted` as `fitting.fit_words` gives it.
    """
    weight = word_weight(fitted, motion.frames)  # [T]
    if not weight.any():
        return motion
    lips = lips_of(_speech_runs(fitted, track), motion.frames, _ARTICULATION)
    engine_expression, engine_jaw = motion.expression[person], motion.jaw[person, :, 0]
    lips = _scaled_opening(lips, engine_jaw / OPEN_HEAD_LIPS.jaw_open_radians, weight)
    spoken = _with_mood(lips, engine_expression)
    expression, jaw = motion.expression.copy(), motion.jaw.copy()
    share = weight[:, None]
    parts = list(SPOKEN_COMPONENTS)
    expression[person][:, parts] = engine_expression[:, parts] * (1 - share) + spoken[:, parts] * share
    jaw[person, :, 0] = engine_jaw * (1 - weight) + lips.jaw * OPEN_HEAD_LIPS.jaw_open_radians * weight
    return replace(motion, expression=expression, jaw=jaw)


def word_weight(fitted: Sequence[Sequence[CheckedWord]], frames: int) -> np.ndarray:
    """[T] weight of the words, 0 to 1; 0 leaves the engine's mouth as it is."""
    times = np.arange(frames) / FRAME_RATE
    weight = np.zeros(frames)
    for words in fitted:
        sure = np.array([0, *(word.sure for word in words), 0], np.int8)
        changes = np.flatnonzero(np.diff(sure))
        for first, last in zip(changes[::2].tolist(), changes[1::2].tolist(), strict=True):
            before = _LEAD if first == 0 or _gap(words, first) > _PAUSE else 0.0
            after = _LAG if last == len(words) or _gap(words, last) > _PAUSE else 0.0
            start, end = words[first].word.start - before, words[last - 1].word.end + after
            inside = np.minimum(times - start, end - times) / _FADE + 0.5  # the fade lies around the border
            weight = np.maximum(weight, np.clip(inside, 0, 1))
    return weight


def _gap(words: Sequence[CheckedWord], at: int) -> float:
    """Seconds between the word before `at` and the one at it."""
    return words[at].word.start - words[at - 1].word.end


def _speech_runs(fitted: Sequence[Sequence[CheckedWord]], track: np.ndarray) -> list[SpeechRun]:
    """Phones between pauses. Words that are not sure are in it too, for the mouth to come from and go to."""
    runs: list[SpeechRun] = []
    for words in fitted:
        run: list[CheckedWord] = []
        for word in words:
            if run and word.word.start - run[-1].word.end > _PAUSE:
                runs.append(_speech_run(run, track))
                run = []
            run.append(word)
        if run:
            runs.append(_speech_run(run, track))
    return sorted(runs, key=lambda run: run.start)


def _speech_run(run: Sequence[CheckedWord], track: np.ndarray) -> SpeechRun:
    start, end = run[0].word.start, run[-1].word.end
    phones = tuple(phone for word in run for phone in word.word.phones)
    samples = track[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)]
    return SpeechRun(start, phones, samples)


def _scaled_opening(lips: Lips, engine: np.ndarray, weight: np.ndarray) -> Lips:
    """`lips` opened as far as the engine's jaw `engine` [T], 0 to 1, is in the second around: loud or mumbled."""
    spread = _LEVEL_SECONDS * FRAME_RATE

    def level(jaw: np.ndarray) -> np.ndarray:
        return np.asarray(np.sqrt(gaussian_filter1d(weight * np.maximum(jaw, 0) ** 2, spread)))

    own = level(lips.jaw)
    scale = np.where(own > 1e-3, level(engine) / np.maximum(own, 1e-3), 1.0)  # noqa: PLR2004  (a mouth at rest)
    scale = np.clip(scale, _LEAST_OPENING, _MOST_OPENING)  # [T]
    return replace(lips, jaw=lips.jaw * scale, gap=lips.gap * scale)


def _with_mood(lips: Lips, engine: np.ndarray) -> np.ndarray:
    """[T, 52] the words' expression, as lopsided and with the smile or frown of `engine` [T, 52] over it, settled."""
    window = round(_MOOD_SECONDS * FRAME_RATE) | 1
    mood = np.zeros_like(engine)
    for index in _MOODS:
        slow = median_filter(engine[:, index] - lips.expression[:, index], window, mode="nearest")
        mood[:, index] = np.clip(slow, 0, 1)
    settled = np.clip(settle_lips(lips, with_life(lips.expression, mood)), 0, 1)
    return np.asarray(np.clip(sides_like(within_bands(settled), engine), 0, 1), np.float32)
