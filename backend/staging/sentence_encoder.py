"""A sentence → its embedding: WordPiece and all-MiniLM-L6-v2, a BERT of six layers, in numpy.

Source: Wang et al. 2020 (MiniLM, arXiv 2002.10957) and Reimers & Gurevych 2019 (Sentence-BERT, arXiv 1908.10084): the
mean over the last layer's pieces, of length one. Pieces are cut as by BERT's uncased tokenizer (Wu et al. 2016, arXiv
1609.08144): small letters, no accents, punctuation apart, then the longest known piece from the left.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from safetensors.numpy import load_file
from scipy.special import erf
from threadpoolctl import threadpool_limits
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import TemplateProcessing

from ..contract.errors import ExitCode
from ..contract.files import Stamp, stamp_of
from ..contract.reading import is_file, read_errors_as

SENTENCE_ENCODER: Final = "sentence-encoder"
WEIGHTS_FILE: Final = "prompts/minilm-l6-v2.safetensors"
VOCABULARY_FILE: Final = "prompts/minilm-l6-v2-vocabulary.txt"
"""Below the assets folder, as backend/assets.json has them."""

LAYERS: Final = 6
WIDTH: Final = 384
HEADS: Final = 12
EPSILON: Final = 1e-12
_LONGEST_SENTENCE: Final = 64
"""Pieces; a phrase of a prompt has fewer than ten."""


@dataclass(frozen=True)
class SentenceEncoder:
    """`weights` by the names that derivation keeps; `tokenizer` gives rows of the embedding."""

    weights: dict[str, np.ndarray]
    tokenizer: Tokenizer

    def directions(self, sentences: Sequence[str]) -> np.ndarray:
        """[sentences, 384] of length one; the cosine between two of them is how alike two sentences are."""
        sentence_ids = [encoding.ids for encoding in self.tokenizer.encode_batch(list(sentences))]
        found = np.empty((len(sentences), WIDTH), dtype=np.float32)
        # Waiting threads of BLAS cost ten times the time as soon as another program computes beside this one.
        with threadpool_limits(limits=1, user_api="blas"):
            for length in {len(ids) for ids in sentence_ids}:
                alike = [row for row, ids in enumerate(sentence_ids) if len(ids) == length]
                found[alike] = self._means(np.array([sentence_ids[row] for row in alike]))
        directions: np.ndarray = found / np.linalg.norm(found, axis=-1, keepdims=True)
        return directions

    def states(self, ids: np.ndarray, layers: int = LAYERS) -> np.ndarray:
        """`ids` [sentences, pieces], all alike long → [sentences, pieces, 384] after the first `layers`."""
        words = self.weights["words"][ids].astype(np.float32)
        state = words + self.weights["positions"][: ids.shape[1]] + self.weights["segment"]
        state = normalised(state, self.weights, "norm")
        for layer in range(layers):
            state = transformer_layer(state, self.weights, f"layers.{layer}.")
        return state

    def _means(self, ids: np.ndarray) -> np.ndarray:
        """`ids` [sentences, pieces] → [sentences, 384]."""
        means: np.ndarray = self.states(ids).mean(axis=1)
        return means


def transformer_layer(state: np.ndarray, weights: Mapping[str, np.ndarray], name: str) -> np.ndarray:
    """One layer of BERT: `state` [sentences, pieces, 384] → the same shape; names in `weights` begin with `name`."""
    query, key, value = (
        linear(state, weights, f"{name}{part}").reshape(*state.shape[:2], HEADS, -1).swapaxes(1, 2)
        for part in ("query", "key", "value")
    )  # [sentences, 12, pieces, 32]
    scores = query @ key.swapaxes(-1, -2) / np.sqrt(query.shape[-1])  # [sentences, 12, pieces, pieces]
    shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = (shares / shares.sum(axis=-1, keepdims=True)) @ value
    attended = linear(mixed.swapaxes(1, 2).reshape(state.shape), weights, f"{name}attention_out")
    state = normalised(state + attended, weights, f"{name}attention_norm")
    inner = linear(state, weights, f"{name}feed_forward_in")
    inner = 0.5 * inner * (1.0 + erf(inner / np.sqrt(2.0)))  # GELU
    return normalised(state + linear(inner, weights, f"{name}feed_forward_out"), weights, f"{name}feed_forward_norm")


def linear(state: np.ndarray, weights: Mapping[str, np.ndarray], name: str) -> np.ndarray:
    """`state` [..., inputs] → [..., outputs] by the weight and bias called `name`."""
    rows: np.ndarray = state.reshape(-1, state.shape[-1]) @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]
    return rows.reshape((*state.shape[:-1], -1))


def normalised(state: np.ndarray, weights: Mapping[str, np.ndarray], name: str) -> np.ndarray:
    """Layer normalisation over the last axis, by the weight and bias called `name`."""
    centred = state - state.mean(axis=-1, keepdims=True)
    scale = np.sqrt(np.mean(centred**2, axis=-1, keepdims=True) + EPSILON)
    out: np.ndarray = centred / scale * weights[f"{name}.weight"] + weights[f"{name}.bias"]
    return out


def load_sentence_encoder(assets: Path) -> SentenceEncoder | None:
    """The encoder that was derived into the folder `assets`, the same one for all who ask; None when it was not.

    Raises DuologueError (ASSET_CORRUPT) for files that cannot be read.
    """
    weights_path, vocabulary_path = assets / WEIGHTS_FILE, assets / VOCABULARY_FILE
    if not (is_file(weights_path) and is_file(vocabulary_path)):
        return None
    return _loaded(weights_path, vocabulary_path, stamp_of((weights_path, vocabulary_path)))


@functools.lru_cache(maxsize=1)
def _loaded(weights_path: Path, vocabulary_path: Path, stamp: Stamp) -> SentenceEncoder:  # noqa: ARG001  (other files, another one)
    fix = f"Run `python -m backend prepare-assets --only {SENTENCE_ENCODER} --again`."
    with read_errors_as(ExitCode.ASSET_CORRUPT, "The model that compares words cannot be read", fix):
        stored = load_file(weights_path)
        pieces = {piece: row for row, piece in enumerate(vocabulary_path.read_text(encoding="utf-8").splitlines())}
        # The embedding stays as it is stored: few of its rows are ever used.
        weights = {name: array if name == "words" else array.astype(np.float32) for name, array in stored.items()}
        encoder = SentenceEncoder(weights, tokenizer_of(pieces))
        if not np.isfinite(encoder.directions(["a"])).all():
            raise ValueError("there are numbers that are not finite")
    return encoder


def tokenizer_of(vocabulary: dict[str, int]) -> Tokenizer:
    """BERT's uncased tokenizer over `vocabulary`, with [CLS] before and [SEP] after.

    Raises KeyError where the vocabulary lacks one of BERT's own pieces.
    """
    tokenizer = Tokenizer(WordPiece(vocabulary, unk_token="[UNK]"))  # noqa: S106  (a piece, no password)
    tokenizer.normalizer = BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = BertPreTokenizer()
    around = [(piece, vocabulary[piece]) for piece in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=around)
    tokenizer.enable_truncation(_LONGEST_SENTENCE)
    return tokenizer
