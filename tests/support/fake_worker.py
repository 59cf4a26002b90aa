"""A worker that misbehaves on demand, for tests of whoever starts one.

python tests/support/fake_worker.py --play HOW animate --job FOLDER
python tests/support/fake_worker.py --play HOW check --job FOLDER

HOW, one of
  good            progress, a warning, a finished performance
  dies-at-once    exit status 3, nothing said
  dies-midway     some progress, then it kills itself
  dies-explained  the real worker's own end: an error event and its exit status
  hangs-at-once   says nothing for ever
  hangs-midway    some progress, then nothing for ever
  deaf            progress for ever, whatever the cancel file says
  slow            progress until cancelled or until its input ends, then a clean end
  garbage         a line in the events that is no event
  chatter         a good run that prints much on both outputs
  no-torch        what the real worker says when torch cannot be imported
  nan             a performance that holds a NaN
  half-file       done, but the performance breaks off
  no-file         done, but there is no performance
  wrong-face      a performance whose face nobody has

It needs numpy and the contract, nothing else; it runs in Blender's Python as well.
"""

from __future__ import annotations

import argparse
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np

from backend.contract.arkit import ARKIT_INDEX, ARKIT_NAMES
from backend.contract.command_request import read_command_request
from backend.contract.constants import FRAME_RATE, OPEN_HEAD
from backend.contract.errors import ExitCode
from backend.contract.job import CANCEL_FILE, EVENTS_FILE, PERFORMANCE_FILE, KeptTake, append_event, read_request
from backend.contract.performance import Performance, load_performance, save_performance

_STAGES = ("start", "decode", "turns", "features", "model", "staging")
_SECONDS = 2.0
_ACROSS = {
    "arrangement": "across_a_table",
    "places": [
        {
            "position": [0.6 * side, 1.2, 0.0], "facing": -side * np.pi / 2, "posture": "seated", "lean": 0.0,
            "mood": "neutral", "gaze_away": 0.0, "away": None, "gaze_held": 0.0,
        }
        for side in (-1.0, 1.0)
    ],
}  # fmt: skip
_FOR_EVER = 3600.0


