"""Random weights of a DualTalk of the official shape, tiny, made by the worker's own Python."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = f"""
import sys
sys.path[:0] = [{str(ROOT)!r}]
from pathlib import Path
import torch
from backend.engines.dualtalk_official.conversion import convert_checkpoint
from backend.engines.dualtalk_official.checkpoint import official_state
from tests.support.official_models import TINY, tiny_model
folder = Path(sys.argv[1])
torch.save(official_state(tiny_model()), folder / "Tiny.pth")
convert_checkpoint(folder / "Tiny.pth", folder / "DualTalk.safetensors", TINY)
"""


def tiny_checkpoint(folder):
    """`folder` with `Tiny.pth`, and `DualTalk.safetensors`, converted, which says its own sizes."""
    words = [os.environ["DUOLOGUE_PYTHON"], "-c", SCRIPT, str(folder)]
    subprocess.run(words, check=True, env=os.environ | {"PYTHONPATH": ""})
    return folder
