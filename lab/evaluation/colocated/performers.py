"""Engines as they are measured: one call for every engine and every file of weights, each sound encoded only once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from backend.contract.constants import COLOCATED_ENGINE, DUALTALK_ENGINE
from backend.contract.errors import DuologueError, ExitCode
from backend.engines.base import Conditions, DialogueAudio, KeptMotion, Motion, keep
from backend.engines.colocated.engine import COLOCATED_WEIGHTS, ColocatedEngine, load_colocated
from backend.engines.colocated.sampler import DENOISER_WINDOWS, USUAL, Guidance
from backend.engines.colocated.stream import stream_rows
from backend.engines.dualtalk.engine import DualTalkEngine, load_network
from backend.engines.lip_reader.listening import LISTENING_WINDOWS
from backend.engines.lip_reader.model import load_lips
from backend.staging.stage import Staging, scene_of

from ..benchmark_inputs import CachingEncoder

Habits = tuple[Mapping[str, Any], Mapping[str, Any]]


@dataclass(frozen=True)
class Performed:
    """`motion` as an engine gives it, and the `streams` [2, T, 65] behind it, before lips and gaze are settled."""

    motion: Motion
    streams: np.ndarray


class Performer(Protocol):
    """An engine with its weights, ready to perform."""

    def perform(
        self, audio: DialogueAudio, staging: Staging, habits: Habits, seed: int, kept: KeptMotion | None = None
    ) -> Performed:
        """Animate both people of one dialogue, given who speaks when."""

    def seams(self, frames: int) -> list[int]:
        """Frames at which pieces of a dialogue of `frames` meet."""


class ColocatedPerformer:
    """The colocated engine with the weights of any file. Raises DuologueError (WEIGHTS_INVALID)."""

    def __init__(self, encoder: CachingEncoder, weights: Path = COLOCATED_WEIGHTS, guidance: Guidance = USUAL) -> None:
        model = load_colocated(weights, "cpu")
        self.engine = ColocatedEngine(encoder, load_lips(), model, weights={}, guidance=guidance)  # type: ignore[arg-type]

    def perform(
        self, audio: DialogueAudio, staging: Staging, habits: Habits, seed: int, kept: KeptMotion | None = None
    ) -> Performed:
        """Animate both people (`Performer`)."""
        conditions = Conditions(audio, habits, scene_of(staging), kept)
        raw = self.engine.streams(conditions, seed)
        return Performed(self.engine.motion_of(conditions, raw), raw.streams)

    def seams(self, frames: int) -> list[int]:
        """Where windows of the denoiser begin and end, and where those of the lip reader meet."""
        return sorted({*DENOISER_WINDOWS.seams(frames), *LISTENING_WINDOWS.seams(frames)})


class DualTalkPerformer:
    """The small DualTalk, to hold the colocated engine against. It knows no place; what is kept is put in after."""

    def __init__(self, encoder: CachingEncoder) -> None:
        self.engine = DualTalkEngine(encoder, load_lips(), load_network(), weights={})  # type: ignore[arg-type]

    def perform(
        self, audio: DialogueAudio, staging: Staging, habits: Habits, seed: int, kept: KeptMotion | None = None
    ) -> Performed:
        """Animate both people (`Performer`)."""
        motion = self.engine.generate(Conditions(audio, habits), seed)
        motion = motion if kept is None else keep(motion, kept)
        return Performed(motion, stream_rows(motion, scene_of(staging).distance))

    def seams(self, frames: int) -> list[int]:
        """Frames where windows of the speech encoder meet."""
        return LISTENING_WINDOWS.seams(frames)


def performer(engine: str, encoder: CachingEncoder, weights: Path | None = None) -> Performer:
    """`engine` by its name. Raises DuologueError (ENGINE_UNKNOWN, WEIGHTS_INVALID)."""
    if engine == COLOCATED_ENGINE:
        return ColocatedPerformer(encoder, weights or COLOCATED_WEIGHTS)
    if engine == DUALTALK_ENGINE:
        return DualTalkPerformer(encoder)
    raise DuologueError(
        ExitCode.ENGINE_UNKNOWN,
        f"There is nothing to measure called “{engine}”.",
        f"Choose {COLOCATED_ENGINE} or {DUALTALK_ENGINE}.",
    )
