"""From a request to a performance: decode, turns, features, model, staging."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

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
from .stages import Stages

VERSION: Final = "0.1.0"

_NEEDED: Final = ("whisper-base-encoder-4", "turn-models")


def animate(request: JobRequest, report: Reporter, clock: StageClock) -> Performance:
    """Run every stage. Raises DuologueError; nothing is written."""
    stages = Stages(report, clock)
    check_request(request)
    weights = weights_sha256(request.engine)
    device = choose_device(request.device)
    assets = assets_folder(request.assets)
    require_assets(assets, *(_NEEDED if request.face != OPEN_HEAD else (*_NEEDED, OPEN_HEAD)))
    face = read_face(request.face, assets)
    _warn_of_unknown_components(request, face, stages)
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
        check_cancel=stages.check_cancel,
    )
    stages.begin("staging")
    names = (request.characters[0].name, request.characters[1].name)
    staged = stage_prompt(request.prompt, names)
    stages.warn(*staged.warnings)
    composition = compose(motion, staged.staging, face, request.characters, request.seed)
    stages.begin("write")
    meta = _meta(request, dialogue, staged.staging) | {"device": device, "weights_sha256": weights}
    return _performance(request, face, composition, motion.speaking, meta)


def read_face(name: str, assets: Path) -> Face:
    """The open head by its id, any other face by its path. Raises DuologueError (FACE_NOT_FOUND, FACE_INVALID)."""
    return load_face(assets / "faces" / f"{OPEN_HEAD}.npz" if name == OPEN_HEAD else Path(name))


def _warn_of_unknown_components(request: JobRequest, face: Face, stages: Stages) -> None:
    for character in request.characters:
        unknown = sorted(set(character.identity) - set(face.identity_names))
        if unknown:
            stages.warn(f"{character.name} asks for what the face {face.id} does not have: {', '.join(unknown)}.")


def _decode(request: JobRequest, stages: Stages) -> Dialogue:
    dialogue = read_dialogue(request.audio, stages.steps_of("decode"), stages.check_cancel)
    stages.warn(*dialogue.warnings)
    return dialogue


def _turns(dialogue: Dialogue, assets: Path, stages: Stages) -> np.ndarray:
    """[2, T] probability that each person speaks."""
    stages.begin("turns")
    models = load_turn_models(assets / "turns")
    if dialogue.separate:
        speaking = speaking_from_tracks(dialogue.tracks, models, stages.steps_of("turns"))
    else:
        speaking = speaking_from_mix(dialogue.tracks[0], models, stages.steps_of("turns"))
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


def _meta(request: JobRequest, dialogue: Dialogue, staging: Staging) -> dict[str, Any]:
    """What made this performance; no clock times, so that the same request gives the same file."""
    return {
        "duologue": VERSION,
        "engine": request.engine,
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
