"""The script of a rehearsal: who says what next, and in which spirit."""

# ruff: noqa: PLR2004 - chances and sizes of a distribution are read best where they are drawn

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from . import sentences

Act = Literal["greeting", "statement", "question", "answer", "backchannel", "farewell"]
Feeling = Literal["neutral", "warm", "funny", "sad", "surprised", "cross"]

_FEELING_SENTENCES: Final[dict[Feeling, tuple[str, ...]]] = {
    "neutral": sentences.STATEMENTS,
    "warm": sentences.AGREEMENTS,
    "funny": sentences.FUNNY,
    "sad": sentences.SAD,
    "surprised": sentences.SURPRISED,
    "cross": sentences.DISAGREEMENTS,
}

_MOODS: Final[dict[str, dict[Feeling, float]]] = {
    "easy": {"neutral": 0.62, "warm": 0.18, "funny": 0.1, "surprised": 0.07, "sad": 0.01, "cross": 0.02},
    "serious": {"neutral": 0.7, "warm": 0.08, "funny": 0.01, "surprised": 0.03, "sad": 0.12, "cross": 0.06},
    "arguing": {"neutral": 0.5, "warm": 0.02, "funny": 0.01, "surprised": 0.07, "sad": 0.04, "cross": 0.36},
    "merry": {"neutral": 0.4, "warm": 0.25, "funny": 0.22, "surprised": 0.12, "sad": 0.0, "cross": 0.01},
}
MOODS: Final = tuple(_MOODS)

_NEGATION: Final = re.compile(r"\b(no|not|never|nobody|isn't|don't|doesn't|wouldn't|haven't|couldn't)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Line:
    """One sentence of `person` (0 or 1)."""

    person: int
    text: str
    act: Act
    feeling: Feeling = "neutral"

    @property
    def negates(self) -> bool:
        """Whether the sentence denies something, which invites a head shake."""
        return _NEGATION.search(self.text) is not None


def draw_turn(rng: np.random.Generator, person: int, mood: str, previous: Line | None) -> tuple[Line, ...]:
    """One turn of `person`: one to five lines, answering `previous` where that was a question.

    Turn lengths are very skewed, as in conversation: most are one line.
    """
    if previous is None and rng.random() < 0.5:
        return (_line(rng, person, "greeting", "warm", sentences.GREETINGS),)
    count = 1 + min(4, int(rng.geometric(0.55)) - 1)
    lines = []
    if previous is not None and previous.act == "question":
        lines.append(_line(rng, person, "answer", "neutral", sentences.ANSWERS))
        count -= int(rng.random() < 0.5)
    lines += [_statement(rng, person, mood) for _ in range(count)]
    if rng.random() < 0.28:
        lines.append(_line(rng, person, "question", "neutral", sentences.QUESTIONS))
    if rng.random() < 0.03:
        lines.append(_line(rng, person, "farewell", "warm", sentences.FAREWELLS))
    return tuple(lines)


def draw_backchannel(rng: np.random.Generator, person: int, heard: Line) -> Line:
    """A short sign of listening to `heard`."""
    feeling: Feeling = heard.feeling if heard.feeling in ("warm", "funny", "surprised", "sad") else "neutral"
    return Line(person, str(rng.choice(sentences.BACKCHANNELS)), "backchannel", feeling)


def _statement(rng: np.random.Generator, person: int, mood: str) -> Line:
    shares = _MOODS[mood]
    feeling: Feeling = list(shares)[int(rng.choice(len(shares), p=list(shares.values())))]
    choices = _FEELING_SENTENCES[feeling]
    if feeling == "neutral" and rng.random() < 0.2:
        choices = sentences.LONG_STATEMENTS
    line = _line(rng, person, "statement", feeling, choices)
    if rng.random() < 0.2:
        opener = str(rng.choice(sentences.HESITATIONS))
        line = Line(person, f"{opener} {line.text[0].lower()}{line.text[1:]}", line.act, line.feeling)
    return line


def _line(rng: np.random.Generator, person: int, act: Act, feeling: Feeling, choices: tuple[str, ...]) -> Line:
    template = choices[int(rng.integers(len(choices)))]
    words = {slot: str(rng.choice(options)) for slot, options in sentences.SLOTS.items()}
    return Line(person, template.format(**words), act, feeling)
