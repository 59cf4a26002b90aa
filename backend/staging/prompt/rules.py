"""What vocabulary and rules read in a sentence: with typing errors corrected, stand-ins for the words that call people,
and whatever the grammar tells better than the order of words does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from tokenizers import Tokenizer

from .denial import denied_by_grammar
from .grammar import Parse
from .inference import Inference
from .model.people import marks_of
from .naming import named
from .reading import read_tokens
from .statements import Reading, merge_modifiers
from .tokens import names_of, tokens_of
from .unknown_words import typing_errors
from .whose import passives_by_grammar

_LONG: Final = 5
"""Letters: whatever is shorter may be a name, an abbreviation or a part of a word."""

NO_WORDS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Seen:
    """What is known of a sentence before the rules read it: by which words it calls the speakers (empty: by none), its
    grammar, and the `tokenizer` that knows everyday words; None where they are not installed.
    """

    called: tuple[str, str] = ("", "")
    parse: Parse | None = None
    tokenizer: Tokenizer | None = None


@dataclass(frozen=True)
class RulesRead:
    """The `reading`, and corrected words as `inferences`."""

    reading: Reading
    inferences: tuple[Inference, ...]


def read_by_rules(
    text: str,
    names: tuple[str, str],
    seen: Seen,
    without: Collection[str] = (),
    similar: Mapping[str, str] = NO_WORDS,
) -> RulesRead:
    """Read `text` about the speakers called `names`; `similar`: words that no vocabulary has → the mood that they mean.

    Corrections whose keys are in `without` are left out.
    """
    written = named(text, seen.called, names, seen.parse)
    tokens = tokens_of(written.text)
    reading = read_tokens(tokens, written.names, similar)
    meant = typing_errors(reading.unknown, tuple(names_of(written.names)), lambda word: _is_word(word, seen.tokenizer))
    corrected = {word: known for word, known in meant.items() if spelling_key(word) not in without}
    if corrected:
        tokens = [corrected.get(token, token) for token in tokens]
        reading = read_tokens(tokens, written.names, similar)
    misspelt = {known: word for word, known in corrected.items() if known not in tokens_of(text)}

    def as_written(phrase: str) -> str:
        return written.as_written(" ".join(misspelt.get(word, word) for word in phrase.split()))

    reading = replace(_in_own_words(merge_modifiers(reading), as_written), misspelt=tuple(misspelt.values()))
    if seen.parse is not None:
        people = marks_of(text, seen.called)
        reading = passives_by_grammar(denied_by_grammar(reading, seen.parse), seen.parse, people)
    inferences = (Inference(spelling_key(word), word, f"read as “{known}”") for word, known in corrected.items())
    return RulesRead(reading, tuple(inferences))


def spelling_key(word: str) -> str:
    """The key of the inference that `word` is a typing error."""
    return f"spelling:{word}"


def _is_word(word: str, tokenizer: Tokenizer | None) -> bool:
    """Whether `word` is so common that the encoder has it whole; then it is no typing error, unless it is short."""
    return tokenizer is not None and len(word) >= _LONG and tokenizer.token_to_id(word) is not None


def _in_own_words(reading: Reading, as_written: Callable[[str], str]) -> Reading:
    """`reading` with phrases as the sentence has them, without stand-ins."""
    statements = tuple(replace(statement, phrase=as_written(statement.phrase)) for statement in reading.statements)
    unknown, unresolved = (tuple(map(as_written, words)) for words in (reading.unknown, reading.unresolved))
    return replace(reading, statements=statements, unknown=unknown, unresolved=unresolved)
