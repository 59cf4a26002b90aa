"""The `dualtalk` engine: two tracks, or one mix and who speaks when, to both heads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from ...speech.encoder import load_encoder
from ..lip_reader.checkpoint import load_lips
from ..lip_reader.listening import listen
from ..motion import DialogueAudio, KnownPerson, Motion
from ..stage_steps import steps_of
from .checkpoint import load_network
from .reaction import react
from .rollout import perform


def run(
    audio: DialogueAudio,
    encoder_path: Path,
    seed: int,
    habits: tuple[Mapping[str, float], Mapping[str, float]],
    device: str,
    progress: Callable[[str, int, int], None],
    check_cancel: Callable[[], None],
    known: KnownPerson | None = None,
) -> Motion:
    """As `backend.engines.generate`."""
    progress("features", 0, 1)
    encoder = load_encoder(encoder_path, device)
    network = load_network(device=device)

    heard = listen(audio, encoder, load_lips(device=device), network.hear, steps_of("features", progress, check_cancel))
    speaking = audio.speaking if audio.speaking is not None else np.full((2, heard.frames), 0.5, np.float32)
    floor = speaking[:, : heard.frames]
    if known is not None:
        return react(heard, floor, network, habits, seed, known, steps_of("model", progress, check_cancel))
    return perform(heard, floor, network, habits, seed, steps_of("model", progress, check_cancel))
