"""Trained weights on disk: float16 safetensors whose metadata says how to build the network, within reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import torch
from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor, nn

from ..contract.errors import DuologueError, ExitCode
from ..contract.files import sha256_of, write_whole
from ..contract.reading import read_errors_as

Network = TypeVar("Network", bound=nn.Module)


def write_weights(path: Path, network: nn.Module) -> None:
    """Write `network`, with the dataclass `network.config` that it was built from, to `path`, whole or not at all.

    Raises DuologueError (DISK_FULL, OUTPUT_NOT_WRITABLE).
    """
    config = asdict(cast("Any", network.config))
    tensors = {name: tensor.detach().cpu().half().contiguous() for name, tensor in network.state_dict().items()}
    content = save(tensors, metadata={"config": json.dumps(config, sort_keys=True)})
    write_whole(path, lambda file: file.write(content))


def read_weights(
    path: Path,
    build: Callable[[dict[str, Any]], Network],
    device: str,
    command: str,
    own_tensors: Callable[[dict[str, Tensor]], dict[str, Tensor]] = lambda tensors: tensors,
) -> Network:
    """What `write_weights` wrote, ready to run: `build` makes the network of its configuration.

    `command` of build.py would make the file anew; `own_tensors` picks and names those of the network where a file
    holds others too. Raises DuologueError (WEIGHTS_INVALID).
    """
    fix = f"Install Duologue again, or train with `python3 build.py {command}`."
    with read_errors_as(ExitCode.WEIGHTS_INVALID, f"The weights {path} cannot be used", fix):
        with safe_open(path, framework="pt", device="cpu") as file:
            config = json.loads((file.metadata() or {})["config"])
            whole = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118  (no mapping)
        tensors = own_tensors(whole)
        with torch.device("meta"):
            network = build(config)
        network.load_state_dict(tensors, strict=True, assign=True)
        if not all(bool(torch.isfinite(tensor).all()) for tensor in tensors.values()):
            raise ValueError("there are numbers that are not finite")
    network.requires_grad_(False).eval()
    return network.to(device)


def weights_hash(path: Path) -> str:
    """sha256 of the file, in hexadecimal. Raises DuologueError (WEIGHTS_INVALID)."""
    try:
        return sha256_of(path)
    except OSError as error:
        raise DuologueError(
            ExitCode.WEIGHTS_INVALID,
            f"The weights {path} cannot be read ({error.strerror or error}).",
            "Install Duologue again, or train with `python3 build.py train`.",
        ) from error


def weights_hashes(*paths: Path) -> dict[str, str]:
    """File name → sha256, in the order of `paths`. Raises DuologueError (WEIGHTS_INVALID)."""
    return {path.name: weights_hash(path) for path in paths}


_MOST_LAYERS: Final = 128
"""Layers cost time even where their numbers take no memory."""


def check_sizes(*sizes: object, layers: int = 1) -> None:
    """Raises ValueError unless `sizes` are whole numbers above 0, and `layers` as many as a network may have."""
    if not all(type(size) is int and size > 0 for size in (*sizes, layers)):
        raise ValueError("a size is no whole number above 0")
    if layers > _MOST_LAYERS:
        raise ValueError(f"{layers} layers are more than any network here has")