def fake_performance(
    speakers: tuple[str, str] = ("Anna", "Ben"), seconds: float = _SECONDS, seed: int = 0
) -> Performance:
    """Two heads 1.2 m apart who face each other; jaws, lips, blinks and necks move, necks more with a higher seed."""
    frames = round(seconds * FRAME_RATE)
    time_s = np.arange(frames) / FRAME_RATE  # [T]
    expression = np.zeros((2, frames, len(ARKIT_NAMES)), np.float32)
    pose = np.zeros((2, frames, 5, 3), np.float32)
    translation = np.zeros((2, frames, 3), np.float32)
    for person, side in enumerate((-1.0, 1.0)):
        expression[person, :, ARKIT_INDEX["mouthFunnel"]] = 0.5 + 0.5 * np.sin(6 * time_s + person)
        expression[person, frames // 2, ARKIT_INDEX["eyeBlinkLeft"]] = 1.0
        pose[person, :, 0, 1] = -side * np.pi / 2
        pose[person, :, 1, 0] = 0.1 * (1 + seed) * np.sin(2 * time_s + 0.3)
        pose[person, :, 2, 0] = 0.15 + 0.15 * np.sin(9 * time_s + person)
        translation[person] = (0.6 * side, 1.2, 0.0)
    speaking = np.stack([time_s < seconds / 2, time_s >= seconds / 2]).astype(np.float32)
    meta = {"engine": "fake", "seed": seed, "prompt": "", "staging": _ACROSS}
    return Performance(float(FRAME_RATE), OPEN_HEAD, speakers, expression, pose, translation, speaking, meta)


def main(words: list[str]) -> int:
    """The exit status."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--play", choices=_PLAYS, default="good")
    parser.add_argument("command", choices=("animate", "check"))
    parser.add_argument("--job", type=Path)
    arguments = parser.parse_args(words)
    if arguments.command == "check":
        return _check(arguments.play, arguments.job)
    return _PLAYS[arguments.play](arguments.job)


def _check(play: str, folder: Path) -> int:
    assets = read_command_request(folder, "check").get("assets") or ""
    problems = []
    if play == "no-torch":
        problems = [
            {"code": 50, "message": "The backend's Python cannot load torch.", "fix": "Run setup."},
            {"code": 22, "message": "Missing: faces/open-head-1.npz.", "fix": "Choose the folder."},
        ]
    abilities = {"colocated": [], "dualtalk-official": ["transformers"]}
    report = {"device": {"title": "CPU"}, "abilities": abilities, "problems": problems}
    append_event(folder, "progress", stage="Loading torch", done=1, total=2)
    append_event(folder, "done", report=report, table=f"torch 0.0\nassets {assets}")
    return int(ExitCode.OK)


def _good(folder: Path) -> int:
    _progress(folder, len(_STAGES))
    append_event(folder, "warning", message="The sentence says nothing about the room.")
    save_performance(folder / PERFORMANCE_FILE, _asked_for(folder))
    return _done(folder)


def _dies_at_once(_folder: Path) -> int:
    print("Fatal: nobody knows", file=sys.stderr)
    return 3


def _dies_midway(folder: Path) -> int:
    _progress(folder, 3)
    (folder / f"{PERFORMANCE_FILE}.1.part").write_bytes(b"PK\x03\x04half")
    os.kill(os.getpid(), signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
    return 0


def _dies_explained(folder: Path) -> int:
    _progress(folder, 2)
    return _error(folder, ExitCode.AUDIO_SILENT, "a.wav is silent from beginning to end.", "Choose another recording.")


def _hangs_at_once(_folder: Path) -> int:
    time.sleep(_FOR_EVER)
    return 0


def _hangs_midway(folder: Path) -> int:
    _progress(folder, 3)
    time.sleep(_FOR_EVER)
    return 0


def _deaf(folder: Path) -> int:
    for step in range(int(_FOR_EVER / 0.02)):
        append_event(folder, "progress", stage="model", done=step % 100, total=100)
        time.sleep(0.02)
    return 0


def _slow(folder: Path) -> int:
    for step in range(int(_FOR_EVER / 0.02)):
        append_event(folder, "progress", stage="model", done=step % 100, total=100)
        if (folder / CANCEL_FILE).exists() or _input_ended():
            return _error(folder, ExitCode.CANCELLED, "The job was cancelled.", "Run it again when you like.")
        time.sleep(0.02)
    return 0


def _garbage(folder: Path) -> int:
    _progress(folder, 2)
    with (folder / EVENTS_FILE).open("ab") as file:
        file.write(b"\x80\x04\x95 Segmentation fault? {not json\n")
    time.sleep(_FOR_EVER)
    return 0


def _chatter(folder: Path) -> int:
    for number in range(5000):
        print(f"chatter {number} äöü", flush=False)
        print(f"warning {number}", file=sys.stderr)
    return _good(folder)


def _no_torch(folder: Path) -> int:
    append_event(folder, "progress", stage="start", done=0, total=1)
    what = f"The backend's Python ({sys.executable}) cannot load torch: No module named 'torch'."
    return _error(folder, ExitCode.DEPENDENCY_MISSING, what, "Run `python3 build.py setup`.")


def _nan(folder: Path) -> int:
    _progress(folder, len(_STAGES))
    performance = _asked_for(folder)
    performance.pose[1, 10, 2, 0] = np.nan  # after its own check, as a broken model would
    save_performance(folder / PERFORMANCE_FILE, performance)
    return _done(folder)


def _half_file(folder: Path) -> int:
    _progress(folder, len(_STAGES))
    path = folder / PERFORMANCE_FILE
    save_performance(path, _asked_for(folder))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return _done(folder)


def _no_file(folder: Path) -> int:
    _progress(folder, len(_STAGES))
    return _done(folder)


def _wrong_face(folder: Path) -> int:
    _progress(folder, len(_STAGES))
    good = _asked_for(folder)
    other = Performance(
        good.fps, "nobody-1", good.speakers, good.expression, good.pose, good.translation, good.speaking, good.meta
    )
    save_performance(folder / PERFORMANCE_FILE, other)
    return _done(folder)


def _asked_for(folder: Path) -> Performance:
    request = read_request(folder)
    first, second = request.characters
    made = fake_performance((first.name, second.name), seed=request.seed)
    return made if request.keep is None else _around(made, request.keep)


def _around(made: Performance, keep: KeptTake) -> Performance:
    """`made` with what stays of the take."""
    take = load_performance(Path(keep.take))
    moments = np.arange(made.frame_count) / made.fps
    anew = np.array([not keep.regenerate or any(a <= t < b for a, b in keep.regenerate) for t in moments])
    for person in (0, 1):
        stays = slice(None) if person in keep.people else ~anew
        for name in ("expression", "pose", "translation"):
            getattr(made, name)[person, stays] = getattr(take, name)[person, stays]
    return made


def _progress(folder: Path, stages: int) -> None:
    for stage in _STAGES[:stages]:
        append_event(folder, "progress", stage=stage, done=1, total=1)


def _done(folder: Path) -> int:
    seconds = dict.fromkeys(_STAGES, 0.1)
    append_event(folder, "done", performance=str(folder / PERFORMANCE_FILE), seconds=seconds, peak_megabytes=100.0)
    return int(ExitCode.OK)


def _error(folder: Path, code: ExitCode, message: str, fix: str) -> int:
    append_event(folder, "error", code=int(code), message=message, fix=fix)
    return int(code)


def _input_ended() -> bool:
    if sys.platform == "win32":
        return False
    readable, _, _ = select.select([0], [], [], 0)
    return bool(readable) and not os.read(0, 1)


_PLAYS: dict[str, Callable[[Path], int]] = {
    "good": _good,
    "dies-at-once": _dies_at_once,
    "dies-midway": _dies_midway,
    "dies-explained": _dies_explained,
    "hangs-at-once": _hangs_at_once,
    "hangs-midway": _hangs_midway,
    "deaf": _deaf,
    "slow": _slow,
    "garbage": _garbage,
    "chatter": _chatter,
    "no-torch": _no_torch,
    "nan": _nan,
    "half-file": _half_file,
    "no-file": _no_file,
    "wrong-face": _wrong_face,
}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
