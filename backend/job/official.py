"""The engine `dualtalk-official` in a job: heard turns and a checkpoint become a take on FLAME's face."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..assets import assets_folder
from ..audio.dialogue import Dialogue
from ..contract.constants import SAMPLES_PER_FRAME
from ..contract.errors import DuologueError, ExitCode
from ..contract.job import JobRequest
from ..contract.performance import Performance
from .partner import partner_take
from .stages import Stages


def checkpoint_of(request: JobRequest) -> Path:
    """Raises DuologueError (BAD_REQUEST) where none is named."""
    if request.checkpoint is None:
        raise DuologueError(
            ExitCode.BAD_REQUEST, "There is no --checkpoint.", "Name the file DualTalk.pth, or use another engine."
        )
    return Path(request.checkpoint)


def officially(
    request: JobRequest, dialogue: Dialogue, speaking: np.ndarray, device: str, stages: Stages
) -> Performance:
    """The performance; `speaking` [2, T] says how likely each speaks.

    Raises DuologueError (WEIGHTS_INVALID, PERFORMANCE_INVALID, BAD_REQUEST, AUDIO_TOO_SHORT).
    """
    from ..engines.dualtalk_official.engine import animate_official, known_from

    names = (request.characters[0].name, request.characters[1].name)
    if request.prompt.strip() or request.staging is not None:
        stages.warn("DualTalk's own model knows no scene: the two sit opposite each other, whatever the sentence says.")
    frames = -(-dialogue.tracks.shape[1] // SAMPLES_PER_FRAME)
    speaking = speaking[:, np.minimum(np.arange(frames), speaking.shape[1] - 1)]  # [2, T]
    tracks = _a_track_each(dialogue, speaking, stages)
    known = None
    if request.partner is not None:
        take = partner_take(request.partner, frames, names, stages)
        known = known_from(take, request.partner.person, frames)
    return animate_official(
        tracks,
        checkpoint_of(request),
        known,
        device=device,
        speakers=names,
        speaking=speaking,
        assets=assets_folder(request.assets),
        step=stages.progress,
    )


def _a_track_each(dialogue: Dialogue, speaking: np.ndarray, stages: Stages) -> np.ndarray:
    """[2, N] a track for each person; of a mix each gets what is said while they speak."""
    if dialogue.separate:
        return dialogue.tracks
    stages.warn("DualTalk wants a track for each person; of the mix each gets what is said while they speak.")
    gates = np.repeat(speaking, SAMPLES_PER_FRAME, axis=1)[:, : dialogue.tracks.shape[1]].astype(np.float32)
    return dialogue.tracks * gates
