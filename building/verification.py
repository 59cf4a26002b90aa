"""`build.py test`: every test, on every Blender version that this machine can run."""

from __future__ import annotations

import argparse
import os
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from backend.installation.environment import STAMP, pip_install

from .blenders import Blender, Source, any_source, program_source, told_sources, wheel_source
from .environments import set_up_backend, set_up_blender
from .package import build_zip, validate
from .paths import BLENDER_ENVIRONMENTS, BLENDER_WHEELS, LOCKS, OUT, ROOT
from .processes import output, run, status, tail
from .real_blender import real_blender
from .window_tests import window_lanes

_REAL: Final = "real"
_PROGRAM: Final = "program"
_SCRIPTS: Final = ROOT / "building"
_PYTEST: Final = ("-p", "no:cacheprovider")
_SHOWN_LINES: Final = 60


_MOST_LANES: Final = 4
"""At once: each takes one to two gigabytes of memory."""


@dataclass(frozen=True)
class Lane:
    """One run of pytest, beside others: `name`, its command, and the Blender whose settings folder it gets."""

    name: str
    words: tuple[str | Path, ...]


def add_command(commands: Any) -> None:
    """Register `test`."""
    parser = commands.add_parser("test", help="set up what is needed and run every test")
    parser.add_argument(
        "--blender",
        action="append",
        choices=[*BLENDER_WHEELS, _PROGRAM, _REAL, "none"],
        help="only these: a bpy wheel, the program on the path, Debian sid's in a folder, or no Blender",
    )
    parser.add_argument(
        "--fast", action="store_true", help="what is done in two minutes: no Blender unless named, no slow test"
    )
    parser.add_argument(
        "--long", action="store_true", help="also soaks, and property tests with a hundred times as many examples"
    )
    parser.add_argument("rest", nargs="*", help="passed on to pytest")
    parser.set_defaults(run=_test)


def _test(arguments: argparse.Namespace) -> int:
    in_ci = os.environ.get("CI", "").lower() in {"1", "true"}
    every = [] if arguments.fast else [*BLENDER_WHEELS, *([_REAL] if in_ci else [])]
    chosen = arguments.blender or every
    sources = _sources(chosen, anything=arguments.blender is None and not arguments.fast)
    needed = [package for source in sources for package in source.packages]
    python = set_up_backend(packages=[*needed, *([] if shutil.which("flite") else ["flite"])], development=True)
    words = (*_without(arguments), *arguments.rest)
    lanes = [Lane("backend", (python, "-m", "pytest", *_PYTEST, "tests", "--ignore=tests/blender", *words))]
    zip_path: Path | None = None
    for blender in _blenders(sources, real=_REAL in chosen):
        if zip_path is None:
            zip_path = build_zip(blender)
        else:
            validate(blender, zip_path)
        script = blender.command(_SCRIPTS / "pytest_in_blender.py", _pytest_folder(blender, python))
        older = not blender.program and blender.name != sources[-1].name
        words = (*_without(arguments, *(["one_blender"] if older else [])), *arguments.rest)
        lanes.append(Lane(blender.name, (*script, "tests/blender", *words)))
    if in_ci and _REAL in chosen and zip_path is not None:
        lanes += [Lane(name, command) for name, command in window_lanes(python, zip_path).items()]
    environment = {"DUOLOGUE_PYTHON": str(python), "PYTHONDONTWRITEBYTECODE": "1"}
    environment |= {"DUOLOGUE_ZIP": str(zip_path)} if zip_path else {}
    environment |= {"DUOLOGUE_LONG": "1"} if arguments.long else {}
    return run_lanes(in_order(lanes), environment)


def _without(arguments: argparse.Namespace, *marks: str) -> list[str]:
    """Pytest's words that leave out the tests with these `marks`, and those that were not asked for."""
    marks += (*([] if arguments.long else ["long"]), *(["slow"] if arguments.fast else []))
    return ["-m", " and ".join(f"not {mark}" for mark in marks)] if marks else []


