"""Masks for materials: what part of the skin is lip, lid, ear, scalp or blushing cheek."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image
from scipy import sparse


def skin_masks(
    textures: dict[str, bytes],
    uv: np.ndarray,
    rows: sparse.csr_matrix,
    template: np.ndarray,
    regions: dict[str, list[int]],
) -> dict[str, np.ndarray]:
    """Name → [V] from 0 to 1; `textures` are MakeHuman's painted masks by name, `uv` [N, 2] of the base mesh."""
    on_skin = np.zeros(len(template))
    on_skin[regions["skin"]] = 1.0
    found = {name: np.clip(rows @ _sample(data, uv), 0.0, 1.0) * on_skin for name, data in textures.items()}
    return {name: mask.astype(np.float32) for name, mask in found.items()}


def _sample(data: bytes, uv: np.ndarray) -> np.ndarray:
    """[N] brightness of an image at `uv` [N, 2], 0 to 1."""
    image = np.asarray(Image.open(io.BytesIO(data)).convert("L"), dtype=np.float64) / 255.0
    height, width = image.shape
    row = np.clip(np.rint((1.0 - uv[:, 1]) * (height - 1)), 0, height - 1).astype(int)
    column = np.clip(np.rint(uv[:, 0] * (width - 1)), 0, width - 1).astype(int)
    return np.asarray(image[row, column])
