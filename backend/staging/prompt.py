"""A sentence about the scene → a staging. The same sentence always gives the same staging."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..assets import assets_folder
from .conduct import conduct_of
from .layout import lay_out
from .likeness import moods_alike
from .linking import linked
from .reading import read_tokens
from .said import EVERYBODY, Reading
from .scene import arrangement_of, distance_of, left_of, warn_of_heights
from .sentence_encoder import SENTENCE_ENCODER
from .speakers import names_of
from .stage import Staging
from .tokens import tokens_of
from .typing_errors import slips

_WITHOUT_ENCODER: Final = (
    "Words for moods that the vocabulary does not have are understood once "
    f"`python -m backend prepare-assets --only {SENTENCE_ENCODER}` was run."
)


@dataclass(frozen=True)
class StagedPrompt:
    """The staging, and what of the sentence did not find its way into it, as whole sentences."""

    staging: Staging
    warnings: tuple[str, ...]


def stage_prompt(prompt: str, names: tuple[str, str] = ("Anna", "Ben"), assets: Path | None = None) -> StagedPrompt:
    """Read `prompt` and place both speakers, the first on the left unless it says otherwise.

    Understood: where they are (“across a café table”, “side by side on a bench”), how far apart (“close”, “two metres
    apart”), who is on which side, sits or stands, leans, looks where, is taller, and the mood of each. Nothing makes
    this fail: an empty prompt is two people across a small table, and whatever is not understood or contradicts itself
    is named in `warnings`. A word the vocabulary does not have is compared with moods, where the folder `assets` (None:
    the default one) holds the sentence encoder; what is made of it is named too.
    Raises DuologueError (ASSET_CORRUPT) for a sentence encoder or a preset that cannot be read.
    """
    reading, warnings = _read(prompt, names, assets_folder(assets))
    name, arrangement, manners = arrangement_of(reading, warnings)
    implied = [arrangement, *(manner for manner in manners)]
    first, second = (conduct_of(person, names[person], reading, implied, warnings) for person in EVERYBODY)
    distance = distance_of(reading, arrangement, manners, warnings)
    warn_of_heights(reading, names, warnings)
    left = left_of(reading, names, warnings)
    staging, squeezed = lay_out(name, arrangement, distance, left, (first, second))
    if squeezed:
        warnings.append("The two sit too close for leaning in as far as the sentence says; they lean less.")
    return StagedPrompt(staging, (*_not_understood(reading, names), *warnings))


def _read(prompt: str, names: tuple[str, str], assets: Path) -> tuple[Reading, list[str]]:
    """The sentence, with unknown words taken as the moods they are like, and what there is to say about those."""
    tokens = tokens_of(prompt)
    reading = read_tokens(tokens, names)
    slipped = slips(reading.unknown, tuple(names_of(names)))
    told = [f"“{word}” is read as “{meant}”." for word, meant in slipped.items()]
    if slipped:
        tokens = [slipped.get(token, token) for token in tokens]
        reading = read_tokens(tokens, names)
    if not reading.unknown:
        return linked(reading), told
    alike = moods_alike(reading.unknown, assets)
    if alike is None:
        return linked(reading), [*told, _WITHOUT_ENCODER]
    told += [f"“{word}” is not in the vocabulary; it is taken as “{mood}”." for word, mood in alike.items()]
    return linked(read_tokens(tokens, names, alike) if alike else reading), told


def _not_understood(reading: Reading, names: tuple[str, str]) -> list[str]:
    sentences = []
    if reading.unknown:
        words = ", ".join(f"“{word}”" for word in reading.unknown)
        sentences.append(f"Nothing in the scene follows from {words}.")
    if reading.unresolved:
        words = ", ".join(f"“{word}”" for word in reading.unresolved)
        sentences.append(f"It is not clear who {words} is; use the speakers' names.")
    sentences += [
        f"“{word}” is neither {names[0]} nor {names[1]}; what is said about them is left out."
        for word in reading.strangers
    ]
    return sentences
