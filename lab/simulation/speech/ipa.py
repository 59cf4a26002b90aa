"""Kokoro's phonetic alphabet: text to its symbols by espeak-ng, and its symbols with their durations to phones."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import Final

from backend.animation.phones import PAUSE, Phone
from backend.contract.errors import DuologueError, ExitCode

Accent = str
"""espeak-ng's name of it, `en-us` or `en-gb`."""

_PUNCTUATION: Final = ";:,.!?—…"
_STRESS: Final = "ˈˌ"
_STRESS_IN_WORD: Final = re.compile(rf"[^ {re.escape(_PUNCTUATION)}][{_STRESS}]$")
_LENGTH: Final = "ː"

TOKENS: Final[dict[str, int]] = {
    ";": 1,
    ":": 2,
    ",": 3,
    ".": 4,
    "!": 5,
    "?": 6,
    "—": 9,
    "…": 10,
    " ": 16,
    "A": 24,
    "I": 25,
    "O": 31,
    "Q": 33,
    "T": 36,
    "W": 39,
    "Y": 41,
    "ᵊ": 42,
    "a": 43,
    "b": 44,
    "d": 46,
    "e": 47,
    "f": 48,
    "h": 50,
    "i": 51,
    "j": 52,
    "k": 53,
    "l": 54,
    "m": 55,
    "n": 56,
    "o": 57,
    "p": 58,
    "s": 61,
    "t": 62,
    "u": 63,
    "v": 64,
    "w": 65,
    "z": 68,
    "ɑ": 69,
    "ɒ": 71,
    "æ": 72,
    "ɔ": 76,
    "ð": 81,
    "ʤ": 82,
    "ə": 83,
    "ɛ": 86,
    "ɜ": 87,
    "ɡ": 92,
    "ɪ": 102,
    "ŋ": 112,
    "θ": 119,
    "ɹ": 123,
    "ɾ": 125,
    "ʃ": 131,
    "ʧ": 133,
    "ʊ": 135,
    "ʌ": 138,
    "ʒ": 147,
    "ʔ": 148,
    "ˈ": 156,
    "ˌ": 157,
    "ː": 158,
    "ᵻ": 177,
}
"""Kokoro-82M's vocabulary (`config.json` of the model), without what English does not use."""

_SPELLINGS: Final = (
    *(("a^ɪ", "I"), ("a^ʊ", "W"), ("d^ʒ", "ʤ"), ("e^ɪ", "A"), ("t^ʃ", "ʧ"), ("ɔ^ɪ", "Y"), ("ə^l", "ᵊl"), ("ə^ʊ", "Q")),
    *(
        ("o^ʊ", "O"),
        ("i^ə", "iə"),
        ("ɪ^ə", "ɪə"),
        ("e^ə", "ɛː"),
        ("ʊ^ə", "ʊə"),
        ("ɚɹ", "əɹ"),
        ("ɚ", "əɹ"),
        ("r", "ɹ"),
        ("x", "k"),
    ),
    *(
        ("ç", "k"),
        ("ɐ", "ə"),
        ("ɬ", "l"),
        ("ʲ", ""),
        ("ɛh", "ɛə"),
        ("\u0303", ""),
        ("\u0329", ""),
        ("g", "ɡ"),
        ("^", ""),
    ),
)
"""espeak-ng's spelling → that of Kokoro's training (misaki's table for its espeak fallback, Apache-2.0)."""

_AMERICAN: Final = (("ɜːɹ", "ɜɹ"), ("ɜː", "ɜɹ"), ("ː", ""), ("o", "ɔ"), ("ɾ", "T"), ("ʔ", "t"))

_PHONES: Final[dict[str, str]] = {
    "A": "ey",
    "I": "ay",
    "O": "ow",
    "Q": "ow",
    "W": "aw",
    "Y": "oy",
    "æ": "ae",
    "a": "ae",
    "ɑ": "aa",
    "ɒ": "aa",
    "ɔ": "ao",
    "o": "ao",
    "ə": "ax",
    "ᵊ": "ax",
    "ɛ": "eh",
    "e": "eh",
    "ɜ": "er",
    "ɪ": "ih",
    "ᵻ": "ih",
    "i": "iy",
    "ʊ": "uh",
    "u": "uw",
    "ʌ": "ah",
    "b": "b",
    "d": "d",
    "f": "f",
    "h": "hh",
    "j": "y",
    "k": "k",
    "l": "l",
    "m": "m",
    "n": "n",
    "p": "p",
    "s": "s",
    "t": "t",
    "v": "v",
    "w": "w",
    "z": "z",
    "ɡ": "g",
    "ŋ": "ng",
    "ɹ": "r",
    "ʃ": "sh",
    "ʒ": "zh",
    "ʤ": "jh",
    "ʧ": "ch",
    "θ": "th",
    "ð": "dh",
    "T": "d",
    "ɾ": "d",
    "ʔ": "t",
}
"""One symbol → one phone; a flap is made as a d is."""

_SYMBOLS: Final[dict[str, str]] = {
    **{phone: symbol for symbol, phone in reversed(_PHONES.items()) if symbol not in "TɾʔaQoᵊeᵻ"},
    "ax": "ə",
    "ih": "ɪ",
    "er": "ɜɹ",
    "d": "d",
    "t": "t",
    PAUSE: ",",
}

_VOWELS: Final = frozenset("AIOQWYæaɑɒɔoəᵊɛeɜɪᵻiʊuʌ")


def symbols_of(text: str, accent: Accent) -> str:
    """`text`, or the phones in its square brackets, in Kokoro's symbols. Raises DuologueError (DEPENDENCY_MISSING)."""
    if text.startswith("["):
        return _of_phones(text[1:-1].split())
    parts = [part for part in re.split(rf"([{_PUNCTUATION}]+)", text) if part.strip()]
    written = (part.strip() if part[0] in _PUNCTUATION else f" {_pronounced(part, accent)}" for part in parts)
    return "".join(written).strip()


def tokens_of(symbols: str) -> tuple[int, ...]:
    """The model's numbers for `symbols`; every symbol has one."""
    return tuple(TOKENS[symbol] for symbol in symbols)


def phones_of(symbols: str, frames: Sequence[int], frame_seconds: float) -> tuple[Phone, ...]:
    """The phones of `symbols` that lasted `frames` each, the padding before and after them included.

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
    """For each token, padding included, which phone it sounds in: a number that grows, and the phone's name."""
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
            owners.append((number if not name else number + 1, _PHONES[symbol]))
            if not name:
                _rename(owners, number, _PHONES[symbol])
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
    for old, new in (*_SPELLINGS, *(_AMERICAN if accent == "en-us" else ())):
        symbols = symbols.replace(old, new)
    return "".join(symbol for symbol in symbols if symbol in TOKENS)


def _of_phones(phones: Sequence[str]) -> str:
    """The phones as symbols, stressed on the first vowel; a nasal that is repeated is one long hum."""
    symbols = "".join(_SYMBOLS[phone] for phone in phones)
    first = next((index for index, symbol in enumerate(symbols) if symbol in _VOWELS), None)
    return symbols if first is None else f"{symbols[:first]}ˈ{symbols[first:]}"


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
