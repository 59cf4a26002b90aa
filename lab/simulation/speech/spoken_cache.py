"""Sentences that a slow synthesizer spoke already: a FLAC of 16 bit and a JSON beside it, found by a hash."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from backend.contract.files import write_text_whole, write_whole

from .voice_assets import voices_folder


def find_spoken(key: dict[str, Any]) -> tuple[np.ndarray, int, dict[str, Any]] | None:
    """Samples [N] float32, their rate in hertz and what was kept beside them; None where `key` was never spoken."""
    path = _path(key)
    if not path.with_suffix(".json").is_file():
        return None
    samples, rate_hz = soundfile.read(path, dtype="float32")
    told: dict[str, Any] = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    return samples, rate_hz, told["kept"]


def keep_spoken(key: dict[str, Any], samples: np.ndarray, rate_hz: int, kept: dict[str, Any]) -> None:
    """Keep `samples` [N] within ±1 and `kept`. Raises DuologueError (DISK_FULL, OUTPUT_NOT_WRITABLE)."""
    path = _path(key)
    sound = np.clip(samples, -1, 1)
    write_whole(path, lambda file: soundfile.write(file, sound, rate_hz, subtype="PCM_16", format="FLAC"))
    # Written last: a sound without it does not count.
    write_text_whole(path.with_suffix(".json"), json.dumps({"key": key, "kept": kept}, ensure_ascii=False))


def _path(key: dict[str, Any]) -> Path:
    name = hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()
    return voices_folder() / "spoken" / name[:2] / f"{name[2:24]}.flac"
