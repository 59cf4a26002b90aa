"""Kokoro's phonetic alphabet: text to its symbols by espeak-ng, and its symbols with their durations to phones."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from backend.animation.phones import PAUSE, Phone
from backend.contract.errors import DuologueError, ExitCode

from ..tables import read_table

Accent = str
"""espeak-ng's name of it, `en-us` or `en-gb`."""

_PUNCTUATION: Final = ";:,.!?—…"
_STRESS: Final = "ˈˌ"
_STRESS_IN_WORD: Final = re.compile(rf"[^ {re.escape(_PUNCTUATION)}][{_STRESS}]$")
_LENGTH: Final = "ː"


@dataclass(frozen=True)
class Alphabet:
    """The tables of ipa.toml.

    `tokens` symbol → number for the model, `phones` symbol → phone; `spellings` (old, new), replaced in order in what
    espeak-ng writes, and `american` after them in American voices.
    """

    spellings: tuple[tuple[str, str], ...]
    american: tuple[tuple[str, str], ...]
    tokens: Mapping[str, int]
    phones: dict[str, str]


ALPHABET: Final[Alphabet] = read_table(Path(__file__).with_name("ipa.toml"), Alphabet)

SYMBOLS: Final[dict[str, str]] = {
    **{phone: symbol for symbol, phone in reversed(ALPHABET.phones.items()) if symbol not in "TɾʔaQoᵊeᵻ"},
    "ax": "ə",
    "ih": "ɪ",
    "er": "ɜɹ",
    "d": "d",
    "t": "t",
    PAUSE: ",",
}
"""Phone → the symbol it is written with."""

_VOWELS: Final = frozenset("AIOQWYæaɑɒɔoəᵊɛeɜɪᵻiʊuʌ")


def symbols_of(text: str, accent: Accent) -> str:
    """Return `text`, or the phones in its square brackets, in Kokoro's symbols.

    Raises DuologueError (DEPENDENCY_MISSING).
    """
    if text.startswith("["):
        # a nasal that is repeated is one long hum
        symbols = "".join(SYMBOLS[phone] for phone in text[1:-1].split())
        first = next((index for index, symbol in enumerate(symbols) if symbol in _VOWELS), None)
        return symbols if first is None else f"{symbols[:first]}ˈ{symbols[first:]}"
    parts = [part for part in re.split(rf"([{_PUNCTUATION}]+)", text) if part.strip()]
    written = (part.strip() if part[0] in _PUNCTUATION else f" {_pronounced(part, accent)}" for part in parts)
    return "".join(written).strip()


def tokens_of(symbols: str) -> tuple[int, ...]:
    """Return the model's numbers for `symbols`; every symbol has one."""
    return tuple(ALPHABET.tokens[symbol] for symbol in symbols)


def phones_of(symbols: str, frames: Sequence[int], frame_seconds: float) -> tuple[Phone, ...]:
    """Return the phones of `symbols` that lasted `frames` each, the padding before and after them included.

    A length mark belongs to the vowel before it, a blank to the phone after it, a stress mark within a word in halves
    to both its neighbours; punctuation pauses. Chosen by what lies closest to forced alignments of the sound.
    """
    owners = _owners(symbols)
    edges = [0.0]
    names = [PAUSE]
    clock = 0
    for index, count in enumerate(frames):
        if index > 0 and owners[index] != owners[index - 1]:
            shared = _STRESS_IN_WORD.search(symbols[max(0, index - 2) : index]) is not None
            edges.append(clock + (count / 2 if shared else 0))
            names.append(owners[index][1])
        clock += count
    edges.append(clock)
    phones = zip(pairwise(edges), names, strict=True)
    return tuple((start * frame_seconds, end * frame_seconds, name) for (start, end), name in phones if end > start)


def _owners(symbols: str) -> list[tuple[int, str]]:
    """Return for each token, padding included, the phone it belongs to: a number that grows, and the phone's name."""
    owners: list[tuple[int, str]] = [(0, PAUSE)]
    for index, symbol in enumerate(symbols):
        number, name = owners[-1]
        if symbol in _PUNCTUATION:
            owners.append((number if name == PAUSE else number + 1, PAUSE))
        elif symbol == _LENGTH or (symbol == "ɹ" and _is_coda(symbols, index)):
            owners.append((number, "er" if symbol == "ɹ" else name))
            if symbol == "ɹ":
                _rename(owners, number, "er")
        elif symbol in _STRESS or symbol == " ":
            owners.append((number + 1, "") if name else (number, ""))
        else:
            owners.append((number if not name else number + 1, ALPHABET.phones[symbol]))
            if not name:
                _rename(owners, number, ALPHABET.phones[symbol])
    number, name = owners[-1]
    owners.append((number if name == PAUSE else number + 1, PAUSE))
    return owners


def _rename(owners: list[tuple[int, str]], number: int, name: str) -> None:
    for index in range(len(owners) - 1, -1, -1):
        if owners[index][0] != number:
            break
        owners[index] = (number, name)


def _is_coda(symbols: str, index: int) -> bool:
    """Whether the ɹ at `index` only colours the schwa before it: no vowel follows within the word."""
    if index == 0 or symbols[index - 1] not in "əɜ":
        return False
    following = symbols[index + 1 : index + 3].lstrip(_STRESS)[:1]
    return symbols[index - 1] == "ɜ" or following not in _VOWELS


def _pronounced(words: str, accent: Accent) -> str:
    done = subprocess.run(
        [_espeak(), "-q", "--ipa", "--tie=^", "-v", accent, words.strip()], capture_output=True, text=True, check=False
    )
    symbols = " ".join(done.stdout.split())
    for old, new in (*ALPHABET.spellings, *(ALPHABET.american if accent == "en-us" else ())):
        symbols = symbols.replace(old, new)
    return "".join(symbol for symbol in symbols if symbol in ALPHABET.tokens)


@cache
def _espeak() -> str:
    path = shutil.which("espeak-ng")
    if path is None:
        raise DuologueError(
            ExitCode.DEPENDENCY_MISSING,
            "Kokoro's voices need the program espeak-ng.",
            "Run `apt-get install espeak-ng`.",
        )
    return path
