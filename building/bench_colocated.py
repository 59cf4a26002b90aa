"""Time and memory of the colocated engine alone: bench_colocated.py OUT.json SECONDS (the backend's Python).

For the bundled dialogue repeated to that length, both heads, in a process of its own, so that the peak of its memory is
of that length. Reading sound and finding turns are not in it; loading the weights is told beside it.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import Final

import numpy as np
import soundfile

_ROOT: Final = Path(__file__).resolve().parents[1]
_DIALOGUE: Final = _ROOT / "presets" / "demo"
_THREADS: Final = 2
_WARM_UP: Final = 15.0


class StageClock:
    """When loading, features and model began, seconds of a clock that only goes forward."""

    def __init__(self) -> None:
        self.began: dict[str, float] = {}

    def progress(self, stage: str, _done: int, _total: int) -> None:
        """As `engines.generate` calls it: “features” once before the weights are loaded, and then step by step."""
        name = "loading" if not self.began else stage
        self.began.setdefault(name, time.perf_counter())


def main(arguments: list[str]) -> None:
    """Measure one length and write."""
    import torch

    sys.path.insert(0, str(_ROOT))
    from backend.assets import assets_folder
    from backend.contract.constants import COLOCATED_ENGINE, FRAME_RATE, SAMPLES_PER_FRAME
    from backend.engines import generate
    from backend.engines.motion import DialogueAudio
    from backend.turns import load_turn_models
    from backend.turns.tracks import speaking_from_tracks

    torch.set_num_threads(_THREADS)
    dialogue = _dialogue(SAMPLES_PER_FRAME)  # [2, N]
    models = load_turn_models(assets_folder(None) / "turns")
    floor = speaking_from_tracks(dialogue, models, lambda _done, _total: None)
    frames_there = dialogue.shape[1] // SAMPLES_PER_FRAME

    def measure(seconds: float) -> dict[str, float]:
        frames = round(seconds * FRAME_RATE)
        tracks = np.stack([np.resize(track, frames * SAMPLES_PER_FRAME) for track in dialogue])
        speaking = np.stack([np.resize(one[:frames_there], frames) for one in floor])
        clock, busy = StageClock(), time.process_time()
        generate(
            COLOCATED_ENGINE,
            DialogueAudio(tracks, speaking, separate=True),
            seed=0,
            habits=({}, {}),
            device="cpu",
            progress=clock.progress,
        )
        ended = time.perf_counter()
        began = clock.began
        return {
            "loading_seconds": began["features"] - began["loading"],
            "features_seconds": began["model"] - began["features"],
            "model_seconds": ended - began["model"],
            "processor_seconds": time.process_time() - busy,
            "peak_megabytes": _peak_megabytes(),
        }

    measure(_WARM_UP)  # the first run of torch's parts is not any run's
    Path(arguments[0]).write_text(json.dumps(measure(float(arguments[1]))), encoding="utf-8")


def _dialogue(samples_per_frame: int) -> np.ndarray:
    """Both tracks of the bundled dialogue, whole frames of them. [2, N]."""
    tracks = [soundfile.read(_DIALOGUE / f"{name}.flac", dtype="float32")[0] for name in ("anna", "ben")]
    length = min(len(track) for track in tracks) // samples_per_frame * samples_per_frame
    return np.stack([track[:length] for track in tracks])


def _peak_megabytes() -> float:
    """Most resident memory of this process so far."""
    unit = 1024.0 if sys.platform != "darwin" else 1024.0 * 1024.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


if __name__ == "__main__":
    main(sys.argv[1:])
