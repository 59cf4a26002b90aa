"""What a network may have read in a sentence, made by hand."""

from collections.abc import Mapping

import numpy as np

from backend.staging.prompt.model.outputs import DISTANCE_EDGES, INDEX, OUTPUTS, RISE_EDGES, Output
from backend.staging.prompt.model.reader import Probabilities


def probabilities(
    text: str,
    said: Mapping[tuple, tuple[str, float]],
    spans: tuple[tuple[int, int], ...] | None = None,
    distance: float = 1.0,
    rise: float = 0.2,
) -> Probabilities:
    """A piece a word of `text`, or those at `spans`; `said`: (who, kind, value) → the words that say it, how surely."""
    if spans is None:
        spans, at = (), 0
        for word in text.split():
            at = text.index(word, at)
            spans += ((at, at + len(word.rstrip(".,"))),)
            at += len(word)
    pieces, whole = np.zeros((len(spans), len(OUTPUTS))), np.zeros(len(OUTPUTS))
    for output, (words, probability) in said.items():
        column, start = INDEX[Output(*output)], text.index(words)
        whole[column] = probability
        for row, (first, last) in enumerate(spans):
            if first < start + len(words) and last > start:
                pieces[row, column] = probability
    return Probabilities(spans, pieces, whole, _class_of(distance, DISTANCE_EDGES), _class_of(rise, RISE_EDGES))


def _class_of(metres: float, edges: np.ndarray) -> np.ndarray:
    found = np.zeros(len(edges) - 1)
    found[np.searchsorted(edges, metres) - 1] = 1.0
    return found
