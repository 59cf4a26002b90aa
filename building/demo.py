"""`build.py demo`: the bundled dialogue, or one's own, as a .blend, a film, a contact sheet and a table of seconds."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

from .environments import set_up_both
from .paths import CACHE, OUT, ROOT
from .processes import BuildFailedError, status, status_shown

_FOLDER = OUT / "demo"
_DIALOGUE = ROOT / "presets" / "demo"
_PROMPT = "two friends across a café table, she leans in, he keeps looking away"


def add_command(commands: Any) -> None:
    """Register `demo`."""
    parser = commands.add_parser("demo", help="animate the bundled dialogue, or your own, into out/demo/")
    parser.add_argument("--a", type=Path, help="the first person's track; alone, the second one listens")
    parser.add_argument("--b", type=Path, help="the second person's track; alone, the first one listens")
    parser.add_argument("--mix", type=Path, help="one track with both people")
    parser.add_argument("--stereo", type=Path, help="one file, one person a channel")
    parser.add_argument("--prompt", default=_PROMPT, help="one sentence about the scene")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=_FOLDER, help="folder for the results")
    parser.set_defaults(run=_demo)


def _demo(arguments: argparse.Namespace) -> int:
    audio = _audio_words(arguments)
    started = time.monotonic()
    backend, blender = set_up_both()
    seconds = {"set-up": time.monotonic() - started}
    folder: Path = arguments.out.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    timings = folder / "timings.json"
    words = [*audio, "--prompt", arguments.prompt, "--seed", str(arguments.seed), "--timings", str(timings)]
    words += ["--save", str(folder / "demo.blend"), "--render", str(folder / "demo.mp4")]
    words += ["--performance", str(folder / "performance.npz"), "--stills", str(folder / "stills")]
    for old in (folder / "stills").glob("*.png"):
        old.unlink()
    environment = {"DUOLOGUE_PYTHON": str(backend), "BLENDER_USER_RESOURCES": str(CACHE / "demo_blender_user")}
    (CACHE / "demo_blender_user").mkdir(parents=True, exist_ok=True)
    script = ROOT / "building" / "in_blender.py"
    log = OUT / "logs" / "demo.log"

    def show(line: str) -> str | None:
        """The contact sheet is made while the film begins."""
        return f"{line}\n{_sheet(backend, folder)}" if " stills written to " in line else shown(line)

    code = status_shown(blender.command(script, "animate", *words), show, environment=environment, log=log)
    if code:
        return code
    seconds |= json.loads(timings.read_text(encoding="utf-8"))
    print_table(seconds)
    print("\n".join(str(folder / name) for name in ("demo.blend", "demo.mp4", "performance.npz", "sheet.png")))
    return code


def shown(line: str) -> str | None:
    """What of Blender's output is worth seeing: our own sentences."""
    return line if line.startswith("duologue:") else None


def _sheet(backend: Path, folder: Path) -> str:
    """Make the contact sheet of the stills; the sentence to tell."""
    paths = [folder / name for name in ("stills", "performance.npz", "sheet.png")]
    failed = status([backend, "-m", "lab.film.contact_sheet", *paths])
    return "duologue: The contact sheet failed; see above." if failed else f"duologue: {paths[-1]} written"


def _audio_words(arguments: argparse.Namespace) -> list[str]:
    """The audio options as given, or the bundled dialogue when none is. Raises BuildFailedError."""
    given = {name: getattr(arguments, name) for name in ("a", "b", "mix", "stereo") if getattr(arguments, name)}
    if not given:
        given = {"a": _DIALOGUE / "anna.flac", "b": _DIALOGUE / "ben.flac"}
    if not any(set(given) <= kind for kind in ({"a", "b"}, {"mix"}, {"stereo"})):
        raise BuildFailedError("give either --a and --b, or one of these alone, or --mix, or --stereo", exit_code=2)
    return [word for name, path in given.items() for word in (f"--{name}", str(path.resolve()))]


def print_table(seconds: dict[str, float]) -> None:
    """Stages and their seconds, one a line."""
    print()
    for stage, value in seconds.items():
        print(f"{stage:<24}{value:9.2f} s")
    print(f"{'all':<24}{sum(seconds.values()):9.2f} s\n")
