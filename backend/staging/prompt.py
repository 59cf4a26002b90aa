"""A sentence about the scene → a staging. The same sentence always gives the same staging."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from ..assets import assets_folder
from .layout import FARTHEST, NEAREST, Conduct, lay_out
from .likeness import moods_alike
from .presets import DEFAULT_ARRANGEMENT, Arrangement, arrangements, moods
from .reading import EVERYBODY, Reading, Said, read_sentence
from .sentence_encoder import SENTENCE_ENCODER
from .stage import Staging

_WITHOUT_ENCODER: Final = (
    "Words for moods that the vocabulary does not have are understood once "
    f"`python -m backend prepare-assets --only {SENTENCE_ENCODER}` was run."
)
_NOT_LOOKING: Final = {"gaze_away": 0.6}
_NOT_LOOKING_AWAY: Final = {"gaze_held": 0.8}


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
    name, manners = _arrangement(reading, warnings)
    arrangement = arrangements()[name]
    implied = [arrangement, *manners]
    conduct = tuple(_conduct(person, names[person], reading, implied, warnings) for person in EVERYBODY)
    distance = _distance(reading, arrangement, manners, warnings)
    opened = _only(reading, "open", EVERYBODY, "the scene", warnings)
    if opened is not None:
        arrangement = replace(
            arrangement,
            open_degrees=opened.get("open_degrees", arrangement.open_degrees + opened.get("open_add_degrees", 0.0)),
        )
    left = _left(reading, names, warnings)
    staging, squeezed = lay_out(name, arrangement, distance, left, (conduct[0], conduct[1]))
    if squeezed:
        warnings.append("The two sit too close for leaning in as far as the sentence says; they lean less.")
    return StagedPrompt(staging, (*_not_understood(reading), *warnings))


def _read(prompt: str, names: tuple[str, str], assets: Path) -> tuple[Reading, list[str]]:
    """The sentence, with unknown words taken as the moods they are like, and what there is to say about those."""
    reading = read_sentence(prompt, names)
    if not reading.unknown:
        return reading, []
    alike = moods_alike(reading.unknown, assets)
    if alike is None:
        return reading, [_WITHOUT_ENCODER]
    return (
        read_sentence(prompt, names, alike) if alike else reading,
        [f"“{word}” is not in the vocabulary; it is taken as “{mood}”." for word, mood in alike.items()],
    )


def _arrangement(reading: Reading, warnings: list[str]) -> tuple[str, list[Arrangement]]:
    """The arrangement's name, and the manners of others that come on top."""
    named: dict[str, list[Said]] = {"words": [], "places": [], "manners": []}
    for said in _affirmed(reading, lambda kind: kind.startswith("arrangement/")):
        named[said.kind.partition("/")[2]].append(said)
    for group in (named["words"], named["places"]):
        _warn_of_two(group, "the scene", warnings)
        if group:
            name = str(group[-1].value)
            return name, [arrangements()[said.value] for said in named["manners"] if said.value != name]
    if named["manners"]:
        return str(named["manners"][0].value), []
    everybody_stands = [said for said in _affirmed(reading, lambda kind: kind == "posture") if said.people == EVERYBODY]
    stands = bool(everybody_stands) and everybody_stands[-1].value["posture"] == "standing"
    return ("standing" if stands else DEFAULT_ARRANGEMENT), []


def _conduct(person: int, name: str, reading: Reading, implied: list[Arrangement], warnings: list[str]) -> Conduct:
    """What the sentence says about one person, over what mood and arrangement imply."""
    mood = _only(reading, "mood", (person,), name, warnings)
    mood_name = str(mood or next((one.mood for one in implied if one.mood), None) or "neutral")
    coloured = moods()[mood_name]
    conduct = Conduct(
        posture=implied[0].posture,
        mood=mood_name,
        lean=coloured.lean_degrees + sum(one.lean_degrees for one in implied),
        gaze_away=coloured.gaze_away,
        gaze_held=max([coloured.gaze_held, *(one.gaze_held for one in implied)]),
    )
    posture = _only(reading, "posture", (person,), name, warnings)
    lean = _only(reading, "lean", (person,), name, warnings)
    stature = _only(reading, "stature", (person,), name, warnings)
    gaze = _only(reading, "gaze", (person,), name, warnings)
    if posture is not None:
        conduct = replace(conduct, posture=posture["posture"])
    if lean is not None:
        conduct = replace(conduct, lean=float(lean["lean_degrees"]))
    if stature is not None:
        conduct = replace(conduct, raised=float(stature["raise_metres"]))
    return conduct if gaze is None else _gazing(conduct, gaze)


