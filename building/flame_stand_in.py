"""Writes a face in FLAME's shape that may be shipped.

python -m building.flame_stand_in OUT.npz, with the backend's Python.
"""

from __future__ import annotations

import sys
from pathlib import Path

from backend.contract.face import load_face, save_face
from backend.face.flame_shaped import flame_shaped

from .paths import ROOT


def main(arguments: list[str]) -> None:
    """Command line."""
    save_face(Path(arguments[0]), flame_shaped(load_face(ROOT / ".assets" / "faces" / "open-head-1.npz")))


if __name__ == "__main__":
    main(sys.argv[1:])
