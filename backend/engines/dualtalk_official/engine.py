"""The official DualTalk on two tracks: from a checkpoint's file to a performance on FLAME heads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np

from ...assets import assets_folder
from ...contract.constants import FRAME_RATE, JOINT_NAMES, OFFICIAL_ENGINE, OFFICIAL_FACE, SAMPLES_PER_FRAME
from ...contract.errors import DuologueError, ExitCode
from ...contract.performance import Performance
from .checkpoint import load_checkpoint
from .conversion import checkpoint_hash
from .framed_features import whisper_file, whisper_hearing
from .model import EXPRESSION, JAW, NECK, OfficialConfig
from .rollout import WINDOWS, KnownMotion, Windows, official_motion
from .speech_encoders import FeatureShape

ENGINE: Final = OFFICIAL_ENGINE
FACE: Final = OFFICIAL_FACE
"""FLAME's generic basis, of which the model has the first 50 expression components."""

_GLOBAL, _NECK, _JAW = (JOINT_NAMES.index(name) for name in ("global", "neck", "jaw"))
_EYE_HEIGHT: Final = 1.2
_APART: Final = 1.1
"""Metres: seated and across a small table. The model knows nothing of places."""
_QUIET_DECIBELS: Final = 25.0
"""A frame this far below a track's loud ones is as likely speech as not."""
_SOFTNESS_DECIBELS: Final = 3.0


def animate_official(
    tracks: np.ndarray,
    checkpoint: Path,
    partner_motion: KnownMotion | None = None,
    *,
    device: str = "cpu",
    speakers: tuple[str, str] = ("Anna", "Ben"),
    speaking: np.ndarray | None = None,
    config: OfficialConfig | None = None,
    assets: Path | None = None,
    windows: Windows = WINDOWS,
    step: Callable[[str, int, int], None] = lambda _stage, _done, _total: None,
) -> Performance:
    """Both people of `tracks` [2, N] (float32, 16 kHz, a person each), animated by the weights in `checkpoint`.

    Where `partner_motion` says what one person does, that person does so and the other reacts; else both are rolled
    out. `speaking` [2, T] probability that each speaks; None is a guess from the loudness. `config` as in
    `load_checkpoint`; `assets` holds the speech encoder of a checkpoint that was trained on Whisper's features;
    `windows` and `step` as in `official_motion`, with the stage “load” before the others.
    The performance is on the face “flame”: 50 expression components, jaw and neck turn, eyes look straight ahead, and
    the two sit opposite each other. Raises DuologueError as `load_checkpoint` and `official_motion`.
    """
    step("load", 0, 1)
    weights = checkpoint_hash(checkpoint)
    model = load_checkpoint(checkpoint, device=device, config=config)
    on_features = isinstance(model.config.speech, FeatureShape)
    hear = whisper_hearing(assets_folder(assets), device) if on_features else None
    step("load", 1, 1)
    motion = official_motion(model, tracks, partner_motion, windows, step, hear)  # [2, T, 56]
    meta = {
        "engine": ENGINE,
        "checkpoint": checkpoint.name,
        "weights_sha256": weights,
        "weights": {checkpoint.name: weights} | (whisper_file(assets_folder(assets)) if on_features else {}),
        "device": device,
        "windows": asdict(windows),
        "partner_motion": "roll-out" if partner_motion is None else f"given for {speakers[partner_motion.person]}",
        "characters": [{"name": name, "identity": {}, "habits": {}} for name in speakers],
    }
    return official_performance(motion, speaking_by_level(tracks) if speaking is None else speaking, speakers, meta)


def official_performance(
    motion: np.ndarray, speaking: np.ndarray, speakers: tuple[str, str], meta: dict[str, Any]
) -> Performance:
    """`motion` [2, T, 56] as the model has it, on two FLAME heads opposite each other; `speaking` [2, T]."""
    frames = motion.shape[1]
    pose = np.zeros((2, frames, len(JOINT_NAMES), 3), np.float32)  # axis-angle, radians
    pose[:, :, _JAW] = motion[:, :, JAW]
    pose[:, :, _NECK] = motion[:, :, NECK]
    translation = np.zeros((2, frames, 3), np.float32)  # metres
    for person, side in ((0, -1.0), (1, 1.0)):  # the first on the left of the picture, facing +X
        pose[person, :, _GLOBAL, 1] = -side * np.pi / 2.0
        translation[person] = (side * _APART / 2.0, _EYE_HEIGHT, 0.0)
    return Performance(
        fps=float(FRAME_RATE),
        face=FACE,
        speakers=speakers,
        expression=np.ascontiguousarray(motion[:, :, EXPRESSION], np.float32),
        pose=pose,
        translation=translation,
        speaking=speaking[:, :frames].astype(np.float32),
        meta=meta,
    )


def known_from(performance: Performance, person: int, frames: int) -> KnownMotion:
    """What `person` does in a take on a FLAME face, for `frames` of sound; a longer take is cut.

    Raises DuologueError (BAD_REQUEST) for a take on another face, at another rate, or too short.
    """
    width = EXPRESSION.stop
    on_flame = performance.face == FACE or performance.face.startswith(f"{FACE}-")
    if not on_flame or performance.expression.shape[2] < width:
        raise _unfit(f"The partner's take is on the face {performance.face}, not on FLAME", "transfer-performance")
    if performance.fps != FRAME_RATE:
        raise _unfit(f"The partner's take has {performance.fps:g} frames a second, not {FRAME_RATE}", "animate")
    if performance.frame_count < frames:
        raise _unfit(f"The partner's take has {performance.frame_count} frames, the sound {frames}", "animate")
    motion = np.concatenate(
        (
            performance.expression[person, :frames, :width],
            performance.pose[person, :frames, _JAW],
            performance.pose[person, :frames, _NECK],
        ),
        axis=1,
    )
    return KnownMotion(person, motion.astype(np.float32))


def speaking_by_level(tracks: np.ndarray) -> np.ndarray:
    """[2, N] → [2, T] how likely each speaks, by how far a frame is below the track's loud ones."""
    padded = np.pad(np.asarray(tracks, np.float64), ((0, 0), (0, -tracks.shape[1] % SAMPLES_PER_FRAME)))
    power = np.square(padded.reshape(len(tracks), -1, SAMPLES_PER_FRAME)).mean(axis=2)  # [2, T]
    level = 10.0 * np.log10(np.maximum(power, 1e-12))
    above = level - np.percentile(level, 95.0, axis=1, keepdims=True) + _QUIET_DECIBELS
    likely = 1.0 / (1.0 + np.exp(np.clip(-above / _SOFTNESS_DECIBELS, -30.0, 30.0)))
    return np.asarray(np.where(level <= -90.0, 0.0, likely), np.float32)  # noqa: PLR2004  (digital silence)


def _unfit(problem: str, command: str) -> DuologueError:
    return DuologueError(
        ExitCode.BAD_REQUEST, f"{problem}.", f"Make a take that fits with `python -m backend {command}`."
    )
