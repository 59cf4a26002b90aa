"""A stage of a training: fitted once, and kept in a file that a later run takes it from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from safetensors.torch import load_file, save
from torch import Tensor, nn

from backend.contract.files import write_whole
from backend.contract.reading import read_or_none

from .fit_log import FitLog, draw_curves

Log = Callable[[int, dict[str, float]], None]

_KEPT_EVERY: Final = 250


def run_stage(folder: Path, name: str, part: nn.Module, fit: Callable[[Log], None]) -> None:
    """Fit `part`, or take it from `NAME.safetensors` in `folder`, which an earlier run finished.

    A file of another network's shape is told and made anew. The state now and then is kept too, in
    `NAME-unfinished.safetensors`, so that a fit that is stopped leaves something to look at.
    Raises DuologueError (DISK_FULL, OUTPUT_NOT_WRITABLE).
    """
    checkpoint = folder / f"{name}.safetensors"
    if checkpoint.is_file():
        found = _fitting(checkpoint, part)
        if found is not None:
            part.load_state_dict(found)
            return
        print(f"{checkpoint} is of another network; it is fitted again")
    table, unfinished = FitLog(folder / f"{name}.csv"), folder / f"{name}-unfinished.safetensors"

    def log(step: int, terms: dict[str, float]) -> None:
        table(step, terms)
        if step % _KEPT_EVERY == 0:
            _save(part, unfinished)

    fit(log)
    _save(part, checkpoint)
    unfinished.unlink(missing_ok=True)
    draw_curves(table.path, table.path.with_suffix(".png"))


def _fitting(checkpoint: Path, part: nn.Module) -> dict[str, Tensor] | None:
    """The tensors in `checkpoint` where names and shapes are those of `part`, else None."""
    found = read_or_none(lambda: load_file(checkpoint))
    wanted = {name: tensor.shape for name, tensor in part.state_dict().items()}
    return found if found is not None and {name: tensor.shape for name, tensor in found.items()} == wanted else None


def _save(part: nn.Module, path: Path) -> None:
    content = save({name: tensor.detach().contiguous() for name, tensor in part.state_dict().items()})
    write_whole(path, lambda file: file.write(content))
