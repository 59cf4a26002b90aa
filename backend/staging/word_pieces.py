"""WordPiece: words → the numbers of the pieces a BERT knows, as its uncased tokenizer cuts them.

Source: Wu et al. 2016 (arXiv 1609.08144) and BERT's published tokenizer: small letters, no accents, punctuation apart,
then the longest known piece from the left.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

_WORD: Final = re.compile(r"\w+|[^\w\s]")
_LONGEST_WORD: Final = 100
_LONGEST_SENTENCE: Final = 64
"""Pieces; a phrase of a prompt has fewer than ten."""


def numbers_of(sentence: str, known: Mapping[str, int]) -> list[int]:
    """The numbers of the pieces of `sentence` between [CLS] and [SEP]; a word that `known` cannot spell is [UNK]."""
    plain = unicodedata.normalize("NFD", sentence.lower())
    plain = "".join(letter for letter in plain if unicodedata.category(letter) != "Mn")
    words = _WORD.findall(plain.replace("_", " _ "))
    pieces = [piece for word in words for piece in _pieces_of(word, known)]
    return [known["[CLS]"], *pieces[: _LONGEST_SENTENCE - 2], known["[SEP]"]]


def _pieces_of(word: str, known: Mapping[str, int]) -> list[int]:
    pieces: list[int] = []
    start = 0
    while start < len(word) <= _LONGEST_WORD:
        mark = "##" if start else ""
        stop = next((stop for stop in range(len(word), start, -1) if mark + word[start:stop] in known), None)
        if stop is None:
            break
        pieces.append(known[mark + word[start:stop]])
        start = stop
    return pieces if start == len(word) else [known["[UNK]"]]
