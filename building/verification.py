"""`build.py test`: every test, on every Blender version that this machine can run."""

from __future__ import annotations

import argparse
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from .blenders import Blender, Source, any_source, program_source, told_sources, wheel_source
from .environments import set_up_backend, set_up_blender
from .package import build_zip, validate
from .paths import BLENDER_ENVIRONMENTS, BLENDER_WHEELS, LOCKS, OUT, ROOT
from .processes import output, pip_install, run, status
from .real_blender import real_blender

_REAL: Final = "real"
_PROGRAM: Final = "program"
_SCRIPTS: Final = ROOT / "building"


def add_command(commands: Any) -> None:
    """Register `test`."""
    parser = commands.add_parser("test", help="set up what is needed and run every test")
    parser.add_argument(
        "--blender",
        action="append",
        choices=[*BLENDER_WHEELS, _PROGRAM, _REAL, "none"],
        help="only these: a bpy wheel, the program on the path, Debian sid's in a folder, or no Blender",
    )
    parser.add_argument("rest", nargs="*", help="passed on to pytest")
    parser.set_defaults(run=_test)


def _test(arguments: argparse.Namespace) -> int:
    in_ci = os.environ.get("CI", "").lower() in {"1", "true"}
    chosen = arguments.blender or [*BLENDER_WHEELS, *([_REAL] if in_ci else [])]
    sources = _sources(chosen, anything=arguments.blender is None)
    needed = [package for source in sources for package in source.packages]
    python = set_up_backend(packages=[*needed, *([] if shutil.which("flite") else ["flite"])], development=True)
    results = {"backend": _pytest([python, "-m", "pytest", "-p", "no:cacheprovider", "tests", "--ignore=tests/blender",
                                   *arguments.rest], python)}  # fmt: skip
    zip_path: Path | None = None
    for blender in _blenders(sources, real=_REAL in chosen):
        if zip_path is None:
            zip_path = build_zip(blender)
        else:
            validate(blender, zip_path)
        script = blender.command(_SCRIPTS / "pytest_in_blender.py", _pytest_folder(blender, python))
        results[blender.name] = _pytest([*script, "tests/blender", *arguments.rest], python, zip_path)
    width = max(map(len, results))
    print(
        "\n".join(f"{name:{width}}  {'passed' if code == 0 else f'FAILED ({code})'}" for name, code in results.items())
    )
    return max(results.values())


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
    stamp = folder / ".duologue-lock"
    if not stamp.exists() or stamp.read_bytes() != lock.read_bytes():
        shutil.rmtree(folder, ignore_errors=True)
        into = ("--python-version", version, "--target", str(folder))
        run(pip_install(backend, lock, *into), what=f"Installing {lock.name}", log=OUT / "logs" / "setup-pytest.log")
        stamp.write_bytes(lock.read_bytes())
    return folder


def _pytest(words: Sequence[str | Path], backend_python: Path, zip_path: Path | None = None) -> int:
    """Run pytest by `words`; Blender's settings go to an empty folder of their own."""
    print(f"\n== {' '.join(str(word) for word in words)}", flush=True)
    user_folder = OUT / "tests" / "blender_user"
    user_folder.mkdir(parents=True, exist_ok=True)
    environment = {
        "BLENDER_USER_RESOURCES": str(user_folder),
        "DUOLOGUE_PYTHON": str(backend_python),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    if zip_path is not None:
        environment["DUOLOGUE_ZIP"] = str(zip_path)
    return status(words, environment=environment)
