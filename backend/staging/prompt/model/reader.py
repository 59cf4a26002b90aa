"""The network that reads a sentence: the sentence encoder's lower layers, upper layers of its own, and outputs a piece.

Each piece of a word tells by itself what it says of whom; the sentence says what some of its pieces say. What is known
of a piece (whom it calls, who its subject is, whether it is denied, what the rules read in it) is added before the
upper layers, so that verbs and places find by attention whom they are about, and the rules are believed where they are
right.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from safetensors.numpy import load_file
from threadpoolctl import threadpool_limits

from ....contract.errors import ExitCode
from ....contract.files import Stamp, stamp_of
from ....contract.reading import is_file, read_errors_as
from ...sentence_encoder import (
    LAYERS,
    VOCABULARY_FILE,
    WEIGHTS_FILE,
    SentenceEncoder,
    linear,
    load_sentence_encoder,
    transformer_layer,
)
from .outputs import DISTANCE_EDGES, INDEX, OUTPUTS, RISE_EDGES, Output

WEIGHTS: Final = Path(__file__).resolve().parents[3] / "weights" / "sentence-reader.safetensors"
LOWER_LAYERS: Final = 2
"""Layers of the sentence encoder that stay as they are."""

TAGS: Final = {"called": 3, "subject": 3, "denied": 2}
"""What is told of each piece: whom it calls, who its subject is (0 nobody, 1 or 2 a person), whether it is denied."""

_DISTANCE: Final = Output("scene", "distance", "said")
_RISES: Final = [INDEX[Output("scene", "height", f"higher_{person}")] for person in (0, 1)]


@dataclass(frozen=True)
class Tagged:
    """Pieces of a sentence: rows of the vocabulary, where in the sentence each stands, the `TAGS` of each, and 1 for
    each output that the rules find it to say.
    """

    ids: np.ndarray  # [P]
    spans: tuple[tuple[int, int], ...]
    tags: np.ndarray  # [P, 3]
    hints: np.ndarray  # [P, outputs]


@dataclass(frozen=True)
class Probabilities:
    """What a sentence says: of each piece, standing at `spans` of the text, and of all of them; 0 to 1.

    `distance`, `rise`: over the classes of `outputs`, given that there is one.
    """

    spans: tuple[tuple[int, int], ...]
    pieces: np.ndarray  # [P, outputs]
    said: np.ndarray  # [outputs]
    distance: np.ndarray  # [12]
    rise: np.ndarray  # [8]

    def joined(self, following: Probabilities) -> Probabilities:
        """Both parts of one text: it says what one of them says."""
        surer = max((self, following), key=lambda part: part.said[INDEX[_DISTANCE]])
        higher = max((self, following), key=lambda part: part.said[_RISES].max())
        return Probabilities(
            (*self.spans, *following.spans),
            np.concatenate((self.pieces, following.pieces)),
            np.maximum(self.said, following.said),
            surer.distance,
            higher.rise,
        )

    def of(self, output: Output) -> float:
        """How probably the sentence says it."""
        return float(self.said[INDEX[output]])


@dataclass(frozen=True)
class SceneReader:
    """`weights` of the upper layers and the outputs; `encoder` gives pieces and lower layers."""

    encoder: SentenceEncoder
    weights: Mapping[str, np.ndarray]

    def read(self, sentence: Sequence[Tagged]) -> Probabilities:
        """The same sentence gives the same probabilities; of a long one the parts are read one after the other."""
        return functools.reduce(Probabilities.joined, map(self._part, sentence))

    def _part(self, sentence: Tagged) -> Probabilities:
        with threadpool_limits(limits=1, user_api="blas"):
            state = self.encoder.states(sentence.ids[None], LOWER_LAYERS)  # [1, P, 384]
            for place, name in enumerate(TAGS):
                state = state + self.weights[f"tags.{name}.weight"][sentence.tags[:, place]]
            state = state + sentence.hints @ self.weights["hints.weight"].T
            for layer in range(LOWER_LAYERS, LAYERS):
                state = transformer_layer(state, self.weights, f"layers.{layer}.")
            return self._outputs(state[0], sentence)

    def _outputs(self, state: np.ndarray, sentence: Tagged) -> Probabilities:
        """`state` [P, 384]."""
        pieces = linear(state, self.weights, "pieces")  # [P, outputs] logits
        shares = _softmax(pieces, axis=0)
        said = (shares * pieces).sum(axis=0) + linear(state[:1], self.weights, "sentence")[0]
        distance = shares[:, INDEX[_DISTANCE]] @ linear(state, self.weights, "distance")
        rise = shares[:, _RISES].mean(axis=1) @ linear(state, self.weights, "rise")
        said = said * self.weights["calibration.scale"] + self.weights["calibration.shift"]
        return Probabilities(sentence.spans, _sigmoid(pieces), _sigmoid(said), _softmax(distance), _softmax(rise))


def scene_reader(assets: Path) -> SceneReader | None:
    """The reader over the sentence encoder in the folder `assets`; None where there is none, or no weights.

    Raises DuologueError (ASSET_CORRUPT, WEIGHTS_INVALID) for files that cannot be read.
    """
    return _loaded(assets, stamp_of((assets / WEIGHTS_FILE, assets / VOCABULARY_FILE, WEIGHTS)))


@functools.lru_cache(maxsize=1)
def _loaded(assets: Path, stamp: Stamp) -> SceneReader | None:  # noqa: ARG001  (other files, another one)
    encoder = load_sentence_encoder(assets)
    if encoder is None or not is_file(WEIGHTS):
        return None
    with read_errors_as(ExitCode.WEIGHTS_INVALID, f"The weights {WEIGHTS} cannot be read", _FIX):
        weights = {name: array.astype(np.float32) for name, array in load_file(WEIGHTS).items()}
        reader = SceneReader(encoder, weights)
        trial = reader.read(
            [
                Tagged(
                    np.array([1, 2]), ((0, 1), (1, 2)), np.zeros((2, len(TAGS)), dtype=int), np.zeros((2, len(OUTPUTS)))
                )
            ]
        )
        shapes = (trial.said.shape, trial.distance.shape, trial.rise.shape)
        wanted = ((len(OUTPUTS),), (len(DISTANCE_EDGES) - 1,), (len(RISE_EDGES) - 1,))
        if shapes != wanted or not np.isfinite(trial.said).all():
            raise ValueError("they are not this version's")
    return reader


_FIX: Final = "Install Duologue again."


def _softmax(logits: np.ndarray, axis: int = -1) -> np.ndarray:
    powers: np.ndarray = np.exp(logits - logits.max(axis=axis, keepdims=True))
    shares: np.ndarray = powers / powers.sum(axis=axis, keepdims=True)
    return shares


def _sigmoid(logits: np.ndarray) -> np.ndarray:
    probabilities: np.ndarray = 1.0 / (1.0 + np.exp(-np.clip(logits, -30.0, 30.0)))
    return probabilities
