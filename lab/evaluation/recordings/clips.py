"""Real recordings with known words: fetched, converted and aligned once; never trained on, never committed."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import soundfile
from scipy.signal import resample_poly

from backend.contract.constants import SAMPLE_RATE
from backend.contract.errors import DuologueError, ExitCode
from backend.contract.files import write_whole

from . import transcripts

ALIGNMENT_SCRIPT: Final = Path(__file__).with_name("forced_alignment.py")
"""Runs in the environment of `aligner`, which has pocketsphinx."""

_SPHINX: Final = Path("/usr/share/pocketsphinx/test/data")
_MOONSHINE: Final = "moonshine-voice==0.1.5"
_ALIGNER: Final = ("pocketsphinx==5.1.1", "soundfile==0.14.0", "numpy==2.4.6")


@dataclass(frozen=True)
class Clip:
    """`samples` [N] float32 at SAMPLE_RATE of one person; `phones` (start, end, name), CMU names in lower case."""

    name: str
    samples: np.ndarray
    phones: tuple[tuple[float, float, str], ...]


def read_clips(folder: Path) -> tuple[Clip, ...]:
    """The clips, prepared in `folder` on the first call.

    Raises DuologueError (DEPENDENCY_MISSING) where the recordings or the aligner cannot be had.
    """
    folder = folder.resolve()
    aligned = folder / "phones.json"
    if not aligned.is_file():
        _prepare(folder, aligned)
    entries = json.loads(aligned.read_text(encoding="utf-8"))
    return tuple(
        Clip(
            entry["name"],
            soundfile.read(folder / f"{entry['name']}.wav", dtype="float32")[0],
            tuple((float(start), float(end), str(name)) for start, end, name in entry["phones"]),
        )
        for entry in entries
    )


def _prepare(folder: Path, aligned: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    sources = _sources(folder)
    entries = []
    for name, (path, text) in sources.items():
        target = folder / f"{name}.wav"
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
        mono = resample_poly(samples.mean(axis=1), SAMPLE_RATE, rate)
        soundfile.write(target, mono, SAMPLE_RATE, subtype="PCM_16")
        entries.append({"name": name, "path": str(target), "text": text})
    listing = folder / "clips.json"
    listing.write_text(json.dumps(entries), encoding="utf-8")
    part = aligned.with_suffix(".part")
    run_command([str(aligner(folder)), str(ALIGNMENT_SCRIPT), str(listing), str(part)])
    part.replace(aligned)


def _sources(folder: Path) -> dict[str, tuple[Path, str]]:
    """Name → (recording, words)."""
    if not _SPHINX.is_dir():
        raise DuologueError(
            ExitCode.DEPENDENCY_MISSING,
            f"The recordings of pocketsphinx are not in {_SPHINX}.",
            "Run `apt-get install pocketsphinx-testdata`.",
        )
    found = {name: (_SPHINX / path, text) for name, (path, text) in transcripts.SPHINX.items()}
    wheel = next(folder.glob("moonshine_voice-*.whl"), None)
    if wheel is None:
        run_command(
            [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), _MOONSHINE]
        )
        wheel = next(folder.glob("moonshine_voice-*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        for name, (member, text) in transcripts.MOONSHINE.items():
            path = folder / Path(member).name
            content = archive.read(member)
            write_whole(path, lambda file, content=content: file.write(content))  # type: ignore[misc]
            found[name] = (path, text)
    return found


def aligner(folder: Path) -> Path:
    """The Python of a throw-away environment that has pocketsphinx. Raises DuologueError (DEPENDENCY_MISSING)."""
    return environment(folder / "aligner", _ALIGNER)


def environment(folder: Path, packages: tuple[str, ...]) -> Path:
    """The Python of an environment in `folder` that has `packages`. Raises DuologueError (DEPENDENCY_MISSING)."""
    python = folder / "bin" / "python"
    if not python.is_file():
        venv.create(folder, with_pip=True)
    run_command([str(python), "-m", "pip", "install", "--quiet", *packages])
    return python


def run_command(command: list[str]) -> None:
    """Raises DuologueError (DEPENDENCY_MISSING) where `command` fails."""
    try:
        subprocess.run(command, check=True, capture_output=True, encoding="utf-8", errors="replace")
    except (OSError, subprocess.CalledProcessError) as error:
        detail = getattr(error, "stderr", "") or str(error)
        raise DuologueError(
            ExitCode.DEPENDENCY_MISSING,
            f"`{' '.join(command[:4])} …` failed: {detail.strip()[-300:]}",
            "See that the package index can be reached, then run it again.",
        ) from error
