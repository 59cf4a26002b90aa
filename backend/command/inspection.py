"""What the backend's Python has, the state of every asset and of every engine's weights, and what is wrong."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import platform
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from ..assets import BACKEND, State, asset_state, read_manifest, read_shipped_weights, shipped_state
from ..contract.constants import OPEN_HEAD
from ..contract.errors import DuologueError, ExitCode
from ..contract.installation import remedy
from ..contract.reading import is_file
from ..engines.registry import ENGINES
from ..job.machine import NEEDED, missing_dependency
from ..words.availability import has_aligner_build

Step = Callable[[str, int, int], None]

_ALIGNER: Final = "pocketsphinx"
_PARSER: Final = "spacy"
_LANGUAGES: Final = "py3langid"
_WANTED_BY: Final[Mapping[str, str]] = {
    **{library: entry.name for entry in ENGINES.values() for library in entry.libraries},
    _ALIGNER: "transcripts",
    _PARSER: "grammar of sentences",
    _LANGUAGES: "languages of sentences",
}
"""Libraries that one thing alone needs."""
_TURN_MODELS: Final = "turn-models"
_CHECKPOINT: Final = "checkpoint"
_PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    **{
        entry.name: (
            *entry.libraries,
            *([_CHECKPOINT] if entry.needs_checkpoint else []),
            *entry.shipped,
            *entry.assets,
            _TURN_MODELS,
        )
        for entry in ENGINES.values()
    },
    "open head": (OPEN_HEAD,),
    "transcripts": (_ALIGNER,),
    "sentences by their meaning": ("sentence-encoder", "sentence-reader"),
    "grammar of sentences": ("english-grammar", _PARSER),
    "languages of sentences": (_LANGUAGES,),
}
"""What can be asked for, and the rows and libraries that it needs beside `NEEDED`."""


@dataclass(frozen=True)
class Row:
    """A file and how it stands; `state` as `assets.State` has it. Jobs work without an `optional` one."""

    asset: str
    file: str
    sha256: str
    state: str
    licence: str
    optional: bool

    @property
    def usable(self) -> bool:
        """Whether the file serves. What an older recipe derived does."""
        return self.state in (State.READY.value, State.OUTDATED.value)


@dataclass(frozen=True)
class Inspection:
    """`libraries` name → version or what is wrong; `abilities` what can be asked for → what it lacks, nothing if it
    works; `problems` keep a job from working.
    """

    libraries: dict[str, str]
    device: dict[str, Any] | None
    assets_folder: Path
    rows: tuple[Row, ...]
    abilities: dict[str, tuple[str, ...]]
    problems: tuple[DuologueError, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain lists, words and numbers."""
        return {
            "python": {"version": platform.python_version(), "executable": sys.executable},
            "platform": platform.platform(),
            "libraries": self.libraries,
            "device": self.device,
            "assets_folder": str(self.assets_folder),
            "assets": [asdict(row) for row in self.rows],
            "abilities": {name: list(lacking) for name, lacking in self.abilities.items()},
            "problems": [{"code": int(bad.code), "message": bad.message, "fix": bad.fix} for bad in self.problems],
        }


def inspect(folder: Path, checkpoint: Path | None, step: Step) -> Inspection:
    """Look at everything. `checkpoint` is DualTalk's official file, if one is known.

    `step(stage, done, total)` is called before each step and may raise. Raises DuologueError (ASSET_CORRUPT) for a
    list of assets that cannot be read.
    """
    names = (*NEEDED, *_WANTED_BY)
    versions: dict[str, str] = {}
    broken: dict[str, Exception] = {}
    for index, name in enumerate(names):
        step(f"Loading {name}", index, len(names) + 2)
        versions[name], error = _library(name)
        if error is not None:
            broken[name] = error
    step("Asking for the device", len(names), len(names) + 2)
    device = None if "torch" in broken else _device()
    step("Checking files", len(names) + 1, len(names) + 2)
    rows = (*_asset_rows(folder), *_weight_rows(), *_checkpoint_rows(checkpoint))
    abilities = {name: _lacking(parts, rows, broken) for name, parts in _PARTS.items()}
    if checkpoint is None:
        for entry in ENGINES.values():
            if entry.needs_checkpoint:
                abilities[entry.name] = ("a DualTalk checkpoint", *abilities[entry.name])
    return Inspection(versions, device, folder, rows, abilities, tuple(_problems(broken, rows)))


