"""`build.py test`: every test, on every Blender version that this machine can run."""

from __future__ import annotations

import argparse
import os
import shutil
from pathlib import Path
from typing import Any

from . import package, real_blender
from .environments import set_up_backend, set_up_blender
from .paths import BLENDER_PYTHONS, OUT, ROOT
from .processes import status
from .system_libraries import install_debian_packages


def add_command(commands: Any) -> None:
    """Register `test`."""
    parser = commands.add_parser("test", help="set up what is needed and run every test")
    parser.add_argument("--blender", action="append", choices=[*BLENDER_PYTHONS, "real", "none"], help="only these")
    parser.add_argument("rest", nargs="*", help="passed on to pytest")
    parser.set_defaults(run=_test)


def _test(arguments: argparse.Namespace) -> int:
    in_ci = os.environ.get("CI", "").lower() in {"1", "true"}
    chosen = arguments.blender or [*BLENDER_PYTHONS, *(["real"] if in_ci else [])]
    python = set_up_backend()
    if not shutil.which("flite"):
        install_debian_packages(["flite"])
    results = {"backend": _pytest(python, ["tests", "--ignore=tests/blender", *arguments.rest], python)}
    zip_path = package.build_zip() if chosen != ["none"] else None
    for version in BLENDER_PYTHONS:
        if version in chosen:
            interpreter = set_up_blender(version)
            if interpreter is None:
                print(f"Blender {version}: left out, no Python {BLENDER_PYTHONS[version]} on this machine.")
                continue
            results[f"Blender {version}"] = _pytest(interpreter, ["tests/blender", *arguments.rest], python, zip_path)
    if "real" in chosen:
        code = real_blender.run_tests(arguments.rest, zip_path)
        results |= {"real Blender": code} if code is not None else {}
    print("\n".join(f"{name:16} {'passed' if code == 0 else f'FAILED ({code})'}" for name, code in results.items()))
    return max(results.values())


def _pytest(interpreter: Path, words: list[str], backend_python: Path, zip_path: Path | None = None) -> int:
    """Run pytest with `interpreter`; Blender's settings go to an empty folder of their own."""
    print(f"\n== {interpreter.relative_to(ROOT)} -m pytest {' '.join(words)}", flush=True)
    user_folder = OUT / "tests" / "blender_user"
    user_folder.mkdir(parents=True, exist_ok=True)
    environment = {
        "BLENDER_USER_RESOURCES": str(user_folder),
        "DUOLOGUE_PYTHON": str(backend_python),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    if zip_path is not None:
        environment["DUOLOGUE_ZIP"] = str(zip_path)
    return status([interpreter, "-m", "pytest", "-p", "no:cacheprovider", *words], environment=environment)
