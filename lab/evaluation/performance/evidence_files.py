"""Reading what a performance is measured against: phones or words, recordings, a truth."""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import soundfile

from backend.assets import assets_folder, require_assets
from backend.audio.recording import read_recording
from backend.contract.constants import OPEN_HEAD, SAMPLE_RATE
from backend.contract.errors import DuologueError, ExitCode
from backend.contract.face import Face, load_face
from backend.contract.performance import Performance, load_performance

from ..measures.landmarks import check_face
from ..measures.phones import Phone, plain_name
from ..recordings.clips import ALIGNMENT_SCRIPT, aligner
from .assessment import Evidence
from .textgrid import check_within, read_textgrids

NOBODY: Final = "-"
"""In the place of a file: nothing is known of this person."""

_TOO_DIFFERENT: Final = 0.5
"""Seconds by which a recording may be shorter or longer than its performance."""


def read_evidence(arguments: argparse.Namespace, performance: Performance, face: Face) -> Evidence:
    """Read and check everything that the command line names, before anything is measured. Raises DuologueError."""
    check_face(performance, face)
    tracks, mixed = read_tracks(arguments.audio, performance)
    if arguments.transcript:
        phones = align_words(arguments.transcript, tracks, mixed, arguments.cache)
    else:
        phones = read_phones(arguments.phones, performance)
    own = arguments.prompt is None
    prompt = performance.meta.get("prompt") if own else arguments.prompt
    return Evidence(
        phones=phones,
        samples=tracks,
        mixed=mixed,
        truth=None if arguments.truth is None else read_truth(arguments.truth, performance),
        prompt=None if prompt is None else str(prompt),
        prompt_without=tuple(map(str, performance.meta.get("prompt_without", []))) if own else (),
    )


def read_face(path: Path | None, performance: Performance, chosen: Path | None) -> Face:
    """Read the face file `path`, or the open head from the assets folder `chosen` where that is the performance's face.

    Raises DuologueError (FACE_NOT_FOUND, FACE_INVALID, ASSET_MISSING).
    """
    if path is not None:
        return load_face(path)
    if performance.face != OPEN_HEAD:
        raise DuologueError(
            ExitCode.FACE_NOT_FOUND,
            f"The performance is in the components of {performance.face}, which does not come with Duologue.",
            "Name that face's file after --face.",
        )
    assets = assets_folder(chosen)
    require_assets(assets, OPEN_HEAD)
    return load_face(assets / "faces" / f"{OPEN_HEAD}.npz")


def read_phones(names: Sequence[str], performance: Performance) -> tuple[tuple[Phone, ...], tuple[Phone, ...]]:
    """Phones of both people from the TextGrids `names`, `-` for nobody's, () for a person without.

    Raises DuologueError (BAD_REQUEST).
    """
    if not names:
        return (), ()
    _at_most_two(names, "--phones")
    if len(names) == 1 and names[0] != NOBODY:
        found = read_textgrids([Path(names[0])], performance.speakers)
    else:
        found = tuple(() if name == NOBODY else read_textgrids([Path(name)], ("", ""))[0] for name in names)
    for phones in found:
        check_within(phones, performance.seconds, ", ".join(names))
    first, second = (*found, ())[:2]
    return first, second


def read_tracks(
    names: Sequence[str], performance: Performance
) -> tuple[tuple[np.ndarray | None, np.ndarray | None], bool]:
    """[N] samples of each person, None for nobody's, and whether it is one mix of both.

    One mono file is a mix, a stereo one has a person a channel, two are one each.
    Raises DuologueError (AUDIO_… as `read_recording`, AUDIO_MISMATCH where lengths do not fit, BAD_REQUEST).
    """
    _at_most_two(names, "--audio")
    recordings = [None if name == NOBODY else read_recording(Path(name)) for name in names]
    # A shorter track is one whose person listens after it, as long as another one lasts as long as the performance.
    longest = max(
        (recording.file for recording in recordings if recording is not None),
        key=lambda file: file.seconds,
        default=None,
    )
    if longest is not None and abs(longest.seconds - performance.seconds) > _TOO_DIFFERENT:
        raise DuologueError(
            ExitCode.AUDIO_MISMATCH,
            f"{longest.path} lasts {longest.seconds:.2f} s, the performance {performance.seconds:.2f} s.",
            "Give the recording that the performance was made from.",
        )
    if not recordings:
        return (None, None), False
    only = recordings[0]
    if len(recordings) == 1 and only is not None:
        mixed = len(only.samples) == 1
        return (only.samples[0], only.samples[-1]), mixed
    first, second = (
        None if recording is None else recording.samples.mean(axis=0) for recording in (*recordings, None)[:2]
    )
    return (first, second), False


