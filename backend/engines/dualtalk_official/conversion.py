"""The official checkpoint, once, to half-precision safetensors: half the size and nothing to unpickle.

The format is written by hand, because the library wants every tensor in memory at once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO, Final

import torch
from safetensors import safe_open
from torch import Tensor

from ...contract.errors import DuologueError, ExitCode
from ...contract.files import sha256_of, write_whole
from ...contract.reading import read_or_none
from .checkpoint import FORMAT, check_finite, check_fit, config_as_json, official_state, read_checkpoint, without_memory
from .model import OfficialConfig

FLOAT32: Final = "F32"
FLOAT16: Final = "F16"
_TYPES: Final = {FLOAT32: torch.float32, FLOAT16: torch.float16}
_ALIGNMENT: Final = 8


def write_tensors(
    file: BinaryIO,
    tensors: Mapping[str, Tensor],
    metadata: Mapping[str, str],
    kind: str,
    step: Callable[[int, int], None] = lambda _done, _total: None,
) -> None:
    """Eight bytes of little-endian header length, the header as JSON padded with spaces, the tensors one by one.

    `kind` is FLOAT32 or FLOAT16, the same for all; one tensor at a time is copied. `step(done, total)` before each.
    """
    header: dict[str, object] = {"__metadata__": dict(metadata)}
    start = 0
    for name, tensor in tensors.items():
        end = start + _TYPES[kind].itemsize * tensor.numel()
        header[name] = {"dtype": kind, "shape": list(tensor.shape), "data_offsets": [start, end]}
        start = end
    text = json.dumps(header).encode("utf-8")
    text += b" " * (-len(text) % _ALIGNMENT)
    file.write(len(text).to_bytes(8, "little") + text)
    for index, tensor in enumerate(tensors.values()):
        step(index, len(tensors))
        array = tensor.detach().cpu().to(_TYPES[kind]).contiguous().numpy()
        file.write(array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes())


_READING: Final = "Reading the checkpoint"
_CHECKING: Final = "Checking its numbers"
_WRITING: Final = "Converting it"
_STEP: Final = 16
"""Tensors between two reports of progress."""


def convert_checkpoint(
    source: Path,
    target: Path,
    config: OfficialConfig | None = None,
    step: Callable[[str, int, int], None] = lambda _stage, _done, _total: None,
) -> bool:
    """Write the weights of `source` to `target` as float16, whole or not at all; False where they are there already.

    `config` as in `load_checkpoint`. One tensor at a time is in memory. `step(stage, done, total)` is called before
    each step and may raise. Raises DuologueError (WEIGHTS_INVALID) as
    `load_checkpoint` and for weights beyond float16's range, BAD_REQUEST where both are one file, DISK_FULL and
    OUTPUT_NOT_WRITABLE.
    """
    if target.exists() and source.exists() and target.samefile(source):
        raise DuologueError(
            ExitCode.BAD_REQUEST, f"{source} cannot be converted onto itself.", "Name another file after --out."
        )
    step(_READING, 0, 1)
    state, noted = read_checkpoint(source)
    sizes = config or noted or OfficialConfig()
    wanted = _checked(state, sizes, source)
    digest = checkpoint_hash(source)
    if source_of(target) == digest:
        return False
    step(_CHECKING, 0, 1)
    _check_range(state, source)
    metadata = {"format": FORMAT, "config": config_as_json(sizes), "source_sha256": digest}
    ordered = {name: state[name] for name in wanted}

    def tell(done: int, total: int) -> None:
        if done % _STEP == 0:
            step(_WRITING, done, total)

    write_whole(target, lambda file: write_tensors(file, ordered, metadata, FLOAT16, tell))
    return True


def check_checkpoint(path: Path, step: Callable[[str, int, int], None] = lambda _stage, _done, _total: None) -> None:
    """Raises DuologueError (WEIGHTS_INVALID), as `load_checkpoint`, for a file that the engine cannot run."""
    step(_READING, 0, 1)
    state, noted = read_checkpoint(path)
    step(_CHECKING, 0, 1)
    _checked(state, noted or OfficialConfig(), path)


def source_of(path: Path) -> str | None:
    """The sha256 of the checkpoint that the converted file `path` was made of; None where it is no such file."""

    def noted() -> str | None:
        with safe_open(path, framework="pt") as file:
            return (file.metadata() or {}).get("source_sha256")

    return read_or_none(noted)


def checkpoint_hash(path: Path) -> str:
    """In hexadecimal. Raises DuologueError (WEIGHTS_INVALID) for a file that cannot be read."""
    try:
        return sha256_of(path)
    except OSError as error:
        raise DuologueError(
            ExitCode.WEIGHTS_INVALID,
            f"The checkpoint {path} cannot be read ({error.strerror or error}).",
            "Choose the file DualTalk.pth.",
        ) from error


def _checked(state: Mapping[str, Tensor], sizes: OfficialConfig, source: Path) -> dict[str, Tensor]:
    """The tensors, without memory, that a model of `sizes` has. Raises DuologueError where `state` does not fit."""
    wanted = official_state(without_memory(sizes, str(source)))
    check_fit(state, wanted, str(source))
    check_finite(state, str(source))
    return wanted


def _check_range(state: Mapping[str, Tensor], source: Path) -> None:
    """Raises DuologueError (WEIGHTS_INVALID) for finite weights that float16 would make infinite."""
    limit = torch.finfo(torch.float16).max
    for name, tensor in state.items():
        largest = max(abs(float(extreme)) for extreme in torch.aminmax(tensor))
        if largest > limit:
            raise DuologueError(
                ExitCode.WEIGHTS_INVALID,
                f"{source} holds {largest:g} in {name}, too large for half precision.",
                "Use the file as it is; it need not be converted.",
            )
