"""From a request to a performance: decode, turns, features, model, staging."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from ..assets import assets_folder, require_assets
from ..audio.dialogue import Dialogue, read_dialogue
from ..contract.constants import FRAME_RATE, OPEN_HEAD
from ..contract.face import Face, load_face
from ..contract.job import JobRequest, check_request
from ..contract.performance import Performance
from ..engines import generate, weights_sha256
from ..engines.motion import DialogueAudio
from ..staging import Composition, Staging, compose, stage_prompt
from ..turns import load_turn_models, speaking_from_mix, speaking_from_tracks
from .clock import StageClock
from .device import choose_device
from .reporting import Reporter

VERSION = "0.1.0"


def animate(request: JobRequest, report: Reporter, clock: StageClock) -> Performance:
    """Run every stage. Raises DuologueError; nothing is written."""
    stages = _Stages(report, clock)
    check_request(request)
    device = choose_device(request.device)
    assets = assets_folder(request.assets)
    require_assets(assets, *(_NEEDED if request.face != OPEN_HEAD else (*_NEEDED, OPEN_HEAD)))
    face = read_face(request.face, assets)
    _warn_of_unknown_components(request, face, report)
    dialogue = _decode(request, stages)
    speaking = _turns(dialogue, assets, stages)
    first, second = (character.habits for character in request.characters)
    motion = generate(
        request.engine,
        DialogueAudio(dialogue.tracks, speaking, dialogue.separate),
        seed=request.seed,
        habits=(first, second),
        device=device,
        assets=assets,
        progress=stages.progress,
        check_cancel=report.check_cancel,
    )
    stages.step("staging")
    names = (request.characters[0].name, request.characters[1].name)
    staged = stage_prompt(request.prompt, names)
    for warning in staged.warnings:
        report.warning(warning)
    composition = compose(motion, staged.staging, face, request.characters, request.seed)
    stages.step("write")
    return _performance(request, face, composition, motion.speaking, _meta(request, dialogue, staged.staging, device))


class _Stages:
    """Tells a stage's steps to the reporter and its seconds to the clock, and hears at each step whether to stop."""

    def __init__(self, report: Reporter, clock: StageClock) -> None:
        self._report = report
        self._clock = clock

    def progress(self, stage: str, done: int, total: int) -> None:
        self._clock.enter(stage)
        self._report.progress(stage, done, total)
        self._report.check_cancel()

    def step(self, stage: str) -> None:
        self.progress(stage, 0, 1)

    def of(self, stage: str) -> Any:
        return lambda done, total: self.progress(stage, done, total)

    def check(self) -> None:
        self._report.check_cancel()

    def warn(self, sentence: str) -> None:
        self._report.warning(sentence)


_NEEDED = ("whisper-base-encoder-4", "turn-models")


def read_face(name: str, assets: Path) -> Face:
    """The open head by its id, any other face by its path. Raises DuologueError (FACE_NOT_FOUND, FACE_INVALID)."""
    return load_face(assets / "faces" / f"{OPEN_HEAD}.npz" if name == OPEN_HEAD else Path(name))


def _warn_of_unknown_components(request: JobRequest, face: Face, report: Reporter) -> None:
    for character in request.characters:
        unknown = sorted(set(character.identity) - set(face.identity_names))
        if unknown:
            report.warning(f"{character.name} asks for what the face {face.id} does not have: {', '.join(unknown)}.")


def _decode(request: JobRequest, stages: _Stages) -> Dialogue:
    dialogue = read_dialogue(request.audio, stages.of("decode"), stages.check)
    for warning in dialogue.warnings:
        stages.warn(warning)
    return dialogue


def _turns(dialogue: Dialogue, assets: Path, stages: _Stages) -> np.ndarray:
    """[2, T] probability that each person speaks."""
    stages.step("turns")
    models = load_turn_models(assets / "turns")
    if dialogue.separate:
        speaking = speaking_from_tracks(dialogue.tracks, models, stages.of("turns"))
    else:
        speaking = speaking_from_mix(dialogue.tracks[0], models, stages.of("turns"))
    return speaking


def _performance(
    request: JobRequest, face: Face, composition: Composition, speaking: np.ndarray, meta: dict[str, Any]
) -> Performance:
    return Performance(
        fps=float(FRAME_RATE),
        face=face.id,
        speakers=(request.characters[0].name, request.characters[1].name),
        expression=composition.expression,
        pose=composition.pose,
        translation=composition.translation,
        speaking=speaking.astype(np.float32),
        meta=meta,
    )


def _meta(request: JobRequest, dialogue: Dialogue, staging: Staging, device: str) -> dict[str, Any]:
    """What made this performance; no clock times, so that the same request gives the same file."""
    return {
        "duologue": VERSION,
        "engine": request.engine,
        "weights_sha256": weights_sha256(request.engine),
        "device": device,
        "seed": request.seed,
        "prompt": request.prompt,
        "staging": staging.as_json(),
        "characters": [asdict(character) for character in request.characters],
        "audio": {
            "kind": request.audio.kind,
            "separate": dialogue.separate,
            "files": [
                {
                    "name": recording.path.name,
                    "sha256": recording.sha256,
                    "seconds": recording.seconds,
                    "rate": recording.rate,
                    "channels": recording.channels,
                }
                for recording in dialogue.recordings
            ],
        },
    }