def align_words(
    names: Sequence[str], tracks: tuple[np.ndarray | None, np.ndarray | None], mixed: bool, folder: Path
) -> tuple[tuple[Phone, ...], tuple[Phone, ...]]:
    """Phones of both people from text files of what each says, by forced alignment with their own tracks.

    `folder` keeps the aligner's environment.
    Raises DuologueError (BAD_REQUEST) where words and tracks do not go together, (DEPENDENCY_MISSING).
    """
    _at_most_two(names, "--transcript")
    texts = [None if name == NOBODY else _words(Path(name)) for name in (*names, NOBODY)[:2]]
    if mixed and any(text is not None for text in texts):
        raise DuologueError(
            ExitCode.BAD_REQUEST,
            "One mixed recording cannot be aligned with a transcript.",
            "Give a recording of each person after --audio, or phones with --phones.",
        )
    found: list[tuple[Phone, ...]] = []
    for name, text, samples in zip((*names, NOBODY), texts, tracks, strict=False):
        if text is not None and samples is None:
            raise DuologueError(
                ExitCode.BAD_REQUEST, f"There is no recording to {name}.", "Give it after --audio, in the same order."
            )
        found.append(() if text is None or samples is None else _aligned(name, text, samples, folder))
    return found[0], found[1]


def read_performance(path: Path) -> Performance:
    """As `load_performance`, with a plain word for a file that is not there. Raises DuologueError."""
    if not path.is_file():
        raise DuologueError(
            ExitCode.PERFORMANCE_INVALID, f"There is no performance at {path}.", "Name the performance.npz of a take."
        )
    return load_performance(path)


def read_truth(path: Path, performance: Performance) -> Performance:
    """Another performance of the same dialogue. Raises DuologueError (PERFORMANCE_INVALID, BAD_REQUEST)."""
    truth = read_performance(path)
    wanted, found = ((take.face, take.expression.shape[2], take.fps) for take in (performance, truth))
    if wanted != found:
        raise DuologueError(
            ExitCode.BAD_REQUEST,
            f"{path} is of {found[0]} with {found[1]} components at {found[2]:g} frames a second, "
            f"the performance of {wanted[0]} with {wanted[1]} at {wanted[2]:g}.",
            "Compare performances of one face and rate; `python -m backend transfer-performance` changes the face.",
        )
    return truth


def _at_most_two(names: Sequence[str], option: str) -> None:
    if len(names) > 2:  # noqa: PLR2004  (a dialogue has two people)
        raise DuologueError(
            ExitCode.BAD_REQUEST, f"{option} has {len(names)} files.", "Give one for each of the two people at most."
        )


def _words(path: Path) -> str:
    """Lower case without punctuation. Raises DuologueError (BAD_REQUEST)."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DuologueError(
            ExitCode.BAD_REQUEST, f"{path} cannot be read ({error}).", "Give a text file of what this person says."
        ) from error
    words = " ".join(re.findall(r"[a-z]+(?:'[a-z]+)*", text.lower().replace("’", "'")))
    if not words:
        raise DuologueError(
            ExitCode.BAD_REQUEST, f"{path} holds no English words.", "Give a text file of what this person says."
        )
    return words


def _aligned(name: str, text: str, samples: np.ndarray, folder: Path) -> tuple[Phone, ...]:
    python = aligner(folder)
    with tempfile.TemporaryDirectory() as scratch:
        sound, listing, out = (Path(scratch) / file for file in ("speech.wav", "clips.json", "phones.json"))
        soundfile.write(sound, samples, SAMPLE_RATE, subtype="PCM_16")
        listing.write_text(json.dumps([{"name": name, "path": str(sound), "text": text}]), encoding="utf-8")
        done = subprocess.run(
            [str(python), str(ALIGNMENT_SCRIPT), str(listing), str(out)],
            check=False,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
        )
        if done.returncode:
            raise DuologueError(
                ExitCode.BAD_REQUEST,
                f"The words of {name} could not be aligned with the recording ({done.stderr.strip()[-200:]}).",
                "See that they are what is said, spelled out, in English.",
            )
        phones = json.loads(out.read_text(encoding="utf-8"))[0]["phones"]
    return tuple((float(start), float(end), plain_name(str(phone))) for start, end, phone in phones)
