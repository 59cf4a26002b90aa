"""`build.py bench`: seconds a stage, memory and sizes for a minute of dialogue, speed of heads; also in out/bench."""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

from . import package
from .blenders import Blender
from .demo import print_table
from .environments import set_up_both
from .paths import CACHE, OUT, ROOT
from .processes import BuildFailedError, run, tail

_FOLDER = OUT / "bench"

_HEADS: Final = (
    ("two_heads_seconds", "two heads, dressed", "s", 1.0),
    ("slider_seconds", "a character slider's step", "s", 0.3),
    ("frame_milliseconds", "a frame of both heads", "ms", 12.0),
    ("film_seconds", "a frame of film", "s", 0.5),
    ("retarget_seconds", "keys on an ARKit rig", "s", 0.5),
    ("reduce_seconds", "few keys, both heads", "s", 3.0),
    ("reduce_step_milliseconds", "the longest step of that", "ms", 50.0),
    ("reduced_percent", "of a key a frame", "%", 20.0),
    ("follow_seconds", "keys that follow a slider", "s", 0.2),
    ("follow_ratio", "the same to writing them", "x", 0.35),
)
"""What bench_heads.py measures: its name, words, unit, and the most it may be."""

_LENGTHS: Final = ("60", "600")
_MOST_REAL_TIME: Final = 0.05
"""Seconds that a second of dialogue may cost the small DualTalk for both heads, features left out."""

_MOST_COLOCATED: Final = 9.0
"""Seconds that features and model of the colocated engine may take for the shorter of _LENGTHS, both heads."""

_MOST_LONGER: Final = 1.1
"""Times the memory of the shorter length that the longer one may take; its time may be as many times as it is long."""

_QUIET: Final = 0.25
"""Load a core below which a machine counts as quiet."""


def add_command(commands: Any) -> None:
    """Register `bench`."""
    parser = commands.add_parser("bench", help="measure speed, memory and size; not a test")
    parser.add_argument("--seconds", type=_length, default=60.0, help="length of the dialogue, 1 or more")
    parser.set_defaults(run=_bench)


def _length(word: str) -> float:
    """Seconds of dialogue that can be measured. Raises ArgumentTypeError."""
    seconds = float(word)
    if not 1.0 <= seconds < math.inf:
        raise argparse.ArgumentTypeError(f"{word} is no length of a dialogue; give 1 second or more")
    return seconds


def _bench(arguments: argparse.Namespace) -> int:
    load = _load()
    backend, blender = set_up_both(development=True)
    _FOLDER.mkdir(parents=True, exist_ok=True)
    (_FOLDER / "bench.log").unlink(missing_ok=True)
    dialogue = ROOT / "building" / "bench_dialogue.py"
    tracks = [_FOLDER / "a.wav", _FOLDER / "b.wav"]
    run([backend, dialogue, str(arguments.seconds), *tracks], what="Making the bench's dialogue")
    audio = ["--a", str(tracks[0]), "--b", str(tracks[1])]
    report = {
        "dialogue_seconds": arguments.seconds,
        "load_before": load,
        "worker": _worker_run(backend, [*audio, "--out", str(_FOLDER / "performance.npz")]),
        "blender": _blender_run(blender, backend, audio),
        "heads": _heads_run(blender, backend),
        "dualtalk": _dualtalk_run(backend),
        "colocated": _colocated_runs(backend),
        "zip_megabytes": round(package.build_zip(blender).stat().st_size / 1e6, 2),
        "cores": os.cpu_count(),
    }
    (_FOLDER / "bench.json").write_text(json.dumps(report, indent=1), encoding="utf-8")
    _print_report(report)
    return 0


def _worker_run(backend: Path, words: list[str]) -> dict[str, float]:
    """The worker alone: wall seconds from a cold start, and the peak of its memory."""
    seconds, peak = _timed("the worker alone", [str(backend), "-m", "backend", "animate", *words], {})
    return {"total_seconds": seconds, "peak_megabytes": peak}


def _blender_run(blender: Blender, backend: Path, audio: list[str]) -> dict[str, Any]:
    """The whole path as an artist has it: Blender's module starts, generates, writes keys and saves."""
    timings, memory = _FOLDER / "timings.json", _FOLDER / "memory.json"
    words = [*audio, "--save", str(_FOLDER / "bench.blend"), "--timings", str(timings)]
    environment = _blender_environment(backend) | {"DUOLOGUE_MEMORY_REPORT": str(memory)}
    command = blender.command(ROOT / "building" / "in_blender.py", "animate", *words)
    total, _ = _timed(f"the whole path in {blender.name}", command, environment)
    return {
        "total_seconds": total,
        "stages": json.loads(timings.read_text(encoding="utf-8")),
        "peak_megabytes": json.loads(memory.read_text(encoding="utf-8"))["peak_megabytes"],
    }


def _heads_run(blender: Blender, backend: Path) -> dict[str, float]:
    """Heads alone, on the conversation and the take of the runs before: see bench_heads.py."""
    out = _FOLDER / "heads.json"
    script = ROOT / "building" / "bench_heads.py"
    words = (_FOLDER / "bench.blend", _FOLDER / "performance.npz", out)
    _timed("heads", blender.command(script, *words), _blender_environment(backend))
    return dict(json.loads(out.read_text(encoding="utf-8")))


