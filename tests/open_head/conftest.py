"""The derived open head, as `build.py setup` left it, and ways to pose it."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from backend.contract.constants import OPEN_HEAD
from backend.contract.face import load_face
from backend.face.skinning import identity_vector
from tests.support.posed_head import Head

_ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def face():
    folder = Path(os.environ.get("DUOLOGUE_ASSETS", _ROOT / ".assets"))
    return load_face(folder / "faces" / f"{OPEN_HEAD}.npz")


@pytest.fixture(scope="session")
def mean_head(face):
    return Head(face, np.zeros(len(face.identity_names)))


def _people():
    presets = sorted(path.stem for path in (_ROOT / "presets" / "characters").glob("*.json"))
    return ["mean", *presets, *(f"random-{seed}" for seed in range(4))]


@pytest.fixture(scope="session", params=_people())
def head(request, face):
    """The mean adult, everyone in the presets, and a few people drawn at random."""
    identity = np.zeros(len(face.identity_names))
    if request.param.startswith("random-"):
        random = np.random.default_rng(int(request.param[7:]))
        identity = random.uniform(-0.25, 0.25, len(identity))
        for name in ("age", "african", "asian", "caucasian"):
            identity[face.identity_names.index(name)] = random.uniform(0.0, 0.4)
    elif request.param != "mean":
        preset = json.loads((_ROOT / "presets" / "characters" / f"{request.param}.json").read_text(encoding="utf-8"))
        identity = identity_vector(face, preset["identity"])
    return Head(face, identity)
