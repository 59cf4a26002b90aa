"""The one list of engines: what each needs, and how it is loaded. Everybody who knows engines by name reads it here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from ..assets import BACKEND, assets_folder, read_manifest
from ..contract.constants import COLOCATED_ENGINE, DUALTALK_ENGINE, ENGINE_NAMES, OFFICIAL_ENGINE, OFFICIAL_FACE
from ..contract.errors import DuologueError, ExitCode

if TYPE_CHECKING:  # the list is read where no library is there yet
    from .base import Conditions, Engine, Motion

Load = Callable[[Path, str, "Path | None"], "Engine"]

SPEECH_ENCODER: Final = "whisper-base-encoder-4"
"""Id of the asset that every engine but the official one hears through."""


@dataclass(frozen=True)
class EngineEntry:
    """An engine before it is loaded.

    `shipped` names the files in backend/weights that it reads, `assets` the derived ones by their ids, `libraries`
    those that no other engine needs. `face` is that of its `Engine`. With `needs_checkpoint` its weights are a file of
    the artist's.
    """

    name: str
    load_from: Load
    shipped: tuple[str, ...] = ()
    assets: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    face: str | None = None
    needs_checkpoint: bool = False

    def load(self, assets: Path, device: str, checkpoint: Path | None = None) -> Engine:
        """The engine with its weights on `device`; `assets` is the folder of derived files.

        Raises DuologueError (WEIGHTS_INVALID, ASSET_MISSING, ASSET_CORRUPT; BAD_REQUEST without a checkpoint that it
        needs).
        """
        self.check_checkpoint(checkpoint)
        return self.load_from(assets, device, checkpoint)

    def files(self, assets: Path, checkpoint: Path | None = None) -> tuple[Path, ...]:
        """Every file that `load` may read weights from. Raises DuologueError (ASSET_CORRUPT)."""
        derived = {*self.assets, SPEECH_ENCODER}
        return (
            *(BACKEND / "weights" / f"{name}.safetensors" for name in self.shipped),
            *(assets / file for asset in read_manifest() if asset.id in derived for file in asset.files),
            *(() if checkpoint is None else (checkpoint,)),
        )

    def check_checkpoint(self, checkpoint: Path | None) -> None:
        """Raises DuologueError (BAD_REQUEST) where a checkpoint is needed and none is named."""
        if self.needs_checkpoint and checkpoint is None:
            raise DuologueError(
                ExitCode.BAD_REQUEST, "There is no --checkpoint.", "Name the file DualTalk.pth, or use another engine."
            )


# torch takes seconds to import, so an engine's modules are imported when it is loaded.


def _load_colocated(assets: Path, device: str, _checkpoint: Path | None) -> Engine:
    from .colocated.engine import ColocatedEngine

    return ColocatedEngine.load(assets, device)


def _load_dualtalk(assets: Path, device: str, _checkpoint: Path | None) -> Engine:
    from .dualtalk.engine import DualTalkEngine

    return DualTalkEngine.load(assets, device)


def _load_official(assets: Path, device: str, checkpoint: Path | None) -> Engine:
    from .dualtalk_official.engine import OfficialEngine

    return OfficialEngine.load(assets, device, checkpoint or Path())


ENGINES: Final[Mapping[str, EngineEntry]] = MappingProxyType(
    {
        entry.name: entry
        for entry in (
            EngineEntry(
                COLOCATED_ENGINE, _load_colocated, shipped=("colocated", "lip-reader"), assets=(SPEECH_ENCODER,)
            ),
            EngineEntry(
                DUALTALK_ENGINE, _load_dualtalk, shipped=("dualtalk-small", "lip-reader"), assets=(SPEECH_ENCODER,)
            ),
            EngineEntry(
                OFFICIAL_ENGINE,
                _load_official,
                libraries=("transformers",),
                face=OFFICIAL_FACE,
                needs_checkpoint=True,
            ),
        )
    }
)


def engine_named(name: str) -> EngineEntry:
    """Raises DuologueError (ENGINE_UNKNOWN)."""
    if name not in ENGINES:
        raise DuologueError(
            ExitCode.ENGINE_UNKNOWN,
            f"There is no engine called “{name}”.",
            f"Choose one of: {', '.join(ENGINE_NAMES)}.",
        )
    return ENGINES[name]


def generate(
    name: str,
    conditions: Conditions,
    seed: int = 0,
    device: str = "cpu",
    assets: Path | None = None,
    progress: Callable[[str, int, int], None] = lambda _stage, _done, _total: None,
    check_cancel: Callable[[], None] = lambda: None,
) -> Motion:
    """Load the engine `name` and let it generate once. `assets` None means the default folder.

    Raises as `EngineEntry.load` and `Engine.generate`, and DuologueError (ENGINE_UNKNOWN).
    """
    engine = engine_named(name).load(assets_folder(assets), device)
    return engine.generate(conditions, seed, progress, check_cancel)
