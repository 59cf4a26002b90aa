"""Time and memory of the colocated engine alone: bench_colocated.py OUT.json SECONDS (the backend's Python).

For the bundled dialogue repeated to that length, both heads, in a process of its own, so that the peak of its memory is
of that length. Reading sound and finding turns are not in it; loading the weights is told beside it.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Final

from bench_material import ROOT, THREADS, bundled_dialogue, repeated

_WARM_UP: Final = 15.0


class StageClock:
    """When loading, features and model began, seconds of a clock that only goes forward."""

    def __init__(self) -> None:
        self.began: dict[str, float] = {}

    def progress(self, stage: str, _done: int, _total: int) -> None:
        """As `engines.generate` calls it; `stage` begins with its first call."""
        self.began.setdefault(stage, time.perf_counter())


def main(arguments: list[str]) -> None:
    """Measure one length and write."""
    import torch

    sys.path.insert(0, str(ROOT))
    from backend.contract.constants import COLOCATED_ENGINE
    from backend.engines import generate
    from backend.engines.base import Conditions
    from backend.job.stages import peak_megabytes

    torch.set_num_threads(THREADS)
    dialogue = bundled_dialogue()

    def measure(seconds: float) -> dict[str, float]:
        audio = repeated(dialogue, seconds)
        clock, busy = StageClock(), time.process_time()
        clock.progress("loading", 0, 1)
        generate(COLOCATED_ENGINE, Conditions(audio), progress=clock.progress)
        ended = time.perf_counter()
        began = clock.began
        return {
            "loading_seconds": began["features"] - began["loading"],
            "features_seconds": began["model"] - began["features"],
            "model_seconds": ended - began["model"],
            "processor_seconds": time.process_time() - busy,
            "peak_megabytes": peak_megabytes(),
        }

    measure(_WARM_UP)  # the first run of torch's parts is not any run's
    Path(arguments[0]).write_text(json.dumps(measure(float(arguments[1]))), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
