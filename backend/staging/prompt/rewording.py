"""Words that the pipeline misreads in scene sentences, and what to put in their place so that it reads them rightly.

Its model was trained on news, where “stares” is rather a noun and “Guildenstern” no word at all. A name taken for part
of another word becomes a pronoun, which cannot be one; a name taken for another kind of word becomes a common name;
a verb taken for the plural of a noun (“the nurse crouches”) becomes one that has no such plural.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from ..presets import person_nouns

_MODIFIERS: Final = ("compound", "nmod", "amod", "npadvmod")
_CLAUSES: Final = ("ROOT", "ccomp", "conj", "appos", "advcl", "dep", "parataxis", "npadvmod", "relcl", "acl")
_FOLLOWED_BY_NOUN: Final = ("DET", "PRON", "PROPN", "NOUN", "ADJ", "NUM")
_INTRANSITIVE: Final = "goes"
_TRANSITIVE: Final = "sees"
_NAME: Final = "Mary"


def reworded(doc: Any, named: Collection[str]) -> dict[int, str]:
    """Tokens of spaCy's `doc` that are misread → the words to parse in their place; `named` are words of names."""
    found: dict[int, str] = {}
    for token in doc:
        if _is_misread_verb(token, named):
            takes_object = token.i + 1 < len(doc) and token.nbor().pos_ in _FOLLOWED_BY_NOUN
            found[token.i] = _TRANSITIVE if takes_object else _INTRANSITIVE
    for token in doc:
        if _is_part_of_another_word(token, named) and token.head.i not in found:
            found[token.i] = "she" if token.i else "She"
        elif token.text in named and not token.tag_.startswith("NNP") and token.i not in found:
            found[token.i] = _NAME
    return found


def _is_misread_verb(token: Any, named: Collection[str]) -> bool:
    """Whether a plural noun stands right after somebody who cannot have it, where a verb is due."""
    if token.tag_ != "NNS" or token.i == 0 or token.dep_ not in _CLAUSES:
        return False
    if token.text in named or token.lemma_.lower() in person_nouns():
        return False
    before = token.nbor(-1)
    if before.text.lower() in ("he", "she"):
        return True
    is_somebody = before.tag_ == "NNP" or before.text in named or before.lemma_.lower() in person_nouns()
    return bool(is_somebody and before.head == token and before.dep_ in _MODIFIERS)


def _is_part_of_another_word(token: Any, named: Collection[str]) -> bool:
    """Whether a name is said to be part of a word that comes after it and that is no name."""
    return (
        token.dep_ in _MODIFIERS
        and (token.tag_ == "NNP" or token.text in named)
        and token.head.i > token.i
        and not (token.head.tag_.startswith("NNP") or token.head.text in named)
        and all(
            between.dep_ == "punct" or between.head == token.head for between in token.doc[token.i + 1 : token.head.i]
        )
    )
