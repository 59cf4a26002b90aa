"""Writes a model in FLAME's shape and layout that may be shipped, to be read as a FLAME file is.

python -m building.flame_stand_in OUT.npz, with the backend's Python.
"""

from __future__ import annotations

import sys
from typing import Final

import numpy as np

from backend.contract.face import load_face
from backend.flame.flame_shaped import flame_shaped

from .paths import ROOT

_ARRAYS: Final = ("v_template", "f", "shapedirs", "posedirs", "J_regressor", "weights", "kintree_table")


def main(arguments: list[str]) -> None:
    """Command line."""
    face = flame_shaped(load_face(ROOT / ".assets" / "faces" / "open-head-1.npz"))
    np.savez_compressed(arguments[0], **{name: getattr(face, name) for name in _ARRAYS})


if __name__ == "__main__":
    main(sys.argv[1:])
