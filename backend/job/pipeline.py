"""From a request to a performance: decode, turns, features, model, staging."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from ..animation.moments import Moments, moments_heard
from ..assets import assets_folder, require_assets
from ..audio.dialogue import Dialogue, read_dialogue
from ..audio.recording import is_silent
from ..contract.constants import FRAME_RATE, OPEN_HEAD, SAMPLES_PER_FRAME
from ..contract.face import Face, load_face
from ..contract.job import JobRequest, check_request
from ..contract.performance import Performance
from ..contract.segments import SpeakerSegments, segments_of, speaking_curves, swapped, within_audio
from ..contract.segments_file import read_segments
from ..engines.base import Conditions, DialogueAudio
from ..engines.registry import EngineEntry, engine_named
from ..staging import Composition
from ..turns import diarise_mix, load_turn_models, speaking_from_tracks, turn_model_files
from .loaded_models import LoadedModels
from .machine import choose_device
from .placement import choose_placement
from .provenance import derived_files, given_files, product_version
from .reporting import Reporter
from .stages import StageClock, Stages
from .transcripts import given_texts, know_words, notes, said_frames, say_words

_TURN_MODELS: Final = "turn-models"


@dataclass(frozen=True)
class Take:
    """What a request becomes: the performance, and who speaks when in it."""

    performance: Performance
    said: SpeakerSegments


@dataclass(frozen=True)
class _Turns:
    """The dialogue with the first person's track first, `speaking` [2, T], and the same as segments."""

    dialogue: Dialogue
    speaking: np.ndarray
    said: SpeakerSegments


def animate(request: JobRequest, report: Reporter, clock: StageClock, models: LoadedModels | None = None) -> Take:
    """Run every stage, with `models` that may be loaded already. Raises DuologueError; nothing is written."""
    models = models or LoadedModels()
    stages = Stages(report, clock)
    check_request(request)
    entry = engine_named(request.engine)
    checkpoint = None if request.checkpoint is None else Path(request.checkpoint)
    entry.check_checkpoint(checkpoint)
    device = choose_device(request.device)
    assets = assets_folder(request.assets)
    needed = _needed(request, entry)
    require_assets(assets, *needed)
    names = (request.characters[0].name, request.characters[1].name)
    given = None if request.segments is None else read_segments(Path(request.segments), names)
    texts = given_texts(request)
    head = None
    if entry.face is None:
        head = read_face(request.face, assets, models)
        _warn_of_unknown_components(request, head, stages)
    elif texts is not None:
        stages.warn("The official engine moves the lips by sound alone; the transcripts are not used.")
        texts = None
    decoded = _decode(request, stages)
    placement = choose_placement(request, head, entry.face, decoded, stages)
    turns = _turns(request, decoded, given, assets, stages, models)
    dialogue, speaking = turns.dialogue, turns.speaking
    partner, kept = placement.partner(request, dialogue, stages), placement.kept()
    audio = DialogueAudio(dialogue.tracks, speaking, dialogue.separate)
    words = None if texts is None else know_words(texts, audio, speaking, names, stages)
    first, second = (character.habits for character in request.characters)
    stages.begin("load")
    engine = models.get(
        "engine",
        (entry.name, device),
        entry.files(assets, checkpoint),
        lambda: entry.load(assets, device, checkpoint),
    )
    conditions = Conditions(audio, (first, second), placement.scene, kept, partner)
    motion = engine.generate(conditions, request.seed, stages.progress, stages.check_cancel)
    if words is not None:
        motion = say_words(motion, words, audio)
    stages.begin("staging")

    def moments() -> Moments:
        said = said_frames(words, names)
        return moments_heard(audio.phrases, audio.tracks, conditions.speaking, separate=audio.separate, said=said)

    composition = placement.place(motion, kept, moments, stages)
    stages.begin("write")
    derived = derived_files(request if head is not None else replace(request, prompt=""), needed, assets)
    meta = _meta(request, dialogue) | placement.notes() | dict(engine.notes) | notes(request, words)
    meta |= {
        "device": device,
        "weights_sha256": next(iter(engine.weights.values())),
        "weights": {**engine.weights, **derived},
        "given": given_files(request),
    }
    return Take(_performance(request, placement.face, composition, motion.speaking, meta), turns.said)


def _needed(request: JobRequest, entry: EngineEntry) -> tuple[str, ...]:
    """The assets that this request cannot do without."""
    guessed = (_TURN_MODELS,) if request.segments is None else ()
    embedded = (OPEN_HEAD,) if request.face == OPEN_HEAD and entry.face is None else ()
    return (*entry.assets, *guessed, *embedded)


def read_face(name: str, assets: Path, models: LoadedModels | None = None) -> Face:
    """The open head by its id, any other face by its path. Raises DuologueError (FACE_NOT_FOUND, FACE_INVALID)."""
    path = assets / "faces" / f"{OPEN_HEAD}.npz" if name == OPEN_HEAD else Path(name)
    return (models or LoadedModels()).get("face", "", [path], lambda: load_face(path))