def _gazing(conduct: Conduct, gaze: dict[str, Any]) -> Conduct:
    """A word about looking replaces what the mood implied."""
    away = gaze.get("away", gaze.get("away_degrees"))
    return replace(
        conduct,
        gaze_away=float(gaze.get("gaze_away", 0.0)),
        gaze_held=float(gaze.get("gaze_held", 0.0)),
        away=(float(away[0]), float(away[1])) if isinstance(away, list) else away,
        turned=float(gaze.get("turned_degrees", 0.0)),
    )


def _distance(reading: Reading, arrangement: Arrangement, manners: list[Arrangement], warnings: list[str]) -> float:
    """Metres between the two, as a number in the sentence, a word for it, or the arrangement has it."""
    metres = [float(said.value) for said in _affirmed(reading, lambda kind: kind == "metres")]
    if metres:
        if not NEAREST <= metres[-1] <= FARTHEST:
            warnings.append(
                f"{metres[-1]:g} m apart is outside {NEAREST:g} to {FARTHEST:g} m; the nearer limit is used."
            )
        return metres[-1]
    distance = arrangement.distance
    for manner in manners:
        distance *= manner.distance_scale
    said = _only(reading, "distance", EVERYBODY, "the scene", warnings)
    if said is None:
        return distance
    return float(said.get("distance", distance * said.get("scale", 1.0)))


def _left(reading: Reading, names: tuple[str, str], warnings: list[str]) -> int:
    """Who is on the left of the picture."""
    sides: dict[int, str] = {}
    for said in _affirmed(reading, lambda kind: kind == "side"):
        if len(said.people) == 1:
            sides[said.people[0]] = str(said.value)
    if len(sides) == len(EVERYBODY) and len(set(sides.values())) == 1:
        warnings.append(f"{names[0]} and {names[1]} cannot both be on the {sides[0]}; {names[1]}'s side counts.")
        del sides[0]
    if not sides:
        return 0
    person, side = next(iter(sides.items()))
    return person if side == "left" else 1 - person


def _only(reading: Reading, kind: str, people: tuple[int, ...], about: str, warnings: list[str]) -> Any:
    """The value said last about these people; what is said of a person alone wins over what is said of both."""
    if kind == "gaze":
        every = [_turned_round(said) for said in reading.said if said.kind == kind]
    else:
        every = _affirmed(reading, lambda other: other == kind)
    told = [said for said in every if set(people) <= set(said.people) or people == EVERYBODY]
    own = [said for said in told if said.people == people]
    told = own or told
    _warn_of_two(told, about, warnings)
    return told[-1].value if told else None


def _turned_round(said: Said) -> Said:
    """“Never looks at” is looking away; “not looking away” is looking."""
    if not said.negated:
        return said
    return replace(said, value=_NOT_LOOKING if "gaze_held" in said.value else _NOT_LOOKING_AWAY, negated=False)


def _affirmed(reading: Reading, wanted: Callable[[str], bool]) -> list[Said]:
    return [said for said in reading.said if wanted(said.kind) and not said.negated]


def _warn_of_two(told: list[Said], about: str, warnings: list[str]) -> None:
    different = [said for said in told if said.value != told[-1].value]
    if different:
        phrases = f"both “{different[0].phrase}” and “{told[-1].phrase}”"
        warning = f"The sentence says {phrases} about {about}; the later one counts."
        if warning not in warnings:
            warnings.append(warning)


def _not_understood(reading: Reading) -> list[str]:
    sentences = []
    if reading.unknown:
        words = ", ".join(f"“{word}”" for word in reading.unknown)
        sentences.append(f"Nothing in the scene follows from {words}.")
    if reading.unresolved:
        words = ", ".join(f"“{word}”" for word in reading.unresolved)
        sentences.append(f"It is not clear who {words} is; use the speakers' names.")
    return sentences
