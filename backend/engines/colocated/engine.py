"""The `colocated` engine: one mix or two tracks, and the place, to both people in one room."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ...contract.arkit import SPOKEN_COMPONENTS
from ...speech.encoder import load_encoder
from ..keeping import keep
from ..lip_reader.checkpoint import load_lips
from ..lip_reader.listening import MARGIN, STEP, Heard, listen
from ..motion import DialogueAudio, KeptMotion, Motion
from ..scene import Scene
from ..stage_steps import steps_of
from ..traits import engine_habits, trait_vector
from .checkpoint import COLOCATED_WEIGHTS, load_colocated
from .decoder import Decoded, Read, decode_person
from .model import Condition
from .sampler import USUAL, Guidance, Told, perform_dialogue
from .stream import stream_rows


def dice_of(seed: int, audio: DialogueAudio) -> int:
    """What noise and dice are drawn from: the same for the same request, another for another dialogue.

    With the seed alone two dialogues would nod and blink at the same seconds.
    """
    heard = zlib.crc32(np.ascontiguousarray(audio.tracks).data)
    return int(np.random.SeedSequence([seed, heard]).generate_state(1, np.uint64)[0] >> np.uint64(1))


def run(
    audio: DialogueAudio,
    encoder_path: Path,
    seed: int,
    habits: tuple[Mapping[str, float], Mapping[str, float]],
    device: str,
    *,
    progress: Callable[[str, int, int], None],
    check_cancel: Callable[[], None],
    scene: Scene,
    kept: KeptMotion | None = None,
    weights: Path = COLOCATED_WEIGHTS,
    guidance: Guidance = USUAL,
) -> Motion:
    """As `backend.engines.generate`."""
    progress("features", 0, 1)
    encoder = load_encoder(encoder_path, device)
    model = load_colocated(weights, device)
    lips = load_lips(device=device)

    dice = dice_of(seed, audio)
    heard = listen(audio, encoder, lips, model.hear, steps_of("features", progress, check_cancel))
    speaking = audio.speaking if audio.speaking is not None else np.full((2, heard.frames), 0.5, np.float32)
    floor = speaking[:, : heard.frames].astype(np.float32)
    known = None if kept is None else kept_streams(kept, scene, device)
    streams = perform_dialogue(
        model,
        told_of(heard, floor, habits, scene, device),
        dice,
        guidance,
        kept=known,
        progress=steps_of("model", progress, check_cancel),
    )
    made = decoded(streams.cpu().numpy(), heard, floor, dice)
    return made if kept is None else keep(made, kept)


def told_of(
    heard: Heard,
    speaking: np.ndarray,
    habits: tuple[Mapping[str, float], Mapping[str, float]],
    scene: Scene,
    device: str,
) -> Told:
    """What the denoiser is told: what was `heard`, who speaks [2, T], both people and the place."""
    inner = heard.windows[:, :, MARGIN : MARGIN + STEP]  # [K, 2, 150, D]
    rows = inner.transpose(0, 1).flatten(1, 2)[:, : heard.frames]
    read = (
        heard.expression[..., SPOKEN_COMPONENTS],
        *(one[..., None] for one in (heard.jaw, heard.closure, heard.touch)),
    )
    arrays = (
        speaking,
        np.concatenate(read, axis=-1, dtype=np.float32),
        np.stack([trait_vector(engine_habits(one)) for one in habits]),
        scene.mood_rows(),
        scene.layout,
    )
    return Told(rows.to(device), Condition(*(torch.from_numpy(one).to(device) for one in arrays)))


def kept_streams(kept: KeptMotion, scene: Scene, device: str) -> tuple[Tensor, Tensor]:
    """Raw streams [2, T, 65] and a mask [2, T, 1], as `perform_dialogue` takes them."""
    stream = torch.from_numpy(stream_rows(kept.motion, scene.distance))
    return stream.to(device), torch.from_numpy(kept.mask.astype(np.float32)[..., None]).to(device)


def decoded(streams: np.ndarray, heard: Heard, speaking: np.ndarray, seed: int) -> Motion:
    """`streams` [2, T, 65] raw as the motion of both people."""
    people: list[Decoded] = []
    for who in range(2):
        read = Read(*(getattr(heard, name)[who] for name in ("expression", "jaw", "closure", "touch")))
        people.append(decode_person(streams[who], read, speaking[who], np.random.default_rng([seed, who])))
    arrays = {name: np.stack([getattr(one, name) for one in people]) for name in ("expression", "jaw", "neck", "gaze")}
    return Motion(**arrays, speaking=speaking, sway=np.stack([one.sway for one in people]))