def _library(name: str) -> tuple[str, Exception | None]:
    """The version, or what is wrong; and why it does not load."""
    try:
        importlib.import_module(name)
        return importlib.metadata.version(name), None
    except Exception as error:  # noqa: BLE001 — a package that is damaged raises what it likes
        there = importlib.util.find_spec(name) is not None
        wanted = f"; only {_WANTED_BY[name]} needs it" if name in _WANTED_BY else ""
        return ("does not load" if there else "missing") + wanted, error


def _device() -> dict[str, Any]:
    from ..job.machine import available_devices, device_title

    devices = available_devices()
    return {"auto": devices[0], "title": device_title(devices[0]), "available": list(devices)}


def _asset_rows(folder: Path) -> list[Row]:
    rows = []
    for asset in read_manifest():
        state = asset_state(asset, folder)
        rows += [
            Row(
                asset.id,
                file,
                state.sha256.get(file, ""),
                state.state.value if file in state.sha256 else State.MISSING.value,
                asset.licence,
                asset.optional,
            )
            for file in asset.files
        ]
    return rows


def _weight_rows() -> list[Row]:
    """Weights that come with the backend."""
    rows = []
    for weights in read_shipped_weights():
        state, digest = shipped_state(weights)
        path = BACKEND / weights.file
        file = path.relative_to(BACKEND.parent).as_posix()
        rows.append(Row(path.stem, file, digest, state.value, weights.licence, optional=False))
    return rows


def _checkpoint_rows(checkpoint: Path | None) -> list[Row]:
    """DualTalk's official file; gigabytes, so that it is not read here."""
    if checkpoint is None:
        return []
    state = State.READY if is_file(checkpoint) else State.MISSING
    return [Row(_CHECKPOINT, str(checkpoint), "", state.value, "its authors' own", optional=True)]


def _lacking(parts: tuple[str, ...], rows: tuple[Row, ...], broken: Mapping[str, Exception]) -> tuple[str, ...]:
    needed = (*NEEDED, *(name for name in parts if name in _WANTED_BY))
    files = tuple(f"{row.file} ({row.state})" for row in rows if row.asset in parts and not row.usable)
    return (*(_lacked(name) for name in needed if name in broken), *files)


def _lacked(name: str) -> str:
    """A library by name, and whether there is no way to it."""
    return f"{name}, which has no build for this Python" if name == _ALIGNER and not has_aligner_build() else name


def _problems(broken: Mapping[str, Exception], rows: tuple[Row, ...]) -> list[DuologueError]:
    """A library each, and all files of one state together."""
    found = [missing_dependency(name, error) for name, error in broken.items() if name in NEEDED]
    shipped = {BACKEND.name}
    for code, state in ((ExitCode.ASSET_MISSING, State.MISSING), (ExitCode.ASSET_CORRUPT, State.CHANGED)):
        for own in (False, True):
            files = [
                row.file
                for row in rows
                if row.state == state.value
                and not (row.optional and row.state == State.MISSING.value)
                and (Path(row.file).parts[0] in shipped) is own
            ]
            if files:
                fix = "Install Duologue again." if own else _fix(state)
                found.append(DuologueError(code, f"{state.value.capitalize()}: {', '.join(files)}.", fix))
    return found


def _fix(state: State) -> str:
    if state is State.MISSING:
        return f"{remedy()}, or choose the assets folder that holds them."
    return f"Delete what was changed. {remedy()}."
