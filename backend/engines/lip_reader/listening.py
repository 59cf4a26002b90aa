"""Lip reading and audio features of a dialogue, window by window.

    tracks ─▶ log-mel ─▶ speech encoder ─▶ features [2 K, 500, 512] ─┬─▶ LipReader ─▶ expression, jaw, closure, touch
    speaking ─▶ windows [2 K, 250, 2] ───────────────────────────────┴─▶ encode_audio ─▶ windows [K, 2, 250, D]

Tracks at 16 kHz, T frames at 25 Hz, K windows of 250 frames, of which the inner 150 are used.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor

from ...animation.curves import smooth_step
from ...animation.face_assembly import ReadMouth
from ...contract.arkit import ARKIT_NAMES
from ...contract.constants import FRAME_RATE, SAMPLES_PER_FRAME
from ...prosody.level import levels_around
from ...speech.encoder import ENCODER_FILE, SpeechEncoder, load_encoder
from ...speech.features import level_gain
from ...speech.log_mel import log_mel
from ...windows import InnerWindows, cut_window
from ..base import DialogueAudio
from ..weights import weights_hashes
from .model import LIP_WEIGHTS, LipReader, load_lips

LISTENING_WINDOWS: Final = InnerWindows(length=10 * FRAME_RATE, step=6 * FRAME_RATE)
"""Windows of 10 s every 6 s, of which the inner 6 s are used, in training and here."""

_BATCH: Final = 4
_UNKNOWN: Final = 0.5
_DETECTED_FROM, _DETECTED_SURELY = 0.25, 0.6
"""In one mix, while one person speaks, the other's probability of speaking below which it counts as 0, and from which
it counts whole. Where one spoke alone, the silent one's lips moved in 3.6 % of the frames without this rule and move in
2.1 % with it; where both speak, lips open 2 % less (24 rehearsals)."""


EncodeAudio = Callable[[Tensor, Tensor], Tensor]
"""Audio encoder of a network: `features` [B, 2 T, 512] and `speaking` [B, T, 2], own first → [B, T, D]."""


@dataclass(frozen=True)
class ListeningResult:
    """The lip reader's prediction and a network's audio features of a dialogue of T frames."""

    expression: np.ndarray  # [2, T, 52]
    jaw: np.ndarray  # [2, T] radians about X
    closure: np.ndarray  # [2, T] 0 to 1, probability of shut lips
    touch: np.ndarray  # [2, T] 0 to 1, probability of the lower lip at the teeth
    windows: Tensor  # [K, 2, 250, D] float16, audio features of each window
    frames: int
    decibels: np.ndarray | None = None  # [2, T] level of each track

    def mouth_of(self, person: int) -> ReadMouth:
        """The mouth of `person` 0 or 1."""
        level = None if self.decibels is None else self.decibels[person]
        return ReadMouth(self.expression[person], self.jaw[person], self.closure[person], self.touch[person], level)


def listen(
    audio: DialogueAudio,
    encoder: SpeechEncoder,
    lips: LipReader,
    encode_audio: EncodeAudio,
    progress: Callable[[int, int], None],
) -> ListeningResult:
    """Run the speech encoder, and on its features `lips` and `encode_audio`, over `audio`, window by window.

    Memory beside the results does not grow with T.
    """
    frames = -(-audio.tracks.shape[1] // SAMPLES_PER_FRAME)
    gains = [level_gain(track) for track in audio.tracks]
    starts = LISTENING_WINDOWS.starts(frames)
    expression = np.zeros((2, frames, len(ARKIT_NAMES)), np.float32)
    jaw, closure, touch = (np.zeros((2, frames), np.float32) for _ in range(3))
    windows: list[Tensor] = []
    for first in range(0, len(starts), _BATCH):
        progress(first, len(starts))
        batch = starts[first : first + _BATCH]
        features = torch.cat([_features(audio, gains, start, encoder) for start in batch])  # [2 K, 500, 512]
        speaking = torch.cat([_speaking_window(audio, start) for start in batch]).to(features)  # [2 K, 250, 2]
        with torch.inference_mode():
            mouth = lips(features, speaking)  # [2 K, 250, …]
            audio_features = encode_audio(features, speaking)  # [2 K, 250, D]
        windows.append(audio_features.view(len(batch), 2, LISTENING_WINDOWS.length, -1).half().cpu())  # [K, 2, 250, D]
        predicted = (mouth.expression, mouth.jaw, mouth.closure.sigmoid(), mouth.touch.sigmoid())
        for array, rows in zip((expression, jaw, closure, touch), predicted, strict=True):
            pairs = rows.unflatten(0, (-1, 2))  # [K, 2, 250, …]
            LISTENING_WINDOWS.write_inner(array, first, pairs.float().cpu().numpy())
    progress(len(starts), len(starts))
    decibels = np.stack([levels_around(track, frames) for track in audio.tracks]) if audio.separate else None  # [2, T]
    return ListeningResult(expression, jaw, closure, touch, torch.cat(windows), frames, decibels)


def load_listener(assets: Path, device: str, own_weights: Path) -> tuple[SpeechEncoder, LipReader, dict[str, str]]:
    """What an engine that listens loads beside its own model, and the hashes of all files, `own_weights` first.

    Raises DuologueError (WEIGHTS_INVALID, ASSET_MISSING, ASSET_CORRUPT).
    """
    encoder = load_encoder(assets / ENCODER_FILE, device)
    hashes = weights_hashes(own_weights, LIP_WEIGHTS, assets / ENCODER_FILE)
    return encoder, load_lips(device=device), hashes


def without_crosstalk(speaking: np.ndarray) -> np.ndarray:
    """Lower the speaking probabilities [2, T] of one mix where they may be an echo of the other person's voice."""
    own = speaking * smooth_step(speaking, _DETECTED_FROM, _DETECTED_SURELY)  # [2, T]
    partner_speaks = speaking[::-1] > _UNKNOWN  # [2, T]
    return np.asarray(np.where(partner_speaks, own, speaking), np.float32)


def _features(audio: DialogueAudio, gains: list[float], start: int, encoder: SpeechEncoder) -> Tensor:
    """Speech features [2, 500, 512] on the encoder's device; one mixed recording is encoded once."""
    tracks = audio.tracks if audio.separate else audio.tracks[:1]
    cut = cut_window(tracks, start * SAMPLES_PER_FRAME, LISTENING_WINDOWS.length * SAMPLES_PER_FRAME)
    samples = (cut * np.array(gains[: len(tracks)], np.float32)[:, None]).astype(np.float32)  # [1 or 2, 160000]
    parameter = next(encoder.parameters())
    with torch.inference_mode():
        features: Tensor = encoder(log_mel(torch.from_numpy(samples).to(parameter.device)).to(parameter.dtype))
    return features.float().expand(2, -1, -1)


def _speaking_window(audio: DialogueAudio, start: int) -> Tensor:
    """Speaking [2, 250, 2], own first; 0.5 where it is not given, as in a tenth of the training examples."""
    if audio.speaking is None:
        return torch.full((2, LISTENING_WINDOWS.length, 2), _UNKNOWN)
    detected = cut_window(audio.speaking.astype(np.float32), start, LISTENING_WINDOWS.length)  # [2, 250]
    window = torch.from_numpy(detected if audio.separate else without_crosstalk(detected))
    return torch.stack((window.T, window.flip(0).T))
