"""What is inferred from the sentence about a scene, and what of it the artist does not want."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from typing import Final

import bpy

from ...backend.contract.reading import read_or_none

_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True)
class Inferred:
    """The `meaning` that the worker concludes from `words` of the sentence, and the `key` that leaves it out."""

    key: str
    words: str = ""
    meaning: str = ""


def sentence_of(one: Inferred) -> str:
    """The quote and its meaning; the key of what has no words."""
    return f"“{one.words}” → {one.meaning}" if one.words else one.key


def keys_left_out(settings: bpy.types.PropertyGroup) -> list[str]:
    """The keys of what the worker is not to infer from the sentence as it stands now, in alphabetical order."""
    return sorted({one.key for one in left_out(settings)})


def left_out(settings: bpy.types.PropertyGroup) -> list[Inferred]:
    """What the artist does not want of this sentence, in the order of choosing; what has no words is of any."""
    present = _words(settings.prompt)
    return [one for one in _listed(settings.prompt_without) if _words(one.words) <= present]


def inferred(settings: bpy.types.PropertyGroup) -> list[Inferred]:
    """What was inferred when the sentence was read last."""
    return _listed(settings.prompt_inferences)


def all_inferences(settings: bpy.types.PropertyGroup) -> list[Inferred]:
    """What was inferred and what is left out, in the order of the sentence, whichever of both it is."""
    unwanted = left_out(settings)
    keys = {one.key for one in unwanted}
    sentence = settings.prompt.casefold()
    found = [one for one in inferred(settings) if one.key not in keys]
    return sorted([*found, *unwanted], key=lambda one: (_place(one, sentence), one.key))


def _place(one: Inferred, sentence: str) -> int:
    """Where its words stand in `sentence`, or the longest of them; behind it where they do not."""
    words = one.words.casefold()
    places = [sentence.find(text) for text in (words, max(_words(words), key=len, default=words))]
    return next((place for place in places if place >= 0), len(sentence))


def show_inferred(settings: bpy.types.PropertyGroup, found: Iterable[Inferred]) -> None:
    """Let the panel show `found`."""
    settings.prompt_inferences = _text(found)


def leave_out(settings: bpy.types.PropertyGroup, unwanted: Iterable[Inferred]) -> None:
    """Remember that `unwanted` is not to be inferred, beside what is left out already and still of this sentence."""
    settings.prompt_without = _text({one.key: one for one in (*left_out(settings), *unwanted)}.values())


def restore(settings: bpy.types.PropertyGroup, key: str = "") -> None:
    """Have what `key` names inferred again; without a key, everything."""
    settings.prompt_without = _text(one for one in left_out(settings) if key and one.key != key)


def _text(inferred: Iterable[Inferred]) -> str:
    rows = [astuple(one) for one in inferred]
    return json.dumps(rows, ensure_ascii=False) if rows else ""


def _listed(text: str) -> list[Inferred]:
    """What `_text` made `text` of; nothing where it is something else."""
    return read_or_none(lambda: [Inferred(*map(str, row)) for row in json.loads(text)]) or [] if text else []


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))
