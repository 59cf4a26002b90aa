"""What the colocated engine is measured on: rehearsals that no training has seen, as two tracks and as one mix."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from backend.contract.constants import SAMPLES_PER_FRAME
from backend.contract.errors import ExitCode
from backend.contract.files import write_whole
from backend.contract.reading import read_arrays, read_errors_as
from backend.engines.base import DialogueAudio, Motion
from backend.staging.stage import Staging
from backend.turns.mix import speaking_from_mix
from backend.turns.tracks import TurnModels, load_turn_models, speaking_from_tracks

from ...simulation.corpus import rehearsal_folders
from ...simulation.other_takes import other_motions
from ...simulation.rehearsal_files import load_rehearsal
from .behaviour import TAKES

INPUTS: Final = ("two tracks", "one mix")
_LARGEST_BYTES: Final = 1 << 30

Habits = tuple[dict[str, Any], dict[str, Any]]


@dataclass(frozen=True)
class Dialogue:
    """One rehearsal as an engine gets it, and what its people did.

    `truth` the motion with sway, `others` what the same people did in other takes; `tracks` and `mix` the sound as two
    tracks and as one recording, with who is detected to speak in each; `staging`, `habits` and names for both people.
    """

    name: str
    truth: Motion
    tracks: DialogueAudio
    mix: DialogueAudio
    staging: Staging
    habits: Habits
    others: tuple[Motion, ...] = ()

    def audio(self, kind: str) -> DialogueAudio:
        """The sound as one of INPUTS."""
        return self.tracks if kind == INPUTS[0] else self.mix


def read_dialogues(
    folder: Path, last: int, assets: Path, detected: Path, progress: Callable[[int, int], None]
) -> tuple[Dialogue, ...]:
    """The `last` rehearsals of `folder`; who is detected to speak in them is kept in the folder `detected`.

    Raises DuologueError (BAD_REQUEST where there are none, ASSET_CORRUPT, ASSET_MISSING, OUTPUT_NOT_WRITABLE).
    """
    folders = rehearsal_folders(folder)[-last:]
    models = load_turn_models(assets / "turns")
    found = []
    for index, path in enumerate(folders):
        progress(index, len(folders))
        found.append(_dialogue(path, models, detected / folder.name / f"{path.name}.npz"))
    progress(len(folders), len(folders))
    return tuple(found)


def in_order_of(speaking: np.ndarray, true: np.ndarray) -> np.ndarray:
    """A mix does not say which voice is whose: the order in which `speaking` [2, T] fits `true` [2, T] better."""
    return speaking if (speaking * true).sum() >= (speaking[::-1] * true).sum() else speaking[::-1].copy()


def one_after_the_other(dialogues: Sequence[Dialogue], frames: int) -> Dialogue:
    """A dialogue of `frames`, made of `dialogues` in turn, each as often as it takes; staging, habits of the first."""
    order = list(_until(dialogues, frames))

    def joined(arrays: Iterator[np.ndarray], axis: int, length: int) -> np.ndarray:
        return np.concatenate(list(arrays), axis=axis).take(range(length), axis=axis)

    def motion(name: str) -> np.ndarray:
        return joined((getattr(dialogue.truth, name) for dialogue in order), 1, frames)

    def sound(kind: str) -> DialogueAudio:
        audios = [dialogue.audio(kind) for dialogue in order]
        tracks = joined((_whole_frames(audio.tracks) for audio in audios), 1, frames * SAMPLES_PER_FRAME)
        speaking = joined((audio.speaking for audio in audios if audio.speaking is not None), 1, frames)
        return DialogueAudio(tracks, speaking, audios[0].separate)

    first = dialogues[0]
    truth = Motion(**{name: motion(name) for name in ("expression", "jaw", "neck", "gaze", "speaking")})
    if all(dialogue.truth.sway is not None for dialogue in order):
        truth = replace(truth, sway=motion("sway"))
    return Dialogue("one after the other", truth, sound(INPUTS[0]), sound(INPUTS[1]), first.staging, first.habits)


def _until(dialogues: Sequence[Dialogue], frames: int) -> Iterator[Dialogue]:
    made = 0
    while made < frames:
        for dialogue in dialogues:
            yield dialogue
            made += dialogue.truth.frames


def _whole_frames(tracks: np.ndarray) -> np.ndarray:
    """[2, N] cut down to whole frames, so that sound and motion of joined dialogues stay together."""
    return tracks[:, : tracks.shape[1] // SAMPLES_PER_FRAME * SAMPLES_PER_FRAME]


def _dialogue(folder: Path, models: TurnModels, detected: Path) -> Dialogue:
    rehearsal = load_rehearsal(folder)
    frames = rehearsal.motion.frames
    tracks = _whole_frames(rehearsal.audio[:, : frames * SAMPLES_PER_FRAME])
    mix = np.repeat(tracks.sum(axis=0, keepdims=True), 2, axis=0)
    floors = _detected_speech(tracks, rehearsal.speaking, models, detected)
    first, second = (asdict(own) for own in rehearsal.habits)
    motion = rehearsal.motion
    return Dialogue(
        name=folder.name,
        truth=motion if motion.sway is not None else replace(motion, sway=rehearsal.events.get("sway")),
        tracks=DialogueAudio(tracks, floors["tracks"], separate=True),
        mix=DialogueAudio(mix, floors["mix"], separate=False),
        staging=rehearsal.staging.staging,
        habits=(first, second),
        others=tuple(other_motions(folder, rehearsal.motion, TAKES)),
    )


def _detected_speech(tracks: np.ndarray, true: np.ndarray, models: TurnModels, path: Path) -> dict[str, np.ndarray]:
    """`tracks` and `mix` → [2, T] probability that each person speaks, as the turn models detect it."""
    if path.is_file():
        with read_errors_as(ExitCode.ASSET_CORRUPT, f"{path} cannot be read", "Delete it; it is made again."):
            return read_arrays(path, _LARGEST_BYTES)
    frames = tracks.shape[1] // SAMPLES_PER_FRAME
    mix = speaking_from_mix(tracks.sum(axis=0), models)[:, :frames]
    found = {
        "tracks": speaking_from_tracks(tracks, models)[:, :frames].astype(np.float32),
        "mix": in_order_of(mix, true[:, :frames]).astype(np.float32),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, lambda file: np.savez_compressed(file, **found))  # type: ignore[arg-type]
    return found
