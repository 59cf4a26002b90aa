"""Phrases of one voice: where they begin and end, what they stress, whether they rise, fall or stand out.

A phrase is speech between two pauses. An accent is its loudest, longest and highest vowels; without words these are the
tops of the loudness that have a pitch (compare Ward & Tsukahara 2000 for ends, Kochanski et al. 2005 for accents:
loudness tells more of them than pitch).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.signal import find_peaks, peak_widths

from ..contract.constants import FRAME_RATE, SAMPLE_RATE
from ..contract.segments import SPEAKING, runs_of
from .pitch import PITCH_RATE, pitch_of

BRIDGED: Final = 0.16
"""Seconds of silence that do not end a phrase: the stop of a P or K."""

_LEAST_PHRASE: Final = 0.12
_LEAST_STRESSED: Final = 0.35
"""Seconds: shorter ones are no speech; a phrase below the second, an mm-hm, stresses nothing."""

_TAIL: Final = 0.3
"""Seconds before the last voiced sound of a phrase whose pitch says whether it rises."""

_SOUNDS: Final = 30.0
"""Decibels below the loudest from which there is silence: who finds speech is generous at edges and pauses."""

_ASKS: Final = 1.5
_FALLS_BY: Final = 4.0
"""Semitones of the tail over the voice's median from which a phrase asks, and below it at which it has fallen."""

_SYLLABLES_APART, _SYLLABLE_PROMINENCE = 0.12, 3.0
"""Seconds and decibels between two tops of the loudness that are two syllables."""

_LOUDNESS_SECONDS: Final = 0.03
_DECIBELS, _SECONDS, _SEMITONES = 1 / 6, 4.0, 0.12
"""What a decibel, a second of length and a semitone count for in an accent; as in the rehearsals."""

_ACCENTS_APART: Final = 0.7
_ACCENT_EACH: Final = 1.75
"""Seconds between two accents at least, and of phrase that has one: one or two in a phrase of ordinary length."""

_FAINT_ACCENT: Final = 0.1


@dataclass(frozen=True)
class Accent:
    """A stressed vowel: `time` seconds of its middle, `strength` from 0 to 1."""

    time: float
    strength: float


@dataclass(frozen=True)
class Phrase:
    """Speech from `start` to `end` seconds with its `accents`.

    `tail` semitones of its end over the median of the voice, 0 where nothing is voiced; `lively` how far its loudness
    and the range of its pitch stand out among the phrases of the same voice, in standard deviations.
    """

    start: float
    end: float
    accents: tuple[Accent, ...] = ()
    tail: float = 0.0
    lively: float = 0.0

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return self.end - self.start

    @property
    def asks(self) -> bool:
        """Whether the voice rises at its end, as in most questions that want a yes or no."""
        return self.tail > _ASKS

    @property
    def fallen(self) -> float:
        """How far the voice has fallen at the end: 0.5 level, 1 four semitones below its median, 0 as far above."""
        return float(np.clip(0.5 - self.tail / (2 * _FALLS_BY), 0, 1))


Phrases = tuple[Phrase, ...]
SILENT: Final[tuple[Phrases, Phrases]] = ((), ())
"""Two people of whose voices nothing is known."""


@dataclass(frozen=True)
class _Voiced:
    """One phrase measured: `pitch` [n] Hz at PITCH_RATE from `start` on, `loudness` [n] decibels."""

    start: float
    end: float
    pitch: np.ndarray
    loudness: np.ndarray


def phrases_of(samples: np.ndarray, speaking: np.ndarray) -> Phrases:
    """Find the phrases of one voice: `samples` [N] at SAMPLE_RATE, `speaking` [T] probability that this person speaks.

    In a mix of both voices what `speaking` says is this person's counts as theirs.
    """
    voiced = [phrase for start, end in phrase_spans(speaking) for phrase in _measured(samples, start, end)]
    known = np.concatenate([phrase.pitch[np.isfinite(phrase.pitch)] for phrase in voiced] or [np.zeros(0)])
    if not len(known):
        return tuple(Phrase(phrase.start, phrase.end) for phrase in voiced)
    height = [12 * np.log2(phrase.pitch / np.median(known)) for phrase in voiced]  # semitones
    lively = _standing_out(voiced, height)
    return tuple(
        Phrase(phrase.start, phrase.end, _accents(phrase, semitones), _tail(semitones), stands_out)
        for phrase, semitones, stands_out in zip(voiced, height, lively, strict=True)
    )


def phrase_frames(speaking: np.ndarray, pause: float, rate: float = FRAME_RATE) -> list[tuple[int, int]]:
    """(first frame, frame after the last) of every phrase in `speaking` [T], `rate` frames a second.

    A silence shorter than `pause` seconds belongs to its phrase.
    """
    return runs_of(_bridged(speaking > SPEAKING, pause * rate))


def phrase_spans(
    speaking: np.ndarray, pause: float = BRIDGED, least: float = _LEAST_PHRASE
) -> list[tuple[float, float]]:
    """Start and end in seconds of every phrase of at least `least` seconds in `speaking` [T]; `pause` as above."""
    spans = [(first / FRAME_RATE, stop / FRAME_RATE) for first, stop in phrase_frames(speaking, pause)]
    return [(start, end) for start, end in spans if end - start >= least]