def _dualtalk_run(backend: Path) -> dict[str, dict[str, float]]:
    """The small DualTalk alone for each of _LENGTHS seconds: see bench_dualtalk.py.

    Threads that wait sleep: where others use a core, spinning ones cost five times the time, and the number would be
    of the machine's other work.
    """
    out = _FOLDER / "dualtalk.json"
    words = [str(word) for word in (backend, ROOT / "building" / "bench_dualtalk.py", out, *_LENGTHS)]
    _timed(f"the small DualTalk, {' and '.join(_LENGTHS)} s", words, {"OMP_WAIT_POLICY": "PASSIVE"})
    return dict(json.loads(out.read_text(encoding="utf-8")))


def _colocated_runs(backend: Path) -> dict[str, dict[str, float]]:
    """The colocated engine alone for each of _LENGTHS seconds, each in a process of its own: see bench_colocated.py."""
    found = {}
    for seconds in _LENGTHS:
        out = _FOLDER / f"colocated_{seconds}.json"
        words = [str(word) for word in (backend, ROOT / "building" / "bench_colocated.py", out, seconds)]
        _timed(f"the colocated engine, {seconds} s", words, {"OMP_WAIT_POLICY": "PASSIVE"})
        found[seconds] = dict(json.loads(out.read_text(encoding="utf-8")))
    return found


def _blender_environment(backend: Path) -> dict[str, str]:
    """Blender's settings go to a folder of their own."""
    folder = CACHE / "demo_blender_user"
    folder.mkdir(parents=True, exist_ok=True)
    return {"DUOLOGUE_PYTHON": str(backend), "BLENDER_USER_RESOURCES": str(folder)}


def _load() -> float:
    """Programs that use or want a core, over the last minute; 0 where the system does not say."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else 0.0


def _timed(what: str, command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Wall seconds and peak resident megabytes of `command` and its children. Raises BuildFailedError."""
    print(f"Measuring {what} …", flush=True)
    log = _FOLDER / "bench.log"
    started = time.monotonic()
    with log.open("ab") as file:
        process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | environment, stdout=file, stderr=subprocess.STDOUT
        )
        peak = _waited(process)
    if process.returncode:
        ended = f"{' '.join(command[:4])} … ended with exit code {process.returncode}"
        raise BuildFailedError(f"{ended}; the end of its log, {log}:\n{tail(log)}")
    return time.monotonic() - started, peak


def _waited(process: subprocess.Popen[bytes]) -> float:
    """Wait until `process` ends; the most memory it and its children held, in megabytes, 0 where the system is mum."""
    if sys.platform == "win32":
        process.wait()
        return 0.0
    _, code, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(code)
    return usage.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def _print_report(report: dict[str, Any]) -> None:
    print(f"\n{report['dialogue_seconds']:.0f} s of dialogue, both heads, {report['cores']} cores, CPU")
    if report["load_before"] > _QUIET * report["cores"]:
        print(f"Other programs use this machine (load {report['load_before']:.1f} before): times are theirs too.")
    print_table(report["blender"]["stages"])
    print(f"worker alone, cold      {report['worker']['total_seconds']:9.2f} s")
    print(f"worker, peak memory     {report['worker']['peak_megabytes']:9.0f} MB")
    print(f"Blender, all, cold      {report['blender']['total_seconds']:9.2f} s")
    print(f"Blender, peak memory    {report['blender']['peak_megabytes']:9.0f} MB")
    for name, words, unit, most in _HEADS:
        value = report["heads"][name]
        verdict = "" if value <= most else "  TOO SLOW"
        print(f"{words:<26}{value:7.2f} {unit:2}  at most {most:g}{verdict}")
    for seconds, found in report["dualtalk"].items():
        factor = found["real_time_factor"]
        verdict = "" if factor <= _MOST_REAL_TIME else "  TOO SLOW"
        print(f"small DualTalk, {seconds:>4} s    {factor:7.3f} of real time, at most {_MOST_REAL_TIME:g}{verdict}")
        print(f"  processor's time, peak  {found['processor_factor']:7.3f} a second, {found['peak_megabytes']:.0f} MB")
    _print_colocated(report["colocated"])
    print(f"zip                     {report['zip_megabytes']:9.2f} MB")


def _print_colocated(found: dict[str, dict[str, float]]) -> None:
    short, long = (found[seconds] for seconds in _LENGTHS)
    times = [one["features_seconds"] + one["model_seconds"] for one in (short, long)]
    longer = float(_LENGTHS[1]) / float(_LENGTHS[0])
    for seconds, one, took, most in zip(
        _LENGTHS, (short, long), times, (_MOST_COLOCATED, longer * times[0]), strict=True
    ):
        verdict = "" if took <= most else "  TOO SLOW"
        print(f"colocated, {seconds:>4} s         {took:9.2f} s   at most {most:.1f}{verdict}")
        print(f"  features, model       {one['features_seconds']:9.2f} s  {one['model_seconds']:.2f} s")
        print(f"  processor's time      {one['processor_seconds']:9.2f} s")
    growth = long["peak_megabytes"] / (short["peak_megabytes"] or math.inf)
    verdict = "" if growth <= _MOST_LONGER else "  TOO MUCH"
    print(f"  peak memory           {long['peak_megabytes']:9.0f} MB  {growth:.2f} times the shorter's{verdict}")
