"""One spelling for names that mean the same: `mouthSmileLeft`, `Mouth_Smile_L`, `L_mouth-smile`. No bpy here."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

_NAMESPACE: Final = re.compile(r"^[^:|]*[:|]+(?=.)")
_COPY: Final = re.compile(r"(?<=.)\.\d{3,}$")
_VENDOR: Final = re.compile(
    r"^(?:cc_base|cc_game|wolf3d(?:_head|_avatar|_teeth)?|(?:m_[a-z]\d+(?:_\d+)*_)?fcl|vrc|mixamorig\d*|j_bip_c|j_bip|j_adj|bip0*1|arkit|bs)"
    r"[\s_.\-]+(?=\w)",
    re.IGNORECASE,
)
_MESH: Final = re.compile(r"^(?:blend_?shapes?\d*|head|face|body|mesh)\.(?=[^\W\d_]{3})", re.IGNORECASE)
_CENTRE: Final = re.compile(r"(?<=.)\.x$", re.IGNORECASE)
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

    Case, separators, camel case, full-width letters, marks of the side wherever they stand, the prefixes of vendors and
    of namespaces, and the `.001` of a copy make no difference. Applied twice it gives the same as once.
    """
    return _settled(name, (_NAMESPACE, _VENDOR, _MESH, _COPY))


@lru_cache(maxsize=_REMEMBERED)
def canonical_bone(name: str) -> str:
    """The same for bones: their numbers count (`spine.006` is not `spine.005`), a mark of the middle (`.x`) not."""
    return _settled(name, (_NAMESPACE, _VENDOR, _CENTRE))


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
