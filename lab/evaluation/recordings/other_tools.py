"""What other tools make of the same recordings, for the same table; each runs in a throw-away environment."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Final

import numpy as np
import soundfile

from backend.contract.arkit import ARKIT_INDEX, ARKIT_NAMES
from backend.contract.constants import FRAME_RATE, JAW_OPEN_RADIANS, SAMPLE_RATE
from backend.engines.motion import Motion

from .clips import environment, run_command
from .dialogues import RealDialogue
from .known_phones import true_speaking

_PACKAGES: Final = ("openfacefx==0.24.0", "hama==1.7.0", "soundfile==0.14.0", "numpy==2.4.6")


def motion_of_openfacefx(dialogue: RealDialogue, true_phones: bool, folder: Path) -> Motion:
    """Both people's lips by openfacefx's rules, from true phones or from those hama hears; heads and eyes rest.

    `folder` keeps the environment. Raises DuologueError (DEPENDENCY_MISSING).
    """
    frames = dialogue.tracks.shape[1] * FRAME_RATE // SAMPLE_RATE
    with tempfile.TemporaryDirectory() as scratch:
        people = []
        for who, track in enumerate(dialogue.tracks):
            path = Path(scratch) / f"{who}.wav"
            soundfile.write(path, track, SAMPLE_RATE, subtype="PCM_16")
            people.append({"path": str(path), "phones": dialogue.phones[who] if true_phones else None})
        request, out = Path(scratch) / "request.json", Path(scratch) / "curves.json"
        request.write_text(json.dumps({"fps": FRAME_RATE, "frames": frames, "people": people}), encoding="utf-8")
        python = environment(folder / "baselines", _PACKAGES)
        run_command([str(python), str(Path(__file__).with_name("openfacefx_curves.py")), str(request), str(out)])
        told = json.loads(out.read_text(encoding="utf-8"))
    expression = np.zeros((2, frames, len(ARKIT_NAMES)), np.float32)
    jaw = np.zeros((2, frames, 3), np.float32)  # [2, T, 3] radians
    for who, curves in enumerate(told):
        for name, values in curves.items():
            if name == "jawOpen":  # the jaw is a joint on the open head
                jaw[who, :, 0] = np.array(values) * JAW_OPEN_RADIANS
            else:
                expression[who, :, ARKIT_INDEX[name]] = values
    speaking = true_speaking(dialogue, frames)
    return Motion(expression, jaw, np.zeros_like(jaw), np.zeros((2, frames, 2), np.float32), speaking)
