"""A sentence about the scene → a staging. The same sentence always gives the same staging."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from ...assets import assets_folder
from ..layout import FARTHEST, NEAREST, lay_out
from ..presets import DEFAULT_ARRANGEMENT, Arrangement, arrangements
from ..sentence_encoder import SENTENCE_ENCODER
from ..stage import Staging
from .conduct import conduct_of, last_value, opened_degrees, statements_about, warn_of_contradiction
from .inference import Inference
from .languages import ANOTHER, foreign_language
from .reading import read_tokens
from .statements import EVERYBODY, Reading, Statement, merge_modifiers, turns_body
from .tokens import names_of, tokens_of
from .unknown_words import similar_moods, typing_errors

_WITHOUT_ENCODER: Final = (
    "Words for moods that the vocabulary does not have are understood once "
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
    is named in `missed`. A word the vocabulary does not have is compared with moods, where the folder `assets` (None:
    the default one) holds the sentence encoder; what is made of it is one of `inferences`. Those whose keys are in
    `without` are left out, and their words count as not understood; keys that nothing has are passed over. Of a
    sentence in another language nothing is staged, and `missed` says so.
    Raises DuologueError (ASSET_CORRUPT) for a sentence encoder or a preset that cannot be read.
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
    staging, lean_reduced = lay_out(name, arrangement, distance, left, (first, second))
    if lean_reduced:
        warnings.append("The two sit too close for leaning in as far as the sentence says; they lean less.")
    return StagedPrompt(staging, (*_not_understood(reading, names), *warnings), inferences)


def _foreign(language: str) -> str:
    named = f"in {ANOTHER}" if language == ANOTHER else language
    return f"This sentence seems to be {named}. Duologue reads English; nothing was staged from it."


def _read(
    prompt: str, names: tuple[str, str], assets: Path, without: Collection[str]
) -> tuple[Reading, tuple[Inference, ...], list[str]]:
    """The sentence, with typing errors corrected and unknown words taken as the moods they are like, but for those
    `without`; what was inferred so; and what there is to say beside.
    """
    tokens = tokens_of(prompt)
    reading = read_tokens(tokens, names)
    meant = typing_errors(reading.unknown, tuple(names_of(names)))
    refused = {word for word in meant if _spelling_key(word) in without}
    corrected = {word: known for word, known in meant.items() if word not in refused}
    inferences = [Inference(_spelling_key(word), word, f"read as “{known}”") for word, known in corrected.items()]
    if corrected:
        tokens = [corrected.get(token, token) for token in tokens]
        reading = read_tokens(tokens, names)
    unknown = [word for word in reading.unknown if word not in refused]
    similar = similar_moods(unknown, assets) if unknown else {}
    if similar is None:
        return merge_modifiers(reading), tuple(inferences), [_WITHOUT_ENCODER]
    similar = {word: mood for word, mood in similar.items() if _mood_key(word) not in without}
    inferences += [Inference(_mood_key(word), word, f"{mood} mood") for word, mood in similar.items()]
    if similar:
        reading = read_tokens(tokens, names, similar)
    return merge_modifiers(reading), tuple(inferences), []


def _spelling_key(word: str) -> str:
    return f"spelling:{word}"


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


_RIGHT_ANGLE: Final = 90.0
_AT_RIGHT_ANGLES: Final = "table_corner"
_NOT_FACING: Final = 70.0
_DIFFERENT_METRES: Final = 0.02


def arrangement_of(reading: Reading, warnings: list[str]) -> tuple[str, Arrangement, list[Arrangement]]:
    """The arrangement's name, itself as far open as the sentence says, and the manners that come on top."""
    name, manners = _named_arrangement(reading, warnings)
    arrangement = arrangements()[name]
    both = [
        statement
        for statement in statements_about(reading, "open", EVERYBODY)
        if statement.people == EVERYBODY and not statement.negated
    ]
    warn_of_contradiction(both, "the scene", warnings)
    _warn_of_turned_away(reading, warnings)
    if not both and any(
        statement.negated and statement.value == DEFAULT_ARRANGEMENT for statement in _facing_each_other(reading)
    ):
        arrangement = replace(arrangement, open_degrees=max(arrangement.open_degrees, _NOT_FACING))
    if both:
        arrangement = replace(arrangement, open_degrees=opened_degrees(arrangement, both[-1].value))
    return name, arrangement, [arrangements()[manner] for manner in manners]


def _facing_each_other(reading: Reading) -> list[Statement]:
    return [
        statement
        for statement in reading.statements
        if statement.kind == "arrangement/words" and statement.value == DEFAULT_ARRANGEMENT
    ]


def _warn_of_turned_away(reading: Reading, warnings: list[str]) -> None:
    """Say that nobody can sit face to face and back to back."""
    facing = [statement for statement in _facing_each_other(reading) if not statement.negated]
    away = [
        statement
        for statement in reading.statements
        if statement.people == EVERYBODY
        and not statement.negated
        and statement.kind == "gaze"
        and turns_body(statement.value)
    ]
    if facing and away:
        warn_of_contradiction([facing[-1], away[-1]], "the scene", warnings, always=True)


