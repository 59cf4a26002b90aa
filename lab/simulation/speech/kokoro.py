"""Kokoro-82M (int8): 28 English voices, a third of real time on one thread, each sentence kept on disk once spoken."""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import subprocess
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import soundfile

from backend.contract.errors import DuologueError, ExitCode
from backend.contract.files import write_text_whole, write_whole

from .ipa import phones_of, symbols_of, tokens_of
from .voice import Sound, Voice, fraction_of
from .voice_assets import kokoro_files, voices_folder

_RATE_HZ: Final = 24_000
_FRAME_SECONDS: Final = 0.025


def speak_kokoro(text: str, name: str, speed: float) -> Sound:
    """Speak `text` in the voice `name`, about `speed` times as fast as usual.

    Raises DuologueError (DEPENDENCY_MISSING, ASSET_CORRUPT, UNEXPECTED).
    """
    key = {"synthesizer": "kokoro-82m-int8", "voice": name, "text": text, "speed": round(speed, 2)}
    found = find_spoken(key)
    if found is None:
        symbols = symbols_of(text, "en-gb" if name.startswith("b") else "en-us")
        samples, frames = _run_model({"voice": name, "tokens": tokens_of(symbols), "speed": round(speed, 2)})
        keep_spoken(key, samples, _RATE_HZ, {"symbols": symbols, "frames": frames})
    else:
        samples, _, kept = found
        symbols, frames = kept["symbols"], kept["frames"]
    return Sound(samples, _RATE_HZ, phones_of(symbols, frames, _FRAME_SECONDS))


def speed_of(voice: Voice, text: str) -> float:
    """Return how fast `voice` says `text`, always the same: 0.9 to 1.25 times as usual in steps of 0.05."""
    return round(0.9 + 0.05 * int(8 * fraction_of(voice.name, text, "speed")), 2)


def find_spoken(key: dict[str, Any]) -> tuple[np.ndarray, int, dict[str, Any]] | None:
    """Return samples [N] float32, their rate in hertz and the data beside them; None where `key` was never spoken."""
    path = _path(key)
    if not path.with_suffix(".json").is_file():
        return None
    samples, rate_hz = soundfile.read(path, dtype="float32")
    entry: dict[str, Any] = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    return samples, rate_hz, entry["kept"]


def keep_spoken(key: dict[str, Any], samples: np.ndarray, rate_hz: int, kept: dict[str, Any]) -> None:
    """Write `samples` [N] within ±1 as FLAC of 16 bit and `kept` as JSON beside it, found by a hash of `key`.

    Raises DuologueError (DISK_FULL, OUTPUT_NOT_WRITABLE).
    """
    path = _path(key)
    sound = np.clip(samples, -1, 1)
    write_whole(path, lambda file: soundfile.write(file, sound, rate_hz, subtype="PCM_16", format="FLAC"))
    # Written last: a sound without it does not count.
    write_text_whole(path.with_suffix(".json"), json.dumps({"key": key, "kept": kept}, ensure_ascii=False))


def _run_model(request: dict[str, Any]) -> tuple[np.ndarray, list[int]]:
    """Return samples [N] float32 and frames per token from the process that holds the model."""
    process = _process(os.getpid())
    assert process.stdin is not None  # noqa: S101 - both are pipes
    assert process.stdout is not None  # noqa: S101
    try:
        process.stdin.write(json.dumps(request).encode() + b"\n")
        process.stdin.flush()
        head = json.loads(process.stdout.readline() or b'{"error": "its process ended"}')
    except (OSError, ValueError) as error:
        head = {"error": str(error)}
    if "error" in head:
        raise DuologueError(
            ExitCode.UNEXPECTED,
            f"Kokoro could not speak ({head['error']}).",
            "Delete .cache/voices/kokoro, which is then fetched again.",
        )
    samples = np.frombuffer(process.stdout.read(4 * head["samples"]), "<f4")
    return samples, head["frames"]


@cache
def _process(_owner: int) -> subprocess.Popen[bytes]:
    """One process for each process that rehearses; a fork must not share its pipes."""
    files = kokoro_files()
    script = __file__.replace("kokoro.py", "kokoro_process.py")
    process = subprocess.Popen(
        [str(files.python), script, str(files.model), str(files.voices)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )
    atexit.register(process.terminate)
    return process


def _path(key: dict[str, Any]) -> Path:
    name = hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()
    return voices_folder() / "spoken" / name[:2] / f"{name[2:24]}.flac"
