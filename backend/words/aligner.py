"""Forced alignment of phones in a stretch of speech by pocketsphinx (BSD-2, English).

Of a window of the text it finds the part that is said: the grammar may begin at any word, leave words out and end
anywhere. That keeps one wrong sentence from derailing the next.
"""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from ..contract.constants import SAMPLE_RATE
from ..contract.errors import DuologueError, ExitCode
from ..contract.installation import remedy
from .availability import PYTHONS_WITH_ALIGNER, has_aligner_build
from .spoken_words import Dictionary, SpokenWord

_FRAME: Final = 0.01
"""Seconds between pocketsphinx's frames."""

_FRAME_CENTRE: Final = 0.008
"""Seconds from a frame's nominal time to where the sound it is about lies: the middle of its 25.6 ms window, less half
a frame because a boundary falls between two frames."""

_SHORTEST: Final = 0.1
_LOUDEST: Final = 0.7 * 32767
_MOST_GAIN: Final = 100.0
_CHANCES: Final = (0.5, 0.02, 0.01)
"""That the next word of the text comes next, or the one after it, or the one after that; they need not add up."""

_BEGINS_HERE: Final = 0.3
_FARTHER: Final = 0.9
_ANYWHERE: Final = 1e-4
"""Chance that a stretch begins at the expected word, how it falls with each word off, and the least it falls to."""


@dataclass(frozen=True)
class AlignedWord:
    """A word of the text in the sound.

    `index` into the text; `start` and `end` in seconds; `phones` (start, end, CMU name in lower case) from `start` to
    `end` without a hole; `score` a frame, 0 at best: −15 is usual, −50 what wrong words get.
    """

    index: int
    start: float
    end: float
    phones: tuple[tuple[float, float, str], ...]
    score: float


def load_aligner() -> Any:
    """The library pocketsphinx. Raises DuologueError (DEPENDENCY_MISSING)."""
    try:
        return importlib.import_module("pocketsphinx")
    except (ImportError, OSError) as error:  # OSError: its shared library does not load
        raise _missing(str(error)) from error


def load_dictionary() -> Dictionary:
    """The CMU pronouncing dictionary that comes with pocketsphinx. Raises DuologueError (DEPENDENCY_MISSING)."""
    path = Path(load_aligner().get_model_path("en-us/cmudict-en-us.dict"))
    known: dict[str, list[str]] = defaultdict(list)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _missing(str(error)) from error
    for line in text.splitlines():
        word, _, phones = line.partition(" ")
        known[word.partition("(")[0]].append(phones)
    # Only what is asked for is split: a text has hundreds of words, the dictionary 126,000.
    return lambda word: tuple(tuple(phones.split()) for phones in known.get(word, ()))


def _missing(error: str) -> DuologueError:
    """The remedy is another Python where this one has no build, and set-up where it has one."""
    if has_aligner_build():
        why = f"which the backend's Python ({sys.executable}) cannot load: {error}"
        fix = f"{remedy()} for sharper lips."
    else:
        why = f"which has no build for this Python ({sys.executable})"
        fix = f"Set up the backend with Python {' or '.join(PYTHONS_WITH_ALIGNER)} for sharper lips."
    return DuologueError(ExitCode.DEPENDENCY_MISSING, f"Transcripts need pocketsphinx, {why}.", fix)


class Aligner:
    """pocketsphinx with the words of one text as its whole vocabulary."""

    def __init__(self, words: Sequence[SpokenWord]) -> None:
        """Raises DuologueError (DEPENDENCY_MISSING)."""
        library = load_aligner()
        self._words = len(words)
        path = _write_vocabulary(words)
        try:
            self._decoder = library.Decoder(
                hmm=library.get_model_path("en-us/en-us"),
                dict=str(path),
                lm=None,
                samprate=SAMPLE_RATE,
                bestpath=False,
                beam=1e-80,
                wbeam=1e-60,
                pbeam=1e-80,
                loglevel="FATAL",
            )
        finally:
            path.unlink()

    def align(self, samples: np.ndarray, window: range, expected: int) -> tuple[AlignedWord, ...]:
        """What of the text is said in `samples` [n] float32 at SAMPLE_RATE; times from their beginning.

        `window` are the indices of words that may be said, `expected` the likeliest one to begin. Always finds
        something where the window is not empty and the sound is long enough: the scores show whether it is right.
        """
        if not window or len(samples) < _SHORTEST * SAMPLE_RATE:
            return ()
        grammar = self._decoder.create_fsg("window", 0, len(window) + 1, _transitions(window, expected))
        self._decoder.add_fsg("window", grammar)
        self._decoder.activate_search("window")
        # 16 bits, as loud as they go: a quiet track must not drown in its rounding
        peak = float(np.abs(samples).max(initial=0.0)) * 32767
        gain = min(_LOUDEST / max(peak, 1e-9), _MOST_GAIN)
        sound = (samples * (32767 * gain)).astype("<i2").tobytes()
        if not self._decode(sound) or self._decoder.hyp() is None:
            return ()
        self._decoder.set_alignment()
        if not self._decode(sound):
            return ()
        # Words and phones live only as long as the alignment that they come from.
        alignment = self._decoder.get_alignment()
        found = (
            [_aligned_word(word) for word in alignment if word.name.startswith("w")] if alignment is not None else []
        )
        del alignment
        return tuple(found)

    def _decode(self, sound: bytes) -> bool:
        """Run what is set up over `sound`; False where it comes to no end, as with sound that is none of the words."""
        self._decoder.start_utt()
        self._decoder.process_raw(sound, full_utt=True)
        try:
            self._decoder.end_utt()
        except RuntimeError:  # all that pocketsphinx says; it is ready for the next one
            return False
        return True


def _write_vocabulary(words: Sequence[SpokenWord]) -> Path:
    """Every place in the text is a word of its own, so that a recognised word says where in the text it is."""
    lines = [
        f"{_name(index)}{'' if number == 0 else f'({number + 1})'} {' '.join(reading)}"
        for index, word in enumerate(words)
        for number, reading in enumerate(word.readings)
    ]
    handle, name = tempfile.mkstemp(suffix=".dict", prefix="duologue-")
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write("\n".join(lines) + "\n")
    return Path(name)


def _transitions(window: range, expected: int) -> list[tuple[int, int, float, str]]:
    """(from, to, chance, word) over states 0, nothing said yet; k, the window's k-th word said last; and the end.

    No transition is without a word: the second pass cannot align those.
    """
    end = len(window) + 1
    found = []
    for state, index in enumerate(window, start=1):
        begin = max(_BEGINS_HERE * _FARTHER ** abs(index - expected), _ANYWHERE)
        before = [(0, begin)]
        before += [
            (state - 1 - left_out, chance) for left_out, chance in enumerate(_CHANCES) if state - 1 - left_out > 0
        ]
        for earlier, chance in before:
            found.append((earlier, state, chance, _name(index)))
            found.append((earlier, end, chance, _name(index)))
    return found


def _aligned_word(word: Any) -> AlignedWord:
    phones = tuple(
        (_seconds(phone.start), _seconds(phone.start + phone.duration), phone.name.lower()) for phone in word
    )
    index = int(word.name.partition("(")[0][1:])
    return AlignedWord(index, phones[0][0], phones[-1][1], phones, word.score / max(word.duration, 1))


def _seconds(frame: int) -> float:
    return round(frame * _FRAME + _FRAME_CENTRE, 3)


def _name(index: int) -> str:
    return f"w{index}"
