"""The script of a rehearsal: who says what next, about which topic and with which feeling."""

# ruff: noqa: PLR2004 - chances and sizes of a distribution are read best where they are drawn

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from ..speech.voice import Voice
from .people import Feeling, draw_feeling
from .repertoire import choices_of, filled, opened
from .sentences import SENTENCES, Topic

Act = Literal["greeting", "statement", "question", "answer", "backchannel", "farewell"]

_FEELING_SENTENCES: Final[dict[Feeling, tuple[str, ...]]] = {
    "neutral": SENTENCES.statements,
    "warm": SENTENCES.agreements,
    "tender": SENTENCES.tender,
    "funny": SENTENCES.funny,
    "sad": SENTENCES.sad,
    "surprised": SENTENCES.surprised,
    "cross": SENTENCES.disagreements,
    "polite": SENTENCES.polite,
}

_ANY_TOPIC: Final = Topic(SENTENCES.statements, SENTENCES.questions, SENTENCES.answers)

_SHORT_SHARE: Final = 0.55
"""Share of turns of about a second: half of all turns are no longer than 1–2 s (docs/developers/rehearsals.md)."""

_SECOND_SHARE: Final = 0.12
"""Share of short replies that a second one follows."""

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

    @property
    def asks(self) -> bool:
        """Whether it ends as a question does."""
        return self.text.rstrip().endswith("?")


def draw_topic(rng: np.random.Generator, previous: str | None = None) -> str:
    """Draw a topic of SENTENCES other than `previous`."""
    return str(rng.choice([name for name in SENTENCES.topics if name != previous]))


def draw_turn(
    rng: np.random.Generator,
    person: int,
    mood: str,
    previous: Line | None,
    topic: str | None = None,
    voice: Voice | None = None,
) -> tuple[Line, ...]:
    """Draw one turn of `person`: one to five lines about `topic`, answering `previous` where that was a question.

    Without a topic only what fits anywhere is said (the general tables).
    It draws from what `voice` says (`repertoire`), or from everything.
    Turn lengths are very skewed, as in conversation: half are a few words, and a few are stories.
    """
    if previous is None and rng.random() < 0.5:
        return (_line(rng, person, "greeting", "warm", SENTENCES.greetings, voice),)
    about, asked = SENTENCES.topics.get(topic or "", _ANY_TOPIC), previous is not None and previous.act == "question"
    if previous is not None and rng.random() < _SHORT_SHARE:
        reply = _short_reply(rng, person, mood, voice, asked=asked)
        more = reply.act != "question" and rng.random() < _SECOND_SHARE
        return (reply, _short_reply(rng, person, mood, voice, asked=False)) if more else (reply,)
    count = 1 + min(4, int(rng.geometric(0.55)) - 1)
    lines = []
    if asked:
        lines.append(_line(rng, person, "answer", "neutral", _either(rng, about.answers, SENTENCES.answers), voice))
        count -= int(rng.random() < 0.5)
    lines += [_statement(rng, person, mood, about, voice) for _ in range(count)]
    if rng.random() < 0.28:
        asking = _either(rng, about.questions, SENTENCES.questions)
        lines.append(_line(rng, person, "question", "neutral", asking, voice))
    if rng.random() < 0.02:
        lines.append(_line(rng, person, "farewell", "warm", SENTENCES.farewells, voice))
    return tuple(lines)


def draw_backchannel(rng: np.random.Generator, person: int, line: Line, voice: Voice | None = None) -> Line:
    """Draw a backchannel to `line`, among those that `voice` says (`repertoire`)."""
    feeling: Feeling = line.feeling if line.feeling in ("warm", "tender", "funny", "surprised", "sad") else "neutral"
    return Line(person, str(rng.choice(choices_of(voice, SENTENCES.backchannels))), "backchannel", feeling)


def _short_reply(rng: np.random.Generator, person: int, mood: str, voice: Voice | None, *, asked: bool) -> Line:
    if asked:
        return _line(rng, person, "answer", "neutral", SENTENCES.short_answers, voice)
    if rng.random() < 0.22:
        return _line(rng, person, "question", "neutral", SENTENCES.short_questions, voice)
    feeling = draw_feeling(rng, mood)
    return _line(rng, person, "statement", feeling, SENTENCES.short_replies[feeling], voice)


def _statement(rng: np.random.Generator, person: int, mood: str, about: Topic, voice: Voice | None) -> Line:
    feeling = draw_feeling(rng, mood)
    choices = _FEELING_SENTENCES[feeling]
    if feeling == "neutral":
        choices = _either(rng, about.statements, choices)
        choices = SENTENCES.long_statements if rng.random() < 0.12 else choices
    line = _line(rng, person, "statement", feeling, choices, voice)
    return Line(person, opened(rng, voice, line.text), line.act, line.feeling)


def _either(rng: np.random.Generator, own: tuple[str, ...], general: tuple[str, ...]) -> tuple[str, ...]:
    """Draw the table of the topic (60 %) or the general one."""
    return own if rng.random() < 0.6 else general


def _line(
    rng: np.random.Generator, person: int, act: Act, feeling: Feeling, table: tuple[str, ...], voice: Voice | None
) -> Line:
    choices = choices_of(voice, table)
    template = choices[int(rng.integers(len(choices)))]
    return Line(person, filled(rng, voice, template), act, feeling)
