"""`build.py pictures`: the rendered pictures of docs/pictures, made again."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any, Final

from .environments import set_up_both
from .paths import CACHE, OUT, ROOT
from .processes import BuildFailedError, output, run
from .prompt_pictures import photograph_prompts

_FOLDER: Final = OUT / "pictures"
_DOCS: Final = ROOT / "docs" / "pictures"
_USER: Final = CACHE / "pictures_blender_user"
_DIALOGUE: Final = ROOT / "presets" / "demo"
_GRIDS: Final = {"characters": (3, 400), "expressions": (8, 200), "retargeting": (4, 320)}
"""Columns, and pixels across each picture."""
_PROMPTS: Final = "prompts"


def add_command(commands: Any) -> None:
    """Register `pictures`."""
    parser = commands.add_parser("pictures", help="render the pictures of docs/ again")
    parser.add_argument("subjects", nargs="*", choices=(*_GRIDS, _PROMPTS, []), help="default: all")
    parser.set_defaults(run=_pictures)


def _pictures(arguments: argparse.Namespace) -> int:
    backend, blender = set_up_both(development=True)
    for subject in arguments.subjects or (*_GRIDS, _PROMPTS):
        if subject == _PROMPTS:
            photograph_prompts(backend, blender)
            continue
        folder = _FOLDER / subject
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.png"):
            old.unlink()
        words = _take_and_face(backend) if subject == "retargeting" else []
        environment = {"BLENDER_USER_RESOURCES": str(_USER)}
        run(
            blender.command(ROOT / "building" / "studio.py", subject, folder, *words),
            what=f"Rendering {subject}",
            environment=environment,
        )
        columns, width = _GRIDS[subject]
        pictures = sorted(folder.glob("*.png"), key=lambda path: path.stat().st_mtime_ns)
        pairs = [f"{_caption(path.stem)}={path}" for path in pictures]
        sheet = _DOCS / f"{subject}.jpg"
        layout = ["-m", "lab.film.captioned_grid", str(columns), str(width), str(sheet)]
        run([backend, *layout, *pairs], what=f"Laying out {subject}")
        print(sheet)
    return 0


def _caption(stem: str) -> str:
    return stem.capitalize() if stem.islower() else stem


def _take_and_face(backend: Path) -> list[str]:
    """A take of the bundled dialogue, and the id of a face in FLAME's shape that is imported as an artist would."""
    take, model = _FOLDER / "performance.npz", _FOLDER / "flame_shaped.npz"
    tracks = ["--a", str(_DIALOGUE / "anna.flac"), "--b", str(_DIALOGUE / "ben.flac")]
    run([backend, "-m", "backend", "animate", *tracks, "--out", str(take)], what="Making a take")
    run([backend, "-m", "building.flame_stand_in", str(model)], what="Making a face in FLAME's shape")
    faces = _USER / "datafiles" / "duologue" / "faces"
    told = output([backend, "-m", "backend", "import-flame", str(model), "--faces", str(faces)])
    found = re.search(r"(flame[\w-]+)\.npz", told or "")
    if found is None:
        raise BuildFailedError(f"import-flame said: {told}")
    return [str(take), found[1]]
