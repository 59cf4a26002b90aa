"""The official DualTalk as an engine: a checkpoint of the artist's and two tracks to both people on FLAME's basis."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from ...contract.constants import OFFICIAL_FACE, SAMPLES_PER_FRAME
from ...speech.encoder import ENCODER_FILE
from ..base import Conditions, DialogueAudio, KnownPerson, Motion, Progress, never, quiet
from ..weights import weights_hashes
from .checkpoint import load_checkpoint
from .conversion import checkpoint_hash
from .model import EXPRESSION, JAW, NECK, OfficialConfig, OfficialDualTalk
from .rollout import WINDOWS, GivenMotion, Windows, official_motion
from .speech_encoders import FeatureEncoder, FeatureShape, whisper_features

_QUIET_DECIBELS: Final = 25.0
"""A frame this far below a track's loud ones is as likely speech as not."""
_SOFTNESS_DECIBELS: Final = 3.0


@dataclass(frozen=True)
class OfficialEngine:
    """As `base.Engine`: expression [2, T, 50] of FLAME, jaw and neck; eyes look straight ahead. It knows no scene, no
    habits and no chance; where nobody says who speaks, it is guessed from the loudness.

    `encode_features` makes the features of a checkpoint that was trained on Whisper's, and is None for others.
    """

    model: OfficialDualTalk
    weights: Mapping[str, str]
    encode_features: FeatureEncoder | None = None
    windows: Windows = WINDOWS
    face: str = OFFICIAL_FACE

    @property
    def notes(self) -> Mapping[str, Any]:
        """The checkpoint's name and how a dialogue is cut."""
        return {"checkpoint": next(iter(self.weights)), "windows": asdict(self.windows)}

    @classmethod
    def load(cls, assets: Path, device: str, checkpoint: Path, config: OfficialConfig | None = None) -> OfficialEngine:
        """`config` as in `load_checkpoint`. Raises DuologueError (WEIGHTS_INVALID, ASSET_MISSING, ASSET_CORRUPT)."""
        hashes = {checkpoint.name: checkpoint_hash(checkpoint)}
        model = load_checkpoint(checkpoint, device=device, config=config)
        if not isinstance(model.config.speech, FeatureShape):
            return cls(model, hashes)
        encode_features = whisper_features(assets, device)
        return cls(model, hashes | weights_hashes(assets / ENCODER_FILE), encode_features)

    def generate(
        self,
        conditions: Conditions,
        seed: int = 0,  # noqa: ARG002  (the model knows no chance)
        progress: Progress = quiet,
        check_cancel: Callable[[], None] = never,
    ) -> Motion:
        """As `base.Engine`. Without a partner both heads are rolled out, each from the other's last window.

        Raises DuologueError as `official_motion`.
        """

        def step(stage: str, done: int, total: int) -> None:
            check_cancel()
            progress(stage, done, total)

        audio = conditions.audio
        guessed = audio.speaking is None
        speaking = speaking_by_level(audio.tracks) if guessed else conditions.speaking
        tracks = audio.tracks if audio.separate else _a_track_each(audio, speaking)
        partner = None if conditions.partner is None else _given_motion(conditions.partner)
        motion = official_motion(self.model, tracks, partner, self.windows, step, self.encode_features)  # [2, T, 56]
        return Motion(
            expression=np.ascontiguousarray(motion[:, :, EXPRESSION], np.float32),
            jaw=motion[:, :, JAW],
            neck=motion[:, :, NECK],
            gaze=np.zeros((*motion.shape[:2], 2), np.float32),
            speaking=speaking[:, : motion.shape[1]].astype(np.float32),
        )


def _a_track_each(audio: DialogueAudio, speaking: np.ndarray) -> np.ndarray:
    """[2, N] of one mix: each person gets what is said while they speak, `speaking` [2, T]."""
    gates = np.repeat(speaking, SAMPLES_PER_FRAME, axis=1)[:, : audio.tracks.shape[1]].astype(np.float32)
    return audio.tracks * gates


def _given_motion(partner: KnownPerson) -> GivenMotion:
    motion = np.concatenate((partner.expression[:, EXPRESSION], partner.jaw, partner.neck), axis=1)  # [T, 56]
    return GivenMotion(partner.person, motion.astype(np.float32))


def speaking_by_level(tracks: np.ndarray) -> np.ndarray:
    """[2, N] → [2, T] how likely each speaks, by how far a frame is below the track's loud ones."""
    padded = np.pad(np.asarray(tracks, np.float64), ((0, 0), (0, -tracks.shape[1] % SAMPLES_PER_FRAME)))
    power = np.square(padded.reshape(len(tracks), -1, SAMPLES_PER_FRAME)).mean(axis=2)  # [2, T]
    level = 10.0 * np.log10(np.maximum(power, 1e-12))
    above = level - np.percentile(level, 95.0, axis=1, keepdims=True) + _QUIET_DECIBELS
    likely = 1.0 / (1.0 + np.exp(np.clip(-above / _SOFTNESS_DECIBELS, -30.0, 30.0)))
    return np.asarray(np.where(level <= -90.0, 0.0, likely), np.float32)  # noqa: PLR2004  (digital silence)
