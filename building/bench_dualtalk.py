"""Speed of the small DualTalk alone: bench_dualtalk.py OUT.json SECONDS … (the backend's Python).

For the bundled dialogue repeated to each length: what one second of it costs both heads, in one process. Reading sound,
finding turns and the speech encoder are not in it; the encoder's own share is told beside it.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any, Final

import numpy as np
import soundfile

_ROOT: Final = Path(__file__).resolve().parents[1]
_DIALOGUE: Final = _ROOT / "presets" / "demo"
_THREADS: Final = 2


def main(arguments: list[str]) -> None:
    """Measure the lengths in order and write."""
    import torch
    from torch import Tensor, nn

    sys.path.insert(0, str(_ROOT))
    from backend.assets import assets_folder
    from backend.contract.constants import SAMPLES_PER_FRAME
    from backend.engines.listening import listen
    from backend.engines.motion import DialogueAudio
    from backend.engines.performing import perform
    from backend.engines.weights import load_network
    from backend.speech.encoder import load_encoder
    from backend.turns import load_turn_models
    from backend.turns.tracks import speaking_from_tracks

    class TimedEncoder(nn.Module):
        """The speech encoder, which knows how long it took."""

        def __init__(self, encoder: nn.Module) -> None:
            super().__init__()
            self.encoder = encoder
            self.seconds = self.processor = 0.0

        def forward(self, mel: Tensor) -> Tensor:
            """As the encoder."""
            started, busy = time.perf_counter(), time.process_time()
            features: Tensor = self.encoder(mel)
            self.seconds += time.perf_counter() - started
            self.processor += time.process_time() - busy
            return features

    def quiet(_done: int, _total: int) -> None:
        return

    torch.set_num_threads(_THREADS)
    assets = assets_folder(None)
    network = load_network()
    speech = load_encoder(assets / "speech" / "whisper-base-encoder-4.safetensors", "cpu")
    dialogue = _dialogue(SAMPLES_PER_FRAME)  # [2, N]
    floor = speaking_from_tracks(dialogue, load_turn_models(assets / "turns"), quiet)

    def measure(seconds: float) -> dict[str, float]:
        frames = round(seconds * 25)
        tracks = np.stack([np.resize(track, frames * SAMPLES_PER_FRAME) for track in dialogue])
        speaking = np.stack([np.resize(one[: dialogue.shape[1] // SAMPLES_PER_FRAME], frames) for one in floor])
        encoder = TimedEncoder(speech)
        started, busy = time.perf_counter(), time.process_time()
        heard = listen(DialogueAudio(tracks, speaking, separate=True), encoder, network, quiet)  # type: ignore[arg-type]
        perform(heard, speaking, network, ({}, {}), 0, quiet)
        whole, processor = time.perf_counter() - started, time.process_time() - busy
        return {
            "real_time_factor": (whole - encoder.seconds) / seconds,
            "processor_factor": (processor - encoder.processor) / seconds,
            "features_factor": encoder.seconds / seconds,
            "peak_megabytes": _peak_megabytes(),
        }

    measure(20.0)  # the first run of torch's parts is not any run's
    found: dict[str, Any] = {word: measure(float(word)) for word in arguments[1:]}
    Path(arguments[0]).write_text(json.dumps(found), encoding="utf-8")


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