def _named_arrangement(reading: Reading, warnings: list[str]) -> tuple[str, list[str]]:
    named: dict[str, list[Statement]] = {"words": [], "places": [], "manners": []}
    for statement in _affirmed(reading, lambda kind: kind.startswith("arrangement/")):
        named[statement.kind.partition("/")[2]].append(statement)
    for group in (named["words"], named["places"]):
        warn_of_contradiction(group, "the scene", warnings)
        if group:
            name = str(group[-1].value)
            return name, [str(statement.value) for statement in named["manners"] if statement.value != name]
    if named["manners"]:
        return str(named["manners"][0].value), []
    if any(
        statement.value.get("angle") == _RIGHT_ANGLE for statement in _affirmed(reading, lambda kind: kind == "open")
    ):
        return _AT_RIGHT_ANGLES, []
    everybody_stands = [
        statement for statement in _affirmed(reading, lambda kind: kind == "posture") if statement.people == EVERYBODY
    ]
    stands = bool(everybody_stands) and everybody_stands[-1].value["posture"] == "standing"
    return ("standing" if stands else DEFAULT_ARRANGEMENT), []


def distance_of(reading: Reading, arrangement: Arrangement, manners: list[Arrangement], warnings: list[str]) -> float:
    """Metres between the two, as a number in the sentence, a word for it, or the arrangement has it."""
    metres = _affirmed(reading, lambda kind: kind == "metres")
    words = statements_about(reading, "distance", EVERYBODY)
    if metres:
        return _numeric_distance(metres, [statement for statement in words if not statement.negated], warnings)
    distance = arrangement.distance
    for manner in manners:
        distance *= manner.distance_scale
    statement = last_value(reading, "distance", EVERYBODY, "the scene", warnings, _the_opposite)
    if statement is None:
        return distance
    return float(statement.get("distance", distance * statement.get("scale", 1.0)))


def _numeric_distance(metres: list[Statement], words: list[Statement], warnings: list[str]) -> float:
    last = metres[-1]
    if any(abs(statement.value - last.value) > _DIFFERENT_METRES for statement in metres):
        warn_of_contradiction(metres, "the scene", warnings)
    if not NEAREST <= last.value <= FARTHEST:
        warnings.append(f"“{last.phrase}” is outside {NEAREST:g} to {FARTHEST:g} m; the nearer limit is used.")
    warnings += [
        f"The sentence says both “{statement.phrase}” and “{last.phrase}”; the number counts."
        for statement in words
        if not statement.value.get("at_least", 0.0) <= last.value <= statement.value.get("at_most", FARTHEST)
    ]
    return float(last.value)


def _the_opposite(statement: Statement) -> Statement | None:
    """“Not far apart” is rather close, “not close” rather far."""
    scale = statement.value.get("scale", 0.7)
    return replace(statement, value={"scale": 0.7 if scale > 1.0 else 1.6})


def left_of(reading: Reading, names: tuple[str, str], warnings: list[str]) -> int:
    """Who is on the left of the picture, 0 or 1; the first person where nothing says so."""
    sides = [statement for statement in _affirmed(reading, lambda kind: kind == "side") if statement.people]
    warnings += [
        f"It is not clear who is meant by “{statement.phrase}”; use the speakers' names."
        for statement in sides
        if len(statement.people) > 1
    ]
    side_of: dict[int, Statement] = {}
    for statement in sides:
        if len(statement.people) == 1:
            person = statement.people[0]
            warn_of_contradiction(
                [*([side_of[person]] if person in side_of else []), statement], names[person], warnings
            )
            side_of[person] = statement
    if not side_of:
        return _left_by_negation(reading)
    if len(side_of) == len(EVERYBODY) and side_of[0].value == side_of[1].value:
        later = max(EVERYBODY, key=lambda person: sides.index(side_of[person]))
        warnings.append(
            f"{names[0]} and {names[1]} cannot both be on the {side_of[0].value}; {names[later]}'s side counts."
        )
        return later if side_of[later].value == "left" else 1 - later
    person, statement = next(iter(side_of.items()))
    return person if statement.value == "left" else 1 - person


def _left_by_negation(reading: Reading) -> int:
    """“Anna is not on the left” leaves the right to her."""
    for statement in reading.statements:
        if statement.kind == "side" and statement.negated and len(statement.people) == 1:
            return 1 - statement.people[0] if statement.value == "left" else statement.people[0]
    return 0


def warn_of_heights(reading: Reading, names: tuple[str, str], warnings: list[str]) -> None:
    """Say that both cannot be taller than the other."""
    heights = [
        statement for statement in _affirmed(reading, lambda kind: kind == "stature") if statement.phrase.endswith("er")
    ]
    by_person = {statement.people: statement for statement in heights if len(statement.people) == 1}
    if len(by_person) == len(EVERYBODY):
        first, second = by_person.values()
        if (first.value.get("raise_metres", 0.0) > 0.0) == (second.value.get("raise_metres", 0.0) > 0.0):
            warnings.append(f"{names[0]} and {names[1]} cannot both be “{first.phrase}” than the other.")


def _affirmed(reading: Reading, wanted: Callable[[str], bool]) -> list[Statement]:
    return [statement for statement in reading.statements if wanted(statement.kind) and not statement.negated]
