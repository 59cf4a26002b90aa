"""A plausible person for a seed: a face that could exist, with colours that go together. No bpy here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import numpy as np

from ..heads.hair_styles import STYLES
from .identity_sliders import NUMBERED, ORIGINS, sliders

_DETAIL: Final = 0.28
"""Standard deviation of a feature; the sliders end at 1, where few people are."""

_MOST_DETAIL: Final = 0.75
_SPREAD_OF_SKIN: Final = 0.14

_SKIN: Final = np.array([[0.23, 0.112, 0.065], [0.62, 0.39, 0.265], [0.69, 0.43, 0.335]])  # [3 origins, linear RGB]
_LIPS: Final = np.array([[0.22, 0.075, 0.062], [0.48, 0.16, 0.135], [0.55, 0.20, 0.18]])
_DARK_HAIR: Final = np.array([[0.014, 0.010, 0.009], [0.012, 0.010, 0.010], [0.045, 0.022, 0.012]])
_LIGHT_HAIR: Final = (
    (0.10, 0.050, 0.022),
    (0.17, 0.060, 0.022),
    (0.34, 0.20, 0.085),
    (0.45, 0.31, 0.16),
    (0.30, 0.085, 0.025),
)
_GREY_HAIR: Final = np.array([0.42, 0.40, 0.37])
_BROWN_EYES: Final = ((0.05, 0.021, 0.009), (0.075, 0.035, 0.013), (0.11, 0.060, 0.022))
_LIGHT_EYES: Final = ((0.10, 0.20, 0.15), (0.14, 0.22, 0.30), (0.20, 0.32, 0.36), (0.16, 0.15, 0.07))
_GARMENTS: Final = (
    (0.045, 0.16, 0.17), (0.30, 0.12, 0.035), (0.32, 0.035, 0.05), (0.16, 0.10, 0.065),
    (0.07, 0.085, 0.12), (0.55, 0.36, 0.06), (0.10, 0.16, 0.24), (0.22, 0.24, 0.20),
)  # fmt: skip
_WOMEN_WEAR: Final = ("short", "bob", "long", "curly", "bun")
_MEN_WEAR: Final = ("cropped", "short", "curly")
_OLD_MEN_WEAR: Final = ("receding", "cropped", "short")


def random_person(seed: int, identity_names: Iterable[str]) -> dict[str, Any]:
    """A character without a name: identity for a face with these components, looks and habits. One seed, one person."""
    random = np.random.default_rng(seed)
    names = tuple(identity_names)
    woman = bool(random.random() < 0.5)  # noqa: PLR2004  (half of all people)
    age = float(random.beta(1.3, 2.2))
    origins = random.dirichlet((0.35, 0.35, 0.35))  # [3] shares; most people are mostly of one origin
    drawn = _person(random, woman=woman, age=age, origins=origins)
    for slider in sliders(names):
        if slider.name.startswith(NUMBERED):
            drawn[slider.name] = float(np.clip(random.normal(0.0, 0.8), -2.2, 2.2))
        elif slider.name not in drawn and slider.kind == "signed":
            drawn[slider.name] = float(np.clip(random.normal(0.0, _DETAIL), -_MOST_DETAIL, _MOST_DETAIL))
    shape = f"head_{random.choice(('oval', 'round', 'square', 'rectangular', 'triangular', 'diamond'))}"
    drawn[shape] = float(random.uniform(0.0, 0.5))
    identity = {name: round(value, 3) for name, value in drawn.items() if name in names}
    looks = _looks(random, woman=woman, age=age, origins=origins)
    return {"identity": identity, **looks, "habits": _habits(random, woman=woman)}


def _person(random: np.random.Generator, *, woman: bool, age: float, origins: np.ndarray) -> dict[str, float]:
    drawn = {name: float(share) for name, share in zip(ORIGINS, origins, strict=True)}
    drawn["gender"] = (-1.0 if woman else 1.0) * float(random.uniform(0.7, 1.0))
    drawn["age"] = age
    drawn["weight"] = float(np.clip(random.normal(0.0, 0.3), -0.6, 0.8))
    drawn["muscle"] = float(np.clip(random.normal(-0.1 if woman else 0.1, 0.25), -0.7, 0.7))
    return drawn


def _looks(random: np.random.Generator, *, woman: bool, age: float, origins: np.ndarray) -> dict[str, Any]:
    light = origins[ORIGINS.index("caucasian")] ** 2  # light hair and eyes need it from both parents
    tone = float(np.exp(random.normal(0.0, _SPREAD_OF_SKIN)))
    skin, lips = (np.clip(tone * np.exp(origins @ np.log(table)), 0.0, 0.85) for table in (_SKIN, _LIPS))
    hair = np.exp(origins @ np.log(_DARK_HAIR))
    if random.random() < 0.8 * light:
        hair = np.array(_LIGHT_HAIR[random.integers(len(_LIGHT_HAIR))]) * random.uniform(0.8, 1.2)
    grey = float(np.clip((age - 0.35) * 1.7 + random.normal(0.0, 0.15), 0.0, 0.95)) if age > 0.3 else 0.0  # noqa: PLR2004
    eyes = _LIGHT_EYES if random.random() < 0.85 * light else _BROWN_EYES
    stubble = 0.0 if woman or random.random() < 0.35 else float(random.uniform(0.2, 1.2))  # noqa: PLR2004
    styles = _WOMEN_WEAR if woman else (_OLD_MEN_WEAR if age > 0.55 else _MEN_WEAR)  # noqa: PLR2004
    worn = [style for style in styles if style in STYLES] or list(STYLES)
    return {
        "skin": {
            "colour": _colour(skin),
            "lips": _colour(lips),
            "blush": round(float(random.uniform(0.3, 0.9)), 2),
            "freckles": round(float(random.uniform(0.2, 0.8)), 2) if random.random() < 0.5 * light else 0.0,
            "spots": round(max(0.0, age - 0.5), 2),
            "stubble": round(stubble, 2),
            "beard": _colour((1.0 - grey) * 0.8 * hair + grey * _GREY_HAIR),
        },
        "eyes": {"colour": list(eyes[random.integers(len(eyes))])},
        "brows": {"colour": _colour((1.0 - 0.6 * grey) * 0.7 * hair + 0.6 * grey * _GREY_HAIR)},
        "hair": {"style": str(random.choice(worn)), "colour": _colour(hair), "grey": round(grey, 2)},
        "garment": {"colour": list(_GARMENTS[random.integers(len(_GARMENTS))])},
    }


def _habits(random: np.random.Generator, *, woman: bool) -> dict[str, float]:
    return {
        "stature": round(float(np.clip(random.normal(1.64 if woman else 1.77, 0.06), 1.45, 2.0)), 2),
        "blink_rate": round(float(np.clip(random.lognormal(np.log(17.0), 0.3), 7.0, 35.0)), 1),
        "expressiveness": round(float(np.clip(random.lognormal(0.0, 0.2), 0.6, 1.5)), 2),
        "gaze": round(float(np.clip(random.normal(1.0, 0.12), 0.65, 1.3)), 2),
    }


def _colour(linear: np.ndarray) -> list[float]:
    return [round(float(channel), 4) for channel in linear]
