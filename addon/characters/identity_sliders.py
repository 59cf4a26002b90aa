"""How identity components are shown to an artist: in groups, with words and ranges. No bpy here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["signed", "share", "deviations"]
"""−1 to 1; 0 to 1; −3 to 3 standard deviations (a statistical face such as FLAME)."""

GROUPS: Final = ("Person", "Head", "Eyes", "Nose", "Mouth", "Chin", "Cheeks", "Ears", "Neck", "Shape")
"""From the whole to the parts; *Shape* holds the numbered components of a statistical face."""

NUMBERED: Final = "identity_"
NUMBERED_SHOWN: Final = 10
"""Of a statistical face this many components are shown: they are sorted by how much of a person they are."""

ORIGINS: Final = ("african", "asian", "caucasian")
"""Shares of one whole."""

_PERSON: Final = ("gender", "age", *ORIGINS, "weight", "muscle")
_GROUP_OF_STEM: Final = {
    "head": "Head",
    "forehead": "Head",
    "eyebrows": "Eyes",
    "eye": "Eyes",
    "nose": "Nose",
    "mouth": "Mouth",
    "chin": "Chin",
    "cheek": "Cheeks",
    "ear": "Ears",
    "neck": "Neck",
}
_HEAD_SHAPES: Final = ("oval", "round", "square", "rectangular", "triangular", "invertedtriangular", "diamond")
_SHARES: Final = frozenset(("age", *ORIGINS, *(f"head_{shape}" for shape in _HEAD_SHAPES)))
_KEPT_STEMS: Final = frozenset(("forehead", "eyebrows"))
"""Stems that stay in a label, because their group is called otherwise."""

_WORDS: Final[Mapping[str, str]] = {
    "gender": "Woman – man",
    "age": "Age",
    "weight": "Thin – heavy",
    "muscle": "Soft – muscular",
    "head_invertedtriangular": "Heart-shaped",
    "head_back_scale_depth": "Back of head",
    "head_fat": "Fullness",
    "head_angle_out": "Tilt",
    "forehead_nubian": "Forehead bulge",
    "forehead_temple": "Temples",
    "eye_height2": "Openness",
    "eye_corner1_up": "Inner corner up",
    "eye_corner2_up": "Outer corner up",
    "eye_epicanthus_out": "Epicanthus",
    "eye_eyefold_up": "Fold of the lid",
    "eye_bag": "Bags",
    "nose_width1": "Bridge width",
    "nose_width2": "Middle width",
    "nose_curve_convex": "Convex",
    "nose_point_up": "Tip up",
    "nose_point_width": "Tip width",
    "nose_nostrils_width": "Nostrils",
    "mouth_cupidsbow": "Cupid's bow",
    "mouth_angles_up": "Corners up",
    "mouth_laugh_lines_out": "Laugh lines",
    "mouth_upperlip_volume": "Upper lip volume",
    "mouth_lowerlip_volume": "Lower lip volume",
    "mouth_upperlip_height": "Upper lip height",
    "mouth_lowerlip_height": "Lower lip height",
    "chin_prominent": "Forward",
    "chin_prognathism": "Underbite",
    "cheek_bones": "Cheekbones",
    "ear_wing": "Stand off",
    "neck_double": "Double chin",
}
_ENDINGS: Final = (
    ("_scale_depth", "_depth"),
    ("_scale_horiz", "_width"),
    ("_scale_vert", "_height"),
    ("_scale", "_size"),
    ("_trans_out", "_apart"),
    ("_trans_up", "_higher"),
    ("_trans_forward", "_forward"),
    ("_angle_up", "_angle"),
)


@dataclass(frozen=True)
class Slider:
    """One component: its `name` in the face, the `group` and `label` it is shown under, and the `kind` of its range."""

    name: str
    group: str
    label: str
    kind: Kind


def sliders(identity_names: Iterable[str], used: Iterable[str] = ()) -> list[Slider]:
    """The components to show of a face, in its order; of numbered ones the first few and those that are `used`."""
    names = tuple(identity_names)
    numbered = [name for name in names if name.startswith(NUMBERED)]
    hidden = set(numbered[NUMBERED_SHOWN:]) - set(used)
    return [_slider(name) for name in names if name not in hidden]


def _slider(name: str) -> Slider:
    group = "Person" if name in _PERSON else _GROUP_OF_STEM.get(name.partition("_")[0], "Shape")
    if group == "Shape":
        kind: Kind = "deviations"
    else:
        kind = "share" if name in _SHARES else "signed"
    return Slider(name, group, _label(name), kind)


def _label(name: str) -> str:
    if name in _WORDS:
        return _WORDS[name]
    if name.startswith(NUMBERED):
        return f"Component {name.removeprefix(NUMBERED).lstrip('0')}"
    for ending, word in _ENDINGS:
        if name.endswith(ending):
            name = name.removesuffix(ending) + word
            break
    stem, _, rest = name.partition("_")
    kept = stem in _KEPT_STEMS or not rest or stem not in _GROUP_OF_STEM
    return (name if kept else rest).replace("_", " ").capitalize()
