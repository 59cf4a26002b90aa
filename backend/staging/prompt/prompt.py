"""A sentence about the scene → a staging. The same sentence always gives the same staging."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from ...assets import assets_folder
from ..layout import Conduct, lay_out
from ..sentence_encoder import SENTENCE_ENCODER
from ..stage import Staging
from .conduct import conduct_of
from .heights import levelled, warn_of_heights
from .hints import hints_of
from .inference import Inference
from .languages import ANOTHER, foreign_language
from .learned_reading import look_at, other_names, with_network
from .ledger import unread
from .placing import arrangement_of, distance_of, front_of, left_of
from .rules import read_by_rules, spelling_key
from .statements import EVERYBODY, Reading
from .unknown_words import similar_moods

_WITHOUT_ENCODER: Final = (
    "Beyond the words of its vocabulary Duologue reads sentences by their meaning once "
    f"`python -m backend prepare-assets --only {SENTENCE_ENCODER}` was run."
)


@dataclass(frozen=True)
class StagedPrompt:
    """The staging; what of the sentence did not find its way into it (`missed`, whole sentences), and what was inferred
    from words that do not say it.
    """

    staging: Staging
    missed: tuple[str, ...] = ()
    inferences: tuple[Inference, ...] = ()

    @property
    def warnings(self) -> tuple[str, ...]:
        """All that an artist has to know: what was missed, and then each inference as a sentence."""
        return (*self.missed, *(inference.sentence for inference in self.inferences))


def stage_prompt(
    prompt: str,
    names: tuple[str, str] = ("Anna", "Ben"),
    assets: Path | None = None,
    without: Collection[str] = (),
) -> StagedPrompt:
    """Read `prompt` and place both speakers, the first on the left unless it says otherwise.

    Understood: where they are (“across a café table”, “side by side on a bench”), how far apart (“close”, “two metres
    apart”), who is on which side, sits or stands, leans, looks where, is taller, and the mood of each. Nothing makes
    this fail: an empty prompt is two people across a small table, and whatever is not understood or contradicts itself
    is named in `missed`. Where the folder `assets` (None: the default one) holds the sentence encoder, a word that the
    vocabulary does not have is compared with moods, and a network reads what else such a sentence means; what is made
    of it is in `inferences`. Those whose keys are in
    `without` are left out, and their words count as not understood; keys that nothing has are passed over. Of a
    sentence in another language nothing is staged, and `missed` says so.
    Raises DuologueError (ASSET_CORRUPT, WEIGHTS_INVALID) for an asset, a preset or weights that cannot be read.
    """
    language = foreign_language(prompt)
    if language is not None:
        return replace(stage_prompt("", names, assets), missed=(_foreign(language),))
    reading, inferences, warnings = _read(prompt, names, assets_folder(assets), without)
    name, arrangement, manners = arrangement_of(reading, warnings)
    implied = [arrangement, *(manner for manner in manners)]
    first, second = (conduct_of(person, names[person], reading, implied, warnings) for person in EVERYBODY)
    distance = distance_of(reading, arrangement, manners, warnings)
    warn_of_heights(reading, names, warnings)
    left = left_of(reading, names, warnings)
    conduct = levelled(_in_line(first, second) if arrangement.in_line else (first, second), reading)
    staging, lean_reduced = lay_out(name, arrangement, distance, left, conduct, front_of(reading))
    if lean_reduced:
        warnings.append("The two sit too close for leaning in as far as the sentence says; they lean less.")
    return StagedPrompt(staging, (*_not_understood(reading, names), *warnings), inferences)


def _in_line(first: Conduct, second: Conduct) -> tuple[Conduct, Conduct]:
    """One behind the other, both face the same way, whatever they both look at."""
    return replace(first, facing=None, turned=0.0), replace(second, facing=None, turned=0.0)


def _foreign(language: str) -> str:
    named = f"in {ANOTHER}" if language == ANOTHER else language
    return f"This sentence seems to be {named}. Duologue reads English; nothing was staged from it."


def _read(
    prompt: str, names: tuple[str, str], assets: Path, without: Collection[str]
) -> tuple[Reading, tuple[Inference, ...], list[str]]:
    """The sentence, with typing errors corrected and unknown words taken as the moods they are like, but for those
    `without`; what was inferred so; and what there is to say beside.
    """
    seen = look_at(prompt, names, assets, without)
    rules = read_by_rules(prompt, names, seen, without)
    unknown = [word for word in rules.reading.unknown if spelling_key(word) not in without]
    similar = similar_moods(unknown, assets) if unknown else {}
    if similar is None:
        return rules.reading, rules.inferences, [_WITHOUT_ENCODER]
    similar = {word: mood for word, mood in similar.items() if _mood_key(word) not in without}
    inferences = (
        *other_names(seen, names),
        *rules.inferences,
        *(Inference(_mood_key(word), word, f"{mood} mood") for word, mood in similar.items()),
    )
    reading = read_by_rules(prompt, names, seen, without, similar).reading if similar else rules.reading
    merged = with_network(prompt, reading, hints_of(prompt, rules.reading), seen, names, assets, without)
    if merged is None:
        return reading, inferences, []
    left = unread(prompt, merged, names)
    return replace(merged.reading, unknown=left), (*inferences, *merged.inferences), list(merged.warnings)


def _mood_key(word: str) -> str:
    return f"mood:{word}"


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
