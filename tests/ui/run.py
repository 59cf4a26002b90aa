"""Runs stories in a real Blender's window, one Blender after the other: run.py FOLDER ZIP WHEELHOUSE.

Started by `build.py window` inside a system of its own, where a display is. FOLDER gets the pictures and logs; settings
and .blend are in a home folder of that system, as an artist's are.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

_STORIES: Final = ("first_dialogue", "opened_again")
_HOME: Final = Path("/home/artist")
_LONGEST: Final = 1500
_SHOWN: Final = 4000
"""Characters of a failed story's log."""
_CHECKOUTS: Final = ("DUOLOGUE_PYTHON", "DUOLOGUE_ASSETS")
"""What would let the extension find a backend that it has not installed."""


def main(folder: Path, archive: Path, wheelhouse: Path) -> int:
    """Play all stories; 0 where each ended well. The second goes on in the file that the first has saved.

    Where WHEELHOUSE is no folder, nothing is installed and the checkout's backend serves.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.rmtree(_HOME, ignore_errors=True)
    (_HOME / "film").mkdir(parents=True)
    environment = os.environ | {
        "HOME": str(_HOME),
        "BLENDER_USER_RESOURCES": str(_HOME / "blender"),
        "DUOLOGUE_PROJECT": str(_HOME / "film"),
        "DUOLOGUE_ZIP": str(archive),
        "DUOLOGUE_WHEELHOUSE": str(wheelhouse),
        "DUOLOGUE_UI": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PATH": f"{_player()}:{os.environ['PATH']}",
    }
    if wheelhouse.is_dir():
        environment = {name: value for name, value in environment.items() if name not in _CHECKOUTS}
    failed = 0
    for story in _STORIES:
        began = time.monotonic()
        failure = _play(story, folder, environment)
        failed += failure is not None
        print(f"{story}: {failure or 'ended well'}, {time.monotonic() - began:.0f} s", flush=True)
        if failure:
            print((folder / f"{story}.log").read_text(encoding="utf-8", errors="replace")[-_SHOWN:])
            break
    print(f"{len(_STORIES) - failed} passed, {failed} failed")
    return int(failed > 0)


def _player() -> Path:
    """A folder with what opens files here: it starts no player, and notes what it was asked to open."""
    program = _HOME / "bin" / "xdg-open"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\necho "$1" >> "$HOME/opened"\n', encoding="utf-8")
    program.chmod(0o755)
    return program.parent


def _play(story: str, folder: Path, environment: dict[str, str]) -> str | None:
    """What went wrong, or None."""
    words = ["blender", "--gpu-backend", "opengl", "--window-geometry", "0", "0", "1400", "2900"]
    words += ["--python-exit-code", "9", "--python", str(Path(__file__).with_name("play.py")), "--", story]
    result = folder / f"{story}.json"
    with (folder / f"{story}.log").open("w") as log:
        try:
            code = subprocess.run(
                words, env=environment, stdout=log, stderr=log, timeout=_LONGEST, check=False
            ).returncode
        except subprocess.TimeoutExpired:
            return f"not done in {_LONGEST} s"
    if not result.is_file():
        return f"Blender ended with {code} before the story did, see {log.name}"
    failure: str | None = json.loads(result.read_text(encoding="utf-8"))["failure"]
    if failure is None and code:
        return f"Blender ended with {code} after the story did, see {log.name}"
    return failure


if __name__ == "__main__":
    sys.exit(main(*(Path(word) for word in sys.argv[1:4])))
