"""The first half of the engine: sound to lips and to what was heard, window by window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from torch import Tensor

from ...animation.curves import smooth_step
from ...contract.arkit import ARKIT_NAMES
from ...contract.constants import FRAME_RATE, SAMPLES_PER_FRAME
from ...speech.encoder import SpeechEncoder
from ...speech.features import level_gain
from ...speech.log_mel import log_mel
from ..base import DialogueAudio
from .model import LipReader

WINDOW: Final = 10 * FRAME_RATE
STEP: Final = 6 * FRAME_RATE
MARGIN: Final = (WINDOW - STEP) // 2
"""Frames: windows of 10 s every 6 s, of which the inner 6 s are kept, in training and here."""

_BATCH: Final = 4
_UNKNOWN: Final = 0.5
_HEARD_FROM, _HEARD_SURELY = 0.25, 0.6
"""In one mix, while one is heard to speak, the other's probability below which nothing is heard of them, and from which
it counts whole. Where one spoke alone, the silent one's lips moved in 3.6 % of the frames without it and move in 2.1 %
with it; where both speak, lips open 2 % less (24 rehearsals)."""


Hear = Callable[[Tensor, Tensor], Tensor]
"""What a network makes of sound: `features` [B, 2 T, 512] and `speaking` [B, T, 2], own first → [B, T, D]."""


@dataclass(frozen=True)
class Heard:
    """`expression` [2, T, 52], `jaw`, `closure` and `touch` [2, T] from the lip reader;
    `windows` [K, 2, 250, D] float16, what the network made of each window; `frames` T.
    """

    expression: np.ndarray
    jaw: np.ndarray
    closure: np.ndarray
    touch: np.ndarray
    windows: Tensor
    frames: int


def listen(
    audio: DialogueAudio,
    encoder: SpeechEncoder,
    lips: LipReader,
    hear: Hear,
    progress: Callable[[int, int], None],
) -> Heard:
    """Run the speech encoder, and on its features `lips` and `hear`, over `audio`, window by window.

    Memory beside the results does not grow with T.
    """
    frames = -(-audio.tracks.shape[1] // SAMPLES_PER_FRAME)
    gains = [level_gain(track) for track in audio.tracks]
    starts = [start - MARGIN for start in range(0, max(frames, 1), STEP)]
    expression = np.zeros((2, frames, len(ARKIT_NAMES)), np.float32)
    jaw, closure, touch = (np.zeros((2, frames), np.float32) for _ in range(3))
    heard: list[Tensor] = []
    for first in range(0, len(starts), _BATCH):
        progress(first, len(starts))
        batch = starts[first : first + _BATCH]
        features = torch.cat([_features(audio, gains, start, encoder) for start in batch])  # [2 K, 500, 512]
        speaking = torch.cat([_floor(audio, start) for start in batch]).to(features)  # [2 K, 250, 2]
        with torch.inference_mode():
            mouth = lips(features, speaking)
            encoded = hear(features, speaking)
        heard.append(encoded.view(len(batch), 2, WINDOW, -1).half().cpu())
        inner = slice(MARGIN, MARGIN + STEP)
        said = (mouth.expression, mouth.jaw, mouth.closure.sigmoid(), mouth.touch.sigmoid())
        for array, found in zip((expression, jaw, closure, touch), said, strict=True):
            kept = found[:, inner].float().cpu().numpy()
            for index, start in enumerate(batch):
                place = slice(start + MARGIN, min(start + MARGIN + STEP, frames))
                array[:, place] = kept[2 * index : 2 * index + 2, : place.stop - place.start]
    progress(len(starts), len(starts))
    return Heard(expression, jaw, closure, touch, torch.cat(heard), frames)


def window_of(array: np.ndarray, start: int, empty: float = 0.0) -> np.ndarray:
    """[2, T, …] → [2, 250, …] from frame `start`, which may lie before 0; `empty` where there is nothing."""
    piece = array[:, max(start, 0) : max(start + WINDOW, 0)]
    before = max(-start, 0)
    lengths = [(0, 0), (before, WINDOW - before - piece.shape[1])] + [(0, 0)] * (array.ndim - 2)
    return np.pad(piece, lengths, constant_values=empty)


def doubted(speaking: np.ndarray) -> np.ndarray:
    """[2, T] who is heard to speak in one mix → the same, but what may be an echo of the other's voice is none."""
    own = speaking * smooth_step(speaking, _HEARD_FROM, _HEARD_SURELY)
    partner_speaks = speaking[::-1] > _UNKNOWN
    return np.asarray(np.where(partner_speaks, own, speaking), np.float32)


def _features(audio: DialogueAudio, gains: list[float], start: int, encoder: SpeechEncoder) -> Tensor:
    """[2, 500, 512] on the encoder's device; one mixed recording is heard once."""
    tracks = audio.tracks if audio.separate else audio.tracks[:1]
    samples = np.zeros((len(tracks), WINDOW * SAMPLES_PER_FRAME), np.float32)
    begin = start * SAMPLES_PER_FRAME
    piece = tracks[:, max(begin, 0) : begin + samples.shape[1]]
    offset = max(-begin, 0)
    samples[:, offset : offset + piece.shape[1]] = piece * np.array(gains[: len(tracks)], np.float32)[:, None]
    parameter = next(encoder.parameters())
    with torch.inference_mode():
        features: Tensor = encoder(log_mel(torch.from_numpy(samples).to(parameter.device)).to(parameter.dtype))
    return features.float().expand(2, -1, -1)


def _floor(audio: DialogueAudio, start: int) -> Tensor:
    """[2, 250, 2] who speaks, own first. Not told: a half everywhere, as a tenth of the training examples have it."""
    if audio.speaking is None:
        return torch.full((2, WINDOW, 2), _UNKNOWN)
    told = window_of(audio.speaking.astype(np.float32), start)
    window = torch.from_numpy(told if audio.separate else doubted(told))
    return torch.stack((window.T, window.flip(0).T))
