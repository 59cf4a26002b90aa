"""Speed of the small DualTalk alone: bench_dualtalk.py OUT.json SECONDS … (the backend's Python).

For the bundled dialogue repeated to each length: what one second of it costs both heads, in one process. Reading sound,
finding turns and the speech encoder are not in it; the encoder's own share is told beside it.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from bench_material import ROOT, THREADS, bundled_dialogue, repeated


def main(arguments: list[str]) -> None:
    """Measure the lengths in order and write."""
    import torch
    from torch import Tensor, nn

    sys.path.insert(0, str(ROOT))
    from backend.assets import assets_folder
    from backend.engines.dualtalk.engine import load_network
    from backend.engines.dualtalk.rollout import perform
    from backend.engines.lip_reader.listening import listen
    from backend.engines.lip_reader.model import load_lips
    from backend.job.stages import peak_megabytes
    from backend.speech.encoder import load_encoder

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

    torch.set_num_threads(THREADS)
    network, lips = load_network(), load_lips()
    speech = load_encoder(assets_folder(None) / "speech" / "whisper-base-encoder-4.safetensors", "cpu")
    dialogue = bundled_dialogue()

    def measure(seconds: float) -> dict[str, float]:
        audio = repeated(dialogue, seconds)
        assert audio.speaking is not None  # noqa: S101  (`repeated` says who speaks)
        encoder = TimedEncoder(speech)
        started, busy = time.perf_counter(), time.process_time()
        listening = listen(audio, encoder, lips, network.encode_audio, quiet)  # type: ignore[arg-type]
        perform(listening, audio.speaking, network, ({}, {}), 0, quiet)
        whole, processor = time.perf_counter() - started, time.process_time() - busy
        return {
            "real_time_factor": (whole - encoder.seconds) / seconds,
            "processor_factor": (processor - encoder.processor) / seconds,
            "features_factor": encoder.seconds / seconds,
            "peak_megabytes": peak_megabytes(),
        }

    measure(20.0)  # the first run of torch's parts is not any run's
    found: dict[str, Any] = {word: measure(float(word)) for word in arguments[1:]}
    Path(arguments[0]).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
