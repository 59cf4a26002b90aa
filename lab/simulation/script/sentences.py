"""What people say in a rehearsal: the sentences of sentences.toml, by dialogue act, feeling and topic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..tables import read_table
from .people import Feeling

Sentence = str
"""Words with slots in braces, or phones in square brackets."""


@dataclass(frozen=True)
class Topic:
    """Sentences about one topic; `answers` fit any of its `questions`."""

    statements: tuple[Sentence, ...]
    questions: tuple[Sentence, ...]
    answers: tuple[Sentence, ...]


@dataclass(frozen=True)
class Sentences:
    """All sentences. A table is a tuple; `short_replies` feeling → table, `topics` name → topic, `slots` name → words.

    The order of the fields is that in which `repertoire` lists the tables.
    """

    greetings: tuple[Sentence, ...]
    statements: tuple[Sentence, ...]
    long_statements: tuple[Sentence, ...]
    questions: tuple[Sentence, ...]
    answers: tuple[Sentence, ...]
    agreements: tuple[Sentence, ...]
    disagreements: tuple[Sentence, ...]
    funny: tuple[Sentence, ...]
    sad: tuple[Sentence, ...]
    surprised: tuple[Sentence, ...]
    tender: tuple[Sentence, ...]
    polite: tuple[Sentence, ...]
    short_questions: tuple[Sentence, ...]
    short_answers: tuple[Sentence, ...]
    hesitations: tuple[str, ...]
    backchannels: tuple[Sentence, ...]
    farewells: tuple[Sentence, ...]
    short_replies: Mapping[Feeling, tuple[Sentence, ...]]
    slots: Mapping[str, tuple[str, ...]]
    topics: Mapping[str, Topic]


SENTENCES: Final[Sentences] = read_table(Path(__file__).with_name("sentences.toml"), Sentences)
