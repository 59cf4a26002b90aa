"""One rehearsal on disk: a folder that is whole or not there.

NNNN/
  audio.flac       a person a channel, 16 bit at SAMPLE_RATE
  performance.npz  both heads where the staging has them (`contract.performance`)
  turns.json       who speaks when (`contract.segments_file`)
  dialogue.json    seed, mood, prompt, staging, voices, habits, and each person's phones in seconds
  events.npz       `Rehearsal.events` and `Rehearsal.motion` before staging, floats in half precision
"""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np
import soundfile

from backend.animation.phones import PAUSE, Phone
from backend.contract.constants import SAMPLE_RATE
from backend.contract.errors import ExitCode
from backend.contract.files import explained_write_errors, write_text_whole, write_whole
from backend.contract.performance import Performance, save_performance
from backend.contract.reading import read_arrays, read_errors_as, read_json
from backend.contract.segments import Segment, SpeakerSegments, in_order
from backend.contract.segments_file import write_segments
from backend.engines.base import Motion

from .rehearsal import Rehearsal
from .scenes.parameters import rehearsed_staging_from_json
from .script.people import Habits
from .speech.voice import Voice

AUDIO: Final = "audio.flac"
PERFORMANCE: Final = "performance.npz"
TURNS: Final = "turns.json"
DIALOGUE: Final = "dialogue.json"
EVENTS: Final = "events.npz"

SCHEMA: Final = 1
UNFINISHED: Final = ".part"
"""What ends the name of a folder that is being written."""

MADE_AGAIN: Final = "Delete the folder and run `build.py train rehearse` again; only what is missing is made."
"""What helps where a rehearsal is damaged."""

_MOTION: Final = ("expression", "jaw", "neck", "gaze", "speaking")
_LARGEST_BYTES: Final = 4 << 30
_BRIDGED_PAUSE: Final = 0.2
"""Seconds of silence that do not end a turn's segment, as in `timeline.speaking_frames`."""


def save_rehearsal(folder: Path, rehearsal: Rehearsal, performance: Performance) -> None:
    """Write `folder`, whole or not at all; what a run that was killed left of it is replaced.

    Raises DuologueError (DISK_FULL, OUTPUT_NOT_WRITABLE).
    """
    part = folder.with_name(f"{folder.name}{UNFINISHED}")
    with explained_write_errors(folder):
        try:
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir(parents=True)
            sound = _as_flac(rehearsal.audio)
            write_whole(part / AUDIO, lambda file: file.write(sound))
            save_performance(part / PERFORMANCE, performance)
            write_segments(part / TURNS, segments_of_phones(rehearsal.phones, rehearsal.staging.names))
            write_text_whole(part / DIALOGUE, json.dumps(_as_json(rehearsal), ensure_ascii=False))
            arrays = _arrays(rehearsal)
            write_whole(part / EVENTS, lambda file: np.savez_compressed(file, **arrays))
            part.rename(folder)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise


def load_rehearsal(folder: Path) -> Rehearsal:
    """Read what `save_rehearsal` wrote; floats come back as float32.

    Its performance is `contract.performance.load_performance(folder / PERFORMANCE)`.
    Raises DuologueError (ASSET_CORRUPT) where a file is missing or cannot be read.
    """
    with read_errors_as(ExitCode.ASSET_CORRUPT, f"The rehearsal {folder} cannot be read", MADE_AGAIN):
        dialogue = read_json(folder / DIALOGUE)
        if dialogue["schema"] != SCHEMA:
            raise ValueError(f"its schema is {dialogue['schema']}, not {SCHEMA}")
        found = read_arrays(folder / EVENTS, _LARGEST_BYTES)
        arrays = {
            name: array.astype(np.float32) if array.dtype == np.float16 else array for name, array in found.items()
        }
        audio, _ = soundfile.read(folder / AUDIO, dtype="float32", always_2d=True)  # [N, 2]
        return _rehearsal(dialogue, arrays, np.ascontiguousarray(audio.T))


def segments_of_phones(phones: Sequence[Sequence[Phone]], names: tuple[str, str]) -> SpeakerSegments:
    """A segment for every stretch of a person's phones without a longer pause."""
    found: list[Segment] = []
    for name, own in zip(names, phones, strict=True):
        spoken = sorted((max(start, 0.0), end) for start, end, phone in own if phone != PAUSE and end > max(start, 0.0))
        stretches: list[tuple[float, float]] = []
        for start, end in spoken:
            if stretches and start - stretches[-1][1] < _BRIDGED_PAUSE:
                stretches[-1] = (stretches[-1][0], max(end, stretches[-1][1]))
            else:
                stretches.append((start, end))
        found += [Segment(round(start, 3), round(end, 3), name) for start, end in stretches]
    return SpeakerSegments(names, in_order(found))


def _as_flac(audio: np.ndarray) -> bytes:
    """`audio` [2, N] as the bytes of a file, so that a full disk is met where files are written."""
    file = io.BytesIO()
    soundfile.write(file, np.clip(audio.T, -1, 1), SAMPLE_RATE, format="FLAC", subtype="PCM_16")
    return file.getvalue()


def _arrays(rehearsal: Rehearsal) -> dict[str, Any]:
    arrays = {f"motion/{name}": getattr(rehearsal.motion, name) for name in _MOTION}
    arrays |= {f"event/{name}": array for name, array in rehearsal.events.items()}
    return {
        name: array.astype(np.float16) if np.issubdtype(array.dtype, np.floating) else array
        for name, array in arrays.items()
    }


def _as_json(rehearsal: Rehearsal) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "seed": rehearsal.seed,
        "seconds": rehearsal.audio.shape[1] / SAMPLE_RATE,
        "mood": rehearsal.mood,
        "prompt": rehearsal.prompt,
        "staging": asdict(rehearsal.staging),
        "voices": [asdict(voice) for voice in rehearsal.voices],
        "habits": [asdict(traits) for traits in rehearsal.habits],
        "phones": rehearsal.phones,
    }


def _rehearsal(dialogue: dict[str, Any], arrays: dict[str, np.ndarray], audio: np.ndarray) -> Rehearsal:
    first, second = (tuple((start, end, str(name)) for start, end, name in own) for own in dialogue["phones"])
    voices = [Voice(**voice) for voice in dialogue["voices"]]
    habits = [_habits(traits) for traits in dialogue["habits"]]
    return Rehearsal(
        audio=audio,
        motion=Motion(**{name: arrays[f"motion/{name}"] for name in _MOTION}),
        phones=(first, second),
        events={name.removeprefix("event/"): array for name, array in arrays.items() if name.startswith("event/")},
        mood=dialogue["mood"],
        habits=(habits[0], habits[1]),
        seed=dialogue["seed"],
        voices=(voices[0], voices[1]),
        staging=rehearsed_staging_from_json(dialogue["staging"]),
        prompt=dialogue["prompt"],
    )


def _habits(dialogue: dict[str, Any]) -> Habits:
    aversion = dialogue["aversion"]
    return Habits(**{**dialogue, "aversion": None if aversion is None else (aversion[0], aversion[1])})
