"""Kokoro-82M (int8): 28 English voices, a third of real time on one thread, each sentence kept on disk once spoken."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
from functools import cache
from typing import Any, Final

import numpy as np

from backend.contract.errors import DuologueError, ExitCode

from .ipa import phones_of, symbols_of, tokens_of
from .spoken_cache import find_spoken, keep_spoken
from .voice import Sound
from .voice_assets import kokoro_files

VOICES: Final = (
    *("af_alloy", "af_aoede", "af_bella", "af_heart", "af_jessica", "af_kore", "af_nicole", "af_nova", "af_river"),
    *("af_sarah", "af_sky", "am_adam", "am_echo", "am_eric", "am_fenrir", "am_liam", "am_michael", "am_onyx"),
    *("am_puck", "am_santa", "bf_alice", "bf_emma", "bf_isabella", "bf_lily", "bm_daniel", "bm_fable", "bm_george"),
    "bm_lewis",
)
_RATE_HZ: Final = 24_000
_FRAME_SECONDS: Final = 0.025


def speak_kokoro(text: str, name: str, speed: float) -> Sound:
    """`text` in the voice `name`, about `speed` times as fast as usual.

    Raises DuologueError (DEPENDENCY_MISSING, ASSET_CORRUPT, UNEXPECTED).
    """
    key = {"synthesizer": "kokoro-82m-int8", "voice": name, "text": text, "speed": round(speed, 2)}
    found = find_spoken(key)
    if found is None:
        symbols = symbols_of(text, "en-gb" if name.startswith("b") else "en-us")
        samples, frames = _asked({"voice": name, "tokens": tokens_of(symbols), "speed": round(speed, 2)})
        keep_spoken(key, samples, _RATE_HZ, {"symbols": symbols, "frames": frames})
    else:
        samples, _, kept = found
        symbols, frames = kept["symbols"], kept["frames"]
    return Sound(samples, _RATE_HZ, phones_of(symbols, frames, _FRAME_SECONDS))


def _asked(request: dict[str, Any]) -> tuple[np.ndarray, list[int]]:
    """Samples [N] float32 and frames per token from the process that holds the model."""
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