def _measured(samples: np.ndarray, start: float, end: float) -> list[_Voiced]:
    """What sounds from `start` to `end` seconds, measured: one phrase, or several with pauses between."""
    part = samples[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)]
    if len(part) < SAMPLE_RATE // PITCH_RATE:
        return []
    hop = SAMPLE_RATE // PITCH_RATE
    # Differences of samples weigh low frequencies less, in which vowels hardly differ from hums.
    power = np.square(np.diff(part, prepend=part[:1]), dtype=np.float64)
    count = len(power) // hop
    steps = gaussian_filter1d(power[: count * hop].reshape(count, hop).mean(axis=1), _LOUDNESS_SECONDS * PITCH_RATE)
    loudness, pitch = 10 * np.log10(steps + 1e-12), pitch_of(part)[:count]
    loud = _bridged(loudness > loudness.max() - _SOUNDS, BRIDGED * PITCH_RATE)
    return [
        _Voiced(start + first / PITCH_RATE, start + stop / PITCH_RATE, pitch[first:stop], loudness[first:stop])
        for first, stop in runs_of(loud)
        if stop - first >= _LEAST_PHRASE * PITCH_RATE
    ]


def _bridged(flags: np.ndarray, longest: float) -> np.ndarray:
    """`flags` [n] bool with every gap of fewer than `longest` values filled."""
    whole = flags.copy()
    for first, stop in runs_of(~flags):
        if first > 0 and stop < len(flags) and stop - first < longest:
            whole[first:stop] = True
    return whole


def _accents(phrase: _Voiced, semitones: np.ndarray) -> tuple[Accent, ...]:
    """The strongest syllables, in order; at least one, unless the phrase is short or nothing in it is voiced."""
    if phrase.end - phrase.start < _LEAST_STRESSED:
        return ()
    # A phrase may begin or end on its loudest syllable.
    framed = np.pad(phrase.loudness, 1, constant_values=phrase.loudness.min() - _SYLLABLE_PROMINENCE)
    tops, _ = find_peaks(framed, prominence=_SYLLABLE_PROMINENCE, distance=max(1, round(_SYLLABLES_APART * PITCH_RATE)))
    lengths = peak_widths(framed, tops, rel_height=0.5)[0] / PITCH_RATE  # [n] seconds
    tops -= 1
    near = round(0.05 * PITCH_RATE)
    highest = np.array([_highest(semitones[max(0, top - near) : top + near + 1]) for top in tops])
    voiced = np.isfinite(highest)
    tops, highest, lengths = tops[voiced], highest[voiced], lengths[voiced]
    if not len(tops):
        return ()
    scores = _DECIBELS * phrase.loudness[tops] + _SECONDS * np.minimum(lengths, 0.4) + _SEMITONES * highest
    strengths = np.clip(scores - np.median(scores), 0, 1)
    chosen = strongest(tops / PITCH_RATE, scores, accents_in(phrase.end - phrase.start))
    chosen = [chosen[0], *(index for index in chosen[1:] if strengths[index] > _FAINT_ACCENT)]
    return tuple(Accent(phrase.start + float(tops[i]) / PITCH_RATE, float(strengths[i])) for i in sorted(chosen))


def accents_in(seconds: float) -> int:
    """How many accents a phrase of `seconds` has at most: one for each 1.75 s."""
    return int(np.ceil(seconds / _ACCENT_EACH))


def strongest(times: np.ndarray, scores: np.ndarray, most: int) -> list[int]:
    """Which vowels of one phrase are stressed, `most` of them at most, 0.7 s apart, the strongest first.

    `times` [n] seconds, `scores` [n].
    """
    chosen: list[int] = []
    for index in np.argsort(-scores, kind="stable").tolist():
        apart = all(abs(times[index] - times[other]) >= _ACCENTS_APART for other in chosen)
        if len(chosen) < most and apart:
            chosen.append(index)
    return chosen


def _highest(semitones: np.ndarray) -> float:
    known = semitones[np.isfinite(semitones)]
    return float(np.clip(known.max(), -6, 6)) if len(known) else float("nan")


def _tail(semitones: np.ndarray) -> float:
    known = np.flatnonzero(np.isfinite(semitones))
    if len(known) < 4:  # noqa: PLR2004  (fewer are an error of the tracker)
        return 0.0
    last = semitones[known[known > known[-1] - _TAIL * PITCH_RATE]]
    return float(np.clip(np.median(last), -8, 8))


def _standing_out(voiced: list[_Voiced], height: list[np.ndarray]) -> list[float]:
    """How lively each phrase is among all: spreads above the mean of loudness and of the range of its pitch."""
    ranges = [float(np.ptp(np.nanpercentile(high, (10, 90)))) if np.isfinite(high).any() else 0.0 for high in height]
    loud = [float(np.percentile(phrase.loudness, 90)) for phrase in voiced]
    table = np.array([ranges, loud])  # [2, n]
    spread = np.maximum(table.std(axis=1, keepdims=True), np.array([[0.5], [1.0]]))  # semitones, decibels
    return [float(value) for value in ((table - table.mean(axis=1, keepdims=True)) / spread).mean(axis=0)]
