"""`build.py pictures prompts`: what sentences make, a picture each, for docs/prompts.md."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from .blenders import Blender
from .paths import CACHE, OUT, ROOT
from .processes import BuildFailedError, output, run

SENTENCES: Final = ROOT / "docs" / "pictures" / "prompts" / "sentences.json"
_DIALOGUE: Final = ROOT / "presets" / "demo"
_TAKES: Final = OUT / "pictures" / "prompts"
_USER: Final = CACHE / "pictures_blender_user"
_NAMES: Final = ("Anna", "Ben")


@dataclass(frozen=True)
class Sentence:
    """A picture's `name` and `sentence`, and what the sentence has to make: `arrangement`, empty for whichever there
    is, and both `postures`.
    """

    name: str
    sentence: str
    arrangement: str
    postures: tuple[str, str]


def sentences() -> list[Sentence]:
    """Those of docs/pictures/prompts/sentences.json."""
    told = json.loads(SENTENCES.read_text(encoding="utf-8"))
    return [Sentence(**(one | {"postures": tuple(one["postures"])})) for one in told]


def photograph_prompts(backend: Path, blender: Blender) -> None:
    """Render every sentence that is read as its picture is to show it; others lose their picture and are told."""
    _TAKES.mkdir(parents=True, exist_ok=True)
    pairs: list[str] = []
    for one in sentences():
        picture = SENTENCES.parent / f"{one.name}.jpg"
        problem = _misread(backend, one)
        if problem:
            picture.unlink(missing_ok=True)
            print(f"No picture of “{one.sentence}”: {problem}.")
            continue
        take = _TAKES / f"{one.name}.npz"
        tracks = ["--a", str(_DIALOGUE / "anna.flac"), "--b", str(_DIALOGUE / "ben.flac")]
        words = ["-m", "backend", "animate", *tracks, "--prompt", one.sentence, "--out", str(take)]
        run([backend, *words], what=f"Making a take of “{one.sentence}”")
        pairs += [str(take), str(picture)]
    if not pairs:
        raise BuildFailedError("No sentence was read as its picture is to show it.")
    run(
        blender.command(ROOT / "building" / "studio.py", "prompts", SENTENCES.parent, *pairs),
        what="Rendering prompts",
        environment={"BLENDER_USER_RESOURCES": str(_USER)},
    )


def _misread(backend: Path, wanted: Sentence) -> str:
    """Why the picture would not show what the sentence says; empty where it does."""
    told = output([backend, "-m", "backend", "stage", wanted.sentence, "--names", *_NAMES, "--json"])
    if told is None:
        return "the sentence could not be read"
    result: dict[str, Any] = json.loads(told)
    staging = result["staging"]
    postures = tuple(place["posture"] for place in staging["places"])
    if result["missed"]:
        return " ".join(result["missed"])
    if postures != wanted.postures or wanted.arrangement not in ("", staging["arrangement"]):
        return f"it was read as {staging['arrangement']}, {' and '.join(postures)}"
    return ""
