"""`python -m lab evaluate turns`: how well it is detected who speaks when, on a telephone call and on two tracks."""

from __future__ import annotations

import argparse
import sys
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from backend.assets import assets_folder
from backend.audio.recording import read_recording
from backend.contract.constants import FRAME_RATE, SAMPLE_RATE
from backend.contract.files import write_whole
from backend.contract.segments import SpeakerSegments, segments_of
from backend.contract.segments_file import read_segments
from backend.job.reporting import Reporter, step_of
from backend.turns import TurnModels, load_turn_models, speaking_from_mix, speaking_from_tracks

from ..measures.diarisation_error import DiarisationError, diarisation_error
from .clips import read_clips, run_command
from .dialogues import RealDialogue, cut_at_pauses, take_turns

_PYANNOTE: Final = "pyannote-audio==4.0.7"
_CALL: Final = "pyannote/audio/sample/sample"
_SPEAKING: Final = 0.5
_PAUSE: Final = 0.3
"""Seconds up to which a pause belongs to the speech around it, as NIST's references have it."""

_SILENCES: Final = frozenset({"pau", "sil"})


@dataclass(frozen=True)
class Call:
    """A telephone call of two people: `samples` [N] at `SAMPLE_RATE`, and who speaks when as people marked it."""

    samples: np.ndarray
    said: SpeakerSegments


def telephone_call(folder: Path) -> Call:
    """Half a minute of a real call, out of a wheel that is fetched into `folder` on the first call.

    Raises DuologueError (DEPENDENCY_MISSING) where it cannot be fetched.
    """
    sound, marks = (folder / f"telephone.{ending}" for ending in ("wav", "rttm"))
    if not (sound.is_file() and marks.is_file()):
        wheel = next(folder.glob("pyannote_audio-*.whl"), None)
        if wheel is None:
            folder.mkdir(parents=True, exist_ok=True)
            run_command(
                [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), _PYANNOTE]
            )
            wheel = next(folder.glob("pyannote_audio-*.whl"))
        with zipfile.ZipFile(wheel) as archive:
            for path in (sound, marks):
                content = archive.read(_CALL + path.suffix)
                write_whole(path, lambda file, content=content: file.write(content))  # type: ignore[misc]
    return Call(read_recording(sound).samples[0], read_segments(marks))


@dataclass(frozen=True)
class MixResult:
    """The diarisation error of a mix, and the processor's seconds for a minute of sound."""

    error: DiarisationError
    seconds_a_minute: float


def call_error(call: Call, models: TurnModels) -> MixResult:
    """How wrong the turns of a mix are; the time is the shorter of two, as the first run also prepares the networks."""
    spent = []
    for _ in range(2):
        started = time.process_time()
        speaking = speaking_from_mix(call.samples, models)
        spent.append(time.process_time() - started)
    seconds = len(call.samples) / SAMPLE_RATE
    guess = segments_of(speaking, ("first", "second"))
    return MixResult(diarisation_error(guess, call.said, seconds), 60.0 * min(spent) / seconds)


def spoken_frames(dialogue: RealDialogue) -> np.ndarray:
    """[2, T] where each person's phones say that they speak."""
    frames = dialogue.tracks.shape[1] * FRAME_RATE // SAMPLE_RATE
    middles = (np.arange(frames) + 0.5) / FRAME_RATE
    spoken = np.zeros((2, frames), bool)
    for person, phones in enumerate(dialogue.phones):
        last = -np.inf
        for start, end, _ in sorted(phone for phone in phones if phone[2] not in _SILENCES):
            begin = last if start - last < _PAUSE else start
            spoken[person] |= (middles >= begin) & (middles < end)
            last = max(last, end)
    return spoken


def with_crosstalk(tracks: np.ndarray, decibels: float, seed: int = 0) -> np.ndarray:
    """`tracks` [2, N], each with the other that many `decibels` weaker, 3 ms later and with the echo of a room."""
    tail = 6_000
    echo = np.random.default_rng(seed).standard_normal((2, tail)) * np.exp(-np.arange(tail) / 900.0)
    echo *= 0.5 / np.linalg.norm(echo, axis=1, keepdims=True)
    echo[:, 48] += 1.0
    length = tracks.shape[1] + tail
    spectra = np.fft.rfft(tracks[::-1], length) * np.fft.rfft(echo, length)
    across = np.fft.irfft(spectra, length)[:, : tracks.shape[1]]
    across *= np.sqrt((tracks[::-1] ** 2).mean(axis=1) / np.maximum((across**2).mean(axis=1), 1e-12))[:, None]
    mixed: np.ndarray = (tracks + 10.0 ** (decibels / 20.0) * across).astype(np.float32)
    return mixed


_LEVELS: Final = (None, -20.0, -12.0)


def run(arguments: argparse.Namespace, report: Reporter) -> None:
    """Run `evaluate turns` and print its numbers."""
    step = step_of(report)
    step("telephone call", 0, 1)
    models = load_turn_models(assets_folder(arguments.assets) / "turns")
    call = call_error(telephone_call(arguments.cache), models)
    print(f"telephone call, error with 0.25 s collar   {call.error.rate:6.1%}")
    print(f"processor's seconds a minute of mix        {call.seconds_a_minute:6.2f}")
    clips = {clip.name: clip for clip in read_clips(arguments.cache)}
    readings = [clip for name, clip in sorted(clips.items()) if name.startswith("librivox")]
    dialogue = take_turns(readings, cut_at_pauses(clips["two_cities"], len(readings)))
    spoken = spoken_frames(dialogue)
    for level in _LEVELS:
        tracks = dialogue.tracks if level is None else with_crosstalk(dialogue.tracks, level)
        name = "two tracks" if level is None else f"two tracks, crosstalk {level:.0f} dB"
        step(name, 0, 1)
        detected = speaking_from_tracks(tracks, models) > _SPEAKING
        print(f"{name + ', frames wrong':42} {float((detected[:, : spoken.shape[1]] != spoken).mean()):6.1%}")
