"""The safetensors format by hand, because the library wants every tensor in memory at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import BinaryIO, Final

import torch
from torch import Tensor

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
