"""One spelling for names that mean the same: `mouthSmileLeft`, `Mouth_Smile_L`, `L_mouth-smile`. No bpy here.

What vendors put before and behind their names is data: presets/names/spellings.json.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any, Final

from ..paths import PRESETS, table_of

_SPELLINGS: Final = PRESETS / "names" / "spellings.json"
_NAMESPACE: Final = re.compile(r"^[^:|]*[:|]+(?=.)")
_PARAMETER: Final = re.compile(r"^.*/(?=[^/])")
"""`v2/JawOpen`, `FT/v2/JawOpen`: names as face trackers send them."""
_COPY: Final = re.compile(r"(?<=.)\.\d{3,}$")
_SEPARATORS: Final = r"[\s_.\-]+"
_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[左右]|(?:[^\W_a-zA-Z\d左右]|[\u2190-\u2bff])+")
"""Words, and the signs (∧, ▲, □) that Japanese rigs call mouths by."""
_SIDES: Final = {"l": "l", "left": "l", "左": "l", "r": "r", "right": "r", "右": "r"}
_GLUED: Final = re.compile(r"^(?:(?P<before>left|right)(?P<rest>.{3,})|(?P<base>.{3,}?)(?P<after>left|right))$")
_MOST_PASSES: Final = 16
_REMEMBERED: Final = 8192
"""Names; every preset is tried on the same rig."""


@lru_cache(maxsize=_REMEMBERED)
def canonical(name: str) -> str:
    """The spelling under which shape keys are compared: small letters without separators, then `.l` or `.r`.

    Case, separators, camel case, full-width letters, marks of the side wherever they stand, the prefixes and suffixes
    of vendors and of namespaces, and the `.001` of a copy make no difference. Applied twice it gives the same as once.
    """
    return _settled(name, (_NAMESPACE, _PARAMETER, *_of_shapes(), _COPY))


@lru_cache(maxsize=_REMEMBERED)
def canonical_bone(name: str) -> str:
    """The same for bones: numbers count (`spine.006` is not `spine.005`), marks of the middle (`.x`, `_M`) do not."""
    return _settled(name, (_NAMESPACE, *_of_bones()))


@lru_cache(maxsize=1)
def _spellings() -> dict[str, Any]:
    return table_of(_SPELLINGS)  # type: ignore[no-any-return]


@lru_cache(maxsize=1)
def _of_shapes() -> tuple[re.Pattern[str], ...]:
    told = _spellings()
    mesh = re.compile(rf"^(?:{'|'.join(told['meshes'])})\.(?=[^\W\d_]{{3}})", re.IGNORECASE)
    return (_prefix(told["prefixes"]), mesh, _suffix(told["suffixes"]))


@lru_cache(maxsize=1)
def _of_bones() -> tuple[re.Pattern[str], ...]:
    told = _spellings()
    prefixes, suffixes = told["prefixes"], (*told["suffixes"], *told["bone_suffixes"])
    return (_prefix(prefixes), _prefix(told["bone_prefixes"], least=2), _suffix(suffixes))


def _prefix(words: list[str], least: int = 1) -> re.Pattern[str]:
    return re.compile(rf"^(?:(?:{'|'.join(words)}){_SEPARATORS})+(?=\w{{{least}}})", re.IGNORECASE)


def _suffix(words: tuple[str, ...] | list[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<=\w){_SEPARATORS}(?:{'|'.join(words)})$", re.IGNORECASE)


def _settled(name: str, removed: tuple[re.Pattern[str], ...]) -> str:
    # What one pass joins can look like a prefix or a side again, so passes follow until nothing changes.
    for _ in range(_MOST_PASSES):
        previous, name = name, _pass(name, removed)
        if name == previous:
            break
    return name


def _pass(name: str, removed: tuple[re.Pattern[str], ...]) -> str:
    name = unicodedata.normalize("NFKC", name)
    for pattern in removed:
        name = pattern.sub("", name)
    words = [unicodedata.normalize("NFKC", word.casefold()) for word in _WORD.findall(name)]
    sides = [_SIDES[word] for word in words if word in _SIDES]
    base = "".join(word for word in words if word not in _SIDES)
    glued = _GLUED.match(base)
    if glued:
        base = glued["rest"] or glued["base"]
        sides.insert(0, _SIDES[glued["before"] or glued["after"]])
    return ".".join(part for part in (base, *sides) if part)