def _warn_of_unknown_components(request: JobRequest, face: Face, stages: Stages) -> None:
    for character in request.characters:
        unknown = sorted(set(character.identity) - set(face.identity_names))
        if unknown:
            stages.warn(f"{character.name} asks for what the face {face.id} does not have: {', '.join(unknown)}.")


def _decode(request: JobRequest, stages: Stages) -> Dialogue:
    first, second = (character.name for character in request.characters)
    names = (second, first) if request.swap_speakers else (first, second)
    stages.begin("decode")
    dialogue = read_dialogue(request.audio, stages.steps_of("decode"), stages.check_cancel, names)
    stages.warn(*dialogue.warnings)
    stages.length(dialogue.seconds)
    return dialogue


def _turns(
    request: JobRequest,
    dialogue: Dialogue,
    given: SpeakerSegments | None,
    assets: Path,
    stages: Stages,
    models: LoadedModels,
) -> _Turns:
    """Who speaks when: as `given` says, otherwise as it is detected; and the other way around where that is asked for.

    Raises DuologueError (SEGMENTS_INVALID) where `given` does not fit the audio.
    """
    stages.begin("turns")
    if given is None:
        speaking = _detected(dialogue, assets, stages, models)
        said = segments_of(speaking, (request.characters[0].name, request.characters[1].name))
    else:
        said = within_audio(given, dialogue.seconds, str(request.segments))
        speaking = speaking_curves(said, dialogue.tracks.shape[1] // SAMPLES_PER_FRAME)
    if request.swap_speakers:
        # Of separate tracks each goes to the other person; a mix is in both rows, so that only the turns change places.
        dialogue, speaking = replace(dialogue, tracks=dialogue.tracks[::-1].copy()), speaking[::-1].copy()
        said = swapped(said)
    stages.warn(*_silence_warnings(dialogue, said))
    return _Turns(dialogue, speaking, said)


def _silence_warnings(dialogue: Dialogue, said: SpeakerSegments) -> list[str]:
    """Who never speaks although there is sound; of silence the dialogue warns already."""
    silent = [name for name in said.speakers if not any(segment.speaker == name for segment in said.segments)]
    if is_silent(dialogue.tracks):
        return []
    if len(silent) > 1:
        return ["Nobody is heard to speak; both are taken to be silent together."]
    if silent and not dialogue.separate:
        other = next(name for name in said.speakers if name not in silent)
        return [f"One voice alone is heard, which is taken for {other}'s; {silent[0]} listens all the time."]
    tracks = dict(zip(said.speakers, dialogue.tracks, strict=True))
    return [
        f"{name} is never heard to speak and listens all the time." for name in silent if not is_silent(tracks[name])
    ]


def _detected(dialogue: Dialogue, assets: Path, stages: Stages, models: LoadedModels) -> np.ndarray:
    """[2, T] probability that each person speaks."""
    folder = assets / "turns"
    networks = models.get("turns", "", turn_model_files(folder), lambda: load_turn_models(folder))
    if dialogue.separate:
        return speaking_from_tracks(dialogue.tracks, networks, stages.steps_of("turns"))
    mix = diarise_mix(dialogue.tracks[0], networks, stages.steps_of("turns"))
    if mix.voices > len(mix.speaking):
        stages.warn(
            f"About {mix.voices} voices are heard in {dialogue.files[0].path.name}; each was given to one of the two "
            "whom it resembles more. A file of speaker segments says it better."
        )
    return mix.speaking


def _performance(
    request: JobRequest, face: str, composition: Composition, speaking: np.ndarray, meta: dict[str, Any]
) -> Performance:
    return Performance(
        fps=float(FRAME_RATE),
        face=face,
        speakers=(request.characters[0].name, request.characters[1].name),
        expression=composition.expression,
        pose=composition.pose,
        translation=composition.translation,
        speaking=speaking.astype(np.float32),
        meta=meta,
    )


def _meta(request: JobRequest, dialogue: Dialogue) -> dict[str, Any]:
    """What made this performance; no clock times, so that the same request gives the same file."""
    return {
        "duologue": product_version(),
        "engine": request.engine,
        "partner": None if request.partner is None else f"given for {request.characters[request.partner.person].name}",
        "turns": {
            "given": None if request.segments is None else Path(request.segments).name,
            "swapped": request.swap_speakers,
        },
        "audio": {
            "kind": request.audio.kind,
            "separate": dialogue.separate,
            "files": [
                {
                    "name": file.path.name,
                    "sha256": file.sha256,
                    "seconds": file.seconds,
                    "rate": file.rate,
                    "channels": file.channels,
                    "offset": file.offset,
                }
                for file in dialogue.files
            ],
        },
    }
