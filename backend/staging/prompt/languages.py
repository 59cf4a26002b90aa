"""Whether a sentence is in another language than English: by its letters, else by py3langid and everyday words.

Source of the model: Lui & Baldwin 2012 (langid.py), as py3langid has it: naive Bayes over byte sequences.
"""

from __future__ import annotations

import functools
import importlib.util
import re
import unicodedata
from typing import Any, Final

from ..presets import LanguageWords, language_words

ANOTHER: Final = "a language other than English"
_ENGLISH: Final = "English"
_NAMES: Final = {
    "en": _ENGLISH,
    "de": "German",
    "fr": "French",
    "es": "Spanish",
    "it": "Italian",
    "pt": "Portuguese",
    "nl": "Dutch",
    "sv": "Swedish",
    "da": "Danish or Norwegian",
    "no": "Danish or Norwegian",
    "fi": "Finnish",
    "pl": "Polish",
    "cs": "Czech",
    "hu": "Hungarian",
    "ro": "Romanian",
    "tr": "Turkish",
}
_QUOTED: Final = re.compile(
    r"“[^”]*”|\"[^\"]*\"|„[^“”]*[“”]|«[^»]*»|「[^」]*」|『[^』]*』|‘[^’]*’(?!\w)|(?<!\w)'[^']*'(?!\w)"
)
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_LETTERS_TO_JUDGE: Final = 8
"""What stands outside of quotes tells the language if it has as many letters."""

_LARGE: Final = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL")
_LARGE_WEIGHT: Final = 2
"""A letter of these scripts is worth as many of an alphabet."""

_FEWEST_WORDS: Final = 2
_STRANGE_WORDS: Final = 2
"""Words that English lacks which a foreign sentence has, if it has no word that is known of its language."""

_ENGLISH_SHARE: Final = 0.2
"""Of words that are English and of none of the other languages, from which a sentence is English."""

_LEAST_ENGLISH: Final = 0.002
_LEAST_ENGLISH_WITH_WORD: Final = 0.05
"""The probability of English under which a sentence is foreign; the second where a word of the language is known."""

_SURE: Final = 0.6
"""The probability from which a language is named."""


def foreign_language(text: str) -> str | None:
    """The language of `text` where it is certainly not English: “German”, “a language other than English”, else None.

    A single word, names, borrowed words (“tête-à-tête”) and a foreign line quoted in English leave it English.
    """
    outside = _QUOTED.sub(" ", text)
    judged = outside if sum(map(str.isalpha, outside)) >= _LETTERS_TO_JUDGE else text
    return _by_script(judged) or _by_words(judged)


def _by_script(text: str) -> str | None:
    """The language of most letters, if they are not of the Latin alphabet."""
    counts: dict[str, int] = {}
    for letter in filter(str.isalpha, text):
        script = unicodedata.name(letter, "LATIN").partition(" ")[0]
        counts[script] = counts.get(script, 0) + (_LARGE_WEIGHT if script in _LARGE else 1)
    if sum(counts.values()) <= 2 * counts.get("LATIN", 0) or not counts:
        return None
    if "HIRAGANA" in counts or "KATAKANA" in counts:
        return "Japanese"
    return "Chinese" if max(counts, key=lambda script: counts[script]) == "CJK" else ANOTHER


def _by_words(text: str) -> str | None:
    known = language_words()
    words = _WORD.findall(_borrowed().sub(" ", text.replace("’", "'")))
    lowered = {word.lower() for word in words}
    strange = _strange(words, known)
    if len(words) < _FEWEST_WORDS or len(lowered & known.english) >= _ENGLISH_SHARE * len(lowered):
        return None
    if len(strange) < _STRANGE_WORDS and not any(lowered & its_own for its_own in known.foreign.values()):
        return None
    found = _probabilities(" ".join(words))
    language = max(found, key=lambda name: found[name])
    has_word = bool(lowered & known.foreign.get(language, frozenset()))
    if len(strange) < _STRANGE_WORDS and not has_word:
        return None
    if found[_ENGLISH] >= (_LEAST_ENGLISH_WITH_WORD if has_word else _LEAST_ENGLISH):
        return None
    return language if found[language] >= _SURE else ANOTHER


def _strange(words: list[str], known: LanguageWords) -> set[str]:
    """Words that are neither names nor known in English; in capitals all may be names, so all count."""
    all_capitals = all(word.isupper() for word in words)
    return {word.lower() for word in words if all_capitals or word.islower()} - known.english - known.ambiguous


@functools.cache
def _borrowed() -> re.Pattern[str]:
    phrases = "|".join(map(re.escape, sorted(language_words().borrowed, key=len, reverse=True)))
    return re.compile(rf"(?<!\w)(?:{phrases})(?!\w)", re.IGNORECASE)


def _probabilities(text: str) -> dict[str, float]:
    """How likely each language is, 0 to 1; English for certain where py3langid is not installed."""
    identifier = _identifier()
    if identifier is None:
        return {_ENGLISH: 1.0}
    found: dict[str, float] = {}
    for code, probability in identifier.rank(text):
        found[_NAMES[code]] = found.get(_NAMES[code], 0.0) + probability
    return found


@functools.cache
def _identifier() -> Any:
    if importlib.util.find_spec("py3langid") is None:
        return None
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(_NAMES))
    return identifier