def in_order(lanes: Sequence[Lane]) -> list[Lane]:
    """The longest first, so that cores end together: backend, real Blender, modules from the newest down, a window.

    What other windows there are come before the modules: two at once would wait for each other's processor.
    """
    windows = [lane for lane in lanes if lane.name.startswith("window ")]
    longest = [lane for lane in lanes if lane.name in {"backend", "real Blender"}]
    modules = [lane for lane in reversed(lanes) if lane not in (*longest, *windows)]
    return [*longest, *windows[:-1], *modules, *windows[-1:]]


def run_lanes(lanes: Sequence[Lane], environment: Mapping[str, str]) -> int:
    """Run all lanes, as many at once as there are processor cores, and print what became of each; the worst exit code.

    One lane alone prints as it goes. Of several each has a log, whose end is printed where it failed, and its share of
    the cores: threads of one that wait for those of another made small trainings four times as long.
    """
    if len(lanes) == 1:
        return _run_lane(lanes[0], environment, log=None)
    cores = os.cpu_count() or 1
    at_once = min(len(lanes), cores, _MOST_LANES)
    environment = {**environment, "OMP_NUM_THREADS": str(cores // at_once)}
    width = max(len(lane.name) for lane in lanes)

    def run_one(lane: Lane) -> int:
        log = OUT / "logs" / f"test-{lane.name.replace(' ', '-')}.log"
        log.unlink(missing_ok=True)
        began = time.monotonic()
        code = _run_lane(lane, environment, log)
        said = "passed" if code == 0 else f"FAILED ({code})"
        end = "" if code == 0 else f"\n{tail(log, _SHOWN_LINES)}"
        print(f"{lane.name:{width}}  {said} in {time.monotonic() - began:.0f} s, {log}{end}", flush=True)
        return code

    print(f"{len(lanes)} lanes: {', '.join(lane.name for lane in lanes)}", flush=True)
    with ThreadPoolExecutor(at_once) as pool:
        codes = list(pool.map(run_one, lanes))
    print(
        "\n".join(
            f"{lane.name:{width}}  {'passed' if code == 0 else 'FAILED'}"
            for lane, code in zip(lanes, codes, strict=True)
        )
    )
    return max(codes)


def _run_lane(lane: Lane, environment: Mapping[str, str], log: Path | None) -> int:
    """Pytest's exit code; a Blender's settings go to an empty folder of its own."""
    user_folder = OUT / "tests" / "blender_user" / lane.name.replace(" ", "-")
    user_folder.mkdir(parents=True, exist_ok=True)
    return status(lane.words, environment={**environment, "BLENDER_USER_RESOURCES": str(user_folder)}, log=log)


def _sources(chosen: Sequence[str], *, anything: bool) -> list[Source]:
    """Where the chosen Blenders come from; those that cannot be had are told. Raises BuildFailedError as `any_source`.

    With `anything` the program or the distribution's package serves where no wheel fits.
    """
    found = [wheel_source(version) for version in BLENDER_WHEELS if version in chosen]
    found += [program_source()] if _PROGRAM in chosen else []
    sources = told_sources(found)
    return sources or ([any_source()] if anything else [])


def _blenders(sources: Sequence[Source], *, real: bool) -> Iterator[Blender]:
    """Each is set up when its turn comes."""
    yield from (set_up_blender(source) for source in sources)
    found = real_blender() if real else None
    if found is not None:
        yield found


def _pytest_folder(blender: Blender, backend: Path) -> Path:
    """Where pytest lies for a program's own Python, which stays as it is; a module's environment has its own."""
    if not blender.program:
        return ROOT
    told = output(blender.command(_SCRIPTS / "python_version.py")) or ""
    version = next(line.split()[1] for line in told.splitlines() if line.startswith("Python "))
    folder = BLENDER_ENVIRONMENTS / f"pytest-{version}"
    lock = LOCKS / "blender-tests.lock"
    stamp = folder / STAMP
    if not stamp.exists() or stamp.read_bytes() != lock.read_bytes():
        shutil.rmtree(folder, ignore_errors=True)
        into = ("--python-version", version, "--target", str(folder))
        run(pip_install(backend, lock, *into), what=f"Installing {lock.name}", log=OUT / "logs" / "setup-pytest.log")
        stamp.write_bytes(lock.read_bytes())
    return folder
