"""The `colocated` engine: one mix or two tracks, and the place, to both people in one room; and its weights on disk."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor

from ...contract.arkit import SPOKEN_COMPONENTS
from ...speech.encoder import SpeechEncoder
from ..acting import Speaker, speakers_of, together
from ..base import (
    Conditions,
    DialogueAudio,
    KeptMotion,
    Motion,
    Progress,
    Scene,
    keep,
    keeping,
    never,
    quiet,
    steps_of,
)
from ..lip_reader.listening import LISTENING_WINDOWS, ListeningResult, listen, load_listener
from ..lip_reader.model import LipReader
from ..traits import engine_habits, trait_vector
from ..weights import read_weights
from .conditioning import Condition
from .decoder import Decoded, decode_person
from .model import Colocated, ColocatedConfig
from .sampler import USUAL, DialogueConditions, Guidance, perform_dialogue
from .stream import stream_rows

COLOCATED_WEIGHTS: Final = Path(__file__).resolve().parents[2] / "weights" / "colocated.safetensors"


def load_colocated(path: Path = COLOCATED_WEIGHTS, device: str = "cpu") -> Colocated:
    """The model in `path`, ready to run. Raises DuologueError (WEIGHTS_INVALID)."""
    return read_weights(path, lambda config: Colocated(_config(config)), device, "train colocated")


def _config(data: dict[str, Any]) -> ColocatedConfig:
    return ColocatedConfig(**data | {"widths": tuple(data["widths"])})


@dataclass(frozen=True)
class RawStreams:
    """What the denoiser made of a dialogue of T frames, and what else its motion is decoded from."""

    streams: np.ndarray  # [2, T, 65] raw
    lips: ListeningResult
    rng_seed: int


@dataclass(frozen=True)
class ColocatedEngine:
    """The engine `colocated` (`base.Engine`): makes both people for the scene, around what is known."""

    encoder: SpeechEncoder
    lips: LipReader
    model: Colocated
    weights: Mapping[str, str]
    guidance: Guidance = USUAL
    face: None = None

    @property
    def notes(self) -> Mapping[str, Any]:
        """Return nothing: a take records only the weights (`base.Engine`)."""
        return {}

    @classmethod
    def load(cls, assets: Path, device: str) -> ColocatedEngine:
        """Raises DuologueError (WEIGHTS_INVALID, ASSET_MISSING, ASSET_CORRUPT)."""
        encoder, lips, hashes = load_listener(assets, device, COLOCATED_WEIGHTS)
        return cls(encoder, lips, load_colocated(device=device), hashes)

    def generate(
        self,
        conditions: Conditions,
        seed: int,
        progress: Progress = quiet,
        check_cancel: Callable[[], None] = never,
    ) -> Motion:
        """Generate the motion of both people, as `base.Engine` says."""
        return self.motion_of(conditions, self.streams(conditions, seed, progress, check_cancel))

    def streams(
        self,
        conditions: Conditions,
        seed: int,
        progress: Progress = quiet,
        check_cancel: Callable[[], None] = never,
    ) -> RawStreams:
        """Sample both people's streams; arguments and errors as `generate`."""
        audio, scene = conditions.audio, conditions.scene
        device = str(self.model.offset.device)
        rng_seed = dialogue_seed(seed, audio)
        lips = listen(
            audio, self.encoder, self.lips, self.model.encode_audio, steps_of("features", progress, check_cancel)
        )
        kept = keeping(conditions.partner, conditions.kept)
        streams = perform_dialogue(
            self.model,
            _dialogue_conditions(lips, conditions, device),
            rng_seed,
            self.guidance,
            kept=None if kept is None else _kept_streams(kept, scene, device),
            progress=steps_of("model", progress, check_cancel),
        )
        return RawStreams(streams.cpu().numpy(), lips, rng_seed)

    def motion_of(self, conditions: Conditions, raw: RawStreams) -> Motion:
        """Decode `raw`, which `streams` made of `conditions`, and put in what is kept."""
        made = _decoded(raw, conditions.speaking.astype(np.float32), speakers_of(conditions))
        kept = keeping(conditions.partner, conditions.kept)
        if kept is None:
            return together(made, conditions, raw.rng_seed)
        # What is kept is put in before as well: it is what the other one answers.
        return keep(together(keep(made, kept), conditions, raw.rng_seed), kept)


def dialogue_seed(seed: int, audio: DialogueAudio) -> int:
    """What noise and events are drawn with: the same for the same request, another for another dialogue.

    With the request's seed alone two dialogues would nod and blink at the same seconds.
    """
    checksum = zlib.crc32(np.ascontiguousarray(audio.tracks).data)
    return int(np.random.SeedSequence([seed, checksum]).generate_state(1, np.uint64)[0] >> np.uint64(1))


def _dialogue_conditions(lips: ListeningResult, conditions: Conditions, device: str) -> DialogueConditions:
    """Join the conditions of the denoiser: the result of `listen`, who speaks, both people and the place."""
    windows = lips.windows.numpy()  # [K, 2, 250, D]
    audio_features = np.empty((2, lips.frames, windows.shape[-1]), windows.dtype)  # [2, T, D]
    LISTENING_WINDOWS.write_inner(audio_features, 0, windows)
    mouth = (  # [2, T, MOUTH] in parts
        lips.expression[..., SPOKEN_COMPONENTS],
        *(rows[..., None] for rows in (lips.jaw, lips.closure, lips.touch)),
    )
    arrays = (
        conditions.speaking.astype(np.float32),
        np.concatenate(mouth, axis=-1, dtype=np.float32),
        np.stack([trait_vector(engine_habits(person)) for person in conditions.habits]),
        conditions.scene.mood_rows(),
        conditions.scene.layout,
    )
    features, *given = (torch.from_numpy(array).to(device) for array in (audio_features, *arrays))
    return DialogueConditions(features, Condition(*given))


def _kept_streams(kept: KeptMotion, scene: Scene, device: str) -> tuple[Tensor, Tensor]:
    """Raw streams [2, T, 65] and a mask [2, T, 1], as `perform_dialogue` takes them."""
    stream = torch.from_numpy(stream_rows(kept.motion, scene.distance))
    return stream.to(device), torch.from_numpy(kept.mask.astype(np.float32)[..., None]).to(device)


def _decoded(raw: RawStreams, speaking: np.ndarray, speakers: Sequence[Speaker]) -> Motion:
    """Decode `raw` to the motion of both people; `speaking` [2, T]."""
    people: list[Decoded] = []
    for who in range(2):
        rng = np.random.default_rng([raw.rng_seed, who])
        people.append(decode_person(raw.streams[who], raw.lips.mouth_of(who), speaking[who], rng, speakers[who]))
    arrays = {
        name: np.stack([getattr(person, name) for person in people]) for name in ("expression", "jaw", "neck", "gaze")
    }
    return Motion(**arrays, speaking=speaking, sway=np.stack([person.sway for person in people]))
