"""Training the reader as the trainer's task: batches of sentences of like length, and the loss.

The loss compares what each piece and the whole sentence say, and the classes of distance and of rise.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits
from torch.optim import AdamW, Optimizer
from torch.optim.lr_scheduler import LambdaLR

from backend.staging.prompt.model.outputs import OUTPUTS

from ..distributed import ProcessGroup
from ..trainer import TrainingTask
from .examples import Example, ParsedSentence, example_of
from .model import LowerLayers, Said, UpperLayers

TERMS: Final = ("pieces", "sentence", "distance", "rise")


@dataclass(frozen=True)
class ReaderFit:
    """`epochs` over batches of `batch` sentences; `rate` of the layers, `head_rate` of what is new.

    Of the sentences so many are `marked` with who is who, so many have the two `swapped` (those are marked), and so
    many come with their `grammar`: a reader without it, or without names, has to read too. So many of the marked ones
    have what the rules read in them as `hints`.
    """

    epochs: int = 12
    batch: int = 16
    rate: float = 3e-4
    head_rate: float = 1.5e-3
    weight_decay: float = 0.01
    warm_up: float = 0.07
    marked: float = 0.75
    swapped: float = 0.4
    grammar: float = 0.8
    hints: float = 0.85
    seed: int = 7


@dataclass(frozen=True)
class Batch:
    """B sentences, filled up to P pieces; the fields of `Example`, and which pieces are `there`."""

    ids: Tensor  # [B, P]
    tags: Tensor  # [B, P, 3]
    hints: Tensor  # [B, P, outputs]
    there: Tensor  # [B, P]
    targets: Tensor  # [B, P, outputs]
    distance: Tensor  # [B, 12]
    rise: Tensor  # [B, 8]


class ReaderTask(TrainingTask):
    """Trains the upper layers `model` over `lower` on `material`, one tuple of variants a sentence."""

    model: UpperLayers
    terms = TERMS
    largest_gradient = 1.0
    averaging = 0.995

    def __init__(
        self,
        model: UpperLayers,
        lower: LowerLayers,
        tokenizer: Tokenizer,
        material: Sequence[tuple[ParsedSentence, ...]],
        fit: ReaderFit,
    ) -> None:
        self.model, self.seed = model, fit.seed
        self._lower, self._tokenizer, self._material, self._fit = lower, tokenizer, material, fit
        self._batches = -(-len(material) // fit.batch)
        self.steps = fit.epochs * self._batches
        self._order: tuple[int, list[np.ndarray]] = (-1, [])
        texts = "\n".join(variant.sentence.text for variants in material for variant in variants)
        self.record = {
            "settings": json.dumps(asdict(fit), sort_keys=True),
            "data": hashlib.sha256(texts.encode()).hexdigest(),
        }

    def optimiser(self) -> Optimizer:
        """AdamW; what is new learns faster."""
        layers = list(self.model.layers.parameters())
        known = set(map(id, layers))
        new = [parameter for parameter in self.model.parameters() if id(parameter) not in known]
        groups = [{"params": layers, "lr": self._fit.rate}, {"params": new, "lr": self._fit.head_rate}]
        return AdamW(groups, weight_decay=self._fit.weight_decay)

    def schedule(self, optimiser: Optimizer) -> LambdaLR:
        """A linear warm-up, then linearly to nothing."""
        warm = max(1, round(self._fit.warm_up * self.steps))
        return LambdaLR(optimiser, lambda step: min(step / warm, (self.steps - step) / max(1, self.steps - warm)))

    def losses(self, model: nn.Module, step: int, group: ProcessGroup) -> Iterator[Tensor]:  # noqa: ARG002
        """One piece; one process trains. Products are in half precision, which takes two thirds of the time."""
        batch = self._batch(step)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            said: Said = model(self._lower(batch.ids, batch.there), batch.tags, batch.hints, batch.there)
        yield torch.stack([reader_losses(said, batch)[name] for name in TERMS])

    def _batch(self, step: int) -> Batch:
        epoch, place = divmod(step, self._batches)
        if self._order[0] != epoch:
            self._order = (epoch, self._shuffled(epoch))
        rng = np.random.default_rng([self._fit.seed, 1, step])
        return batch_of([self._example(rng, int(row)) for row in self._order[1][place]])

    def _shuffled(self, epoch: int) -> list[np.ndarray]:
        """Rows of the material in batches of like length, in random order."""
        rng = np.random.default_rng([self._fit.seed, 0, epoch])
        length = np.array([len(variants[0].sentence.text) for variants in self._material])
        rows = rng.permutation(len(length))
        groups = np.array_split(rows, max(1, len(rows) // (20 * self._fit.batch)))
        ordered = np.concatenate([group[np.argsort(length[group], kind="stable")] for group in groups])
        batches = [ordered[at : at + self._fit.batch] for at in range(0, len(ordered), self._fit.batch)]
        return [batches[at] for at in rng.permutation(len(batches))]

    def _example(self, rng: np.random.Generator, row: int) -> Example:
        variants = self._material[row]
        parsed = variants[int(rng.integers(len(variants)))]
        swapped = bool(all(parsed.sentence.names) and rng.random() < self._fit.swapped)
        return example_of(
            parsed,
            self._tokenizer,
            marked=swapped or bool(rng.random() < self._fit.marked),
            with_grammar=bool(rng.random() < self._fit.grammar),
            hinted=bool(rng.random() < self._fit.hints),
            swapped=swapped,
        )


def batch_of(examples: Sequence[Example]) -> Batch:
    """The examples beside each other."""
    count, longest = len(examples), max(len(example.tagged.ids) for example in examples)
    ids = np.zeros((count, longest), dtype=np.int64)
    tags = np.zeros((count, longest, examples[0].tagged.tags.shape[1]), dtype=np.int64)
    there = np.zeros((count, longest), dtype=bool)
    hints, targets = np.zeros((2, count, longest, len(OUTPUTS)), dtype=np.float32)
    for row, example in enumerate(examples):
        pieces = len(example.tagged.ids)
        ids[row, :pieces], tags[row, :pieces] = example.tagged.ids, example.tagged.tags
        there[row, :pieces], targets[row, :pieces] = True, example.targets
        hints[row, :pieces] = example.tagged.hints
    distance = np.stack([example.distance for example in examples]).astype(np.float32)
    rise = np.stack([example.rise for example in examples]).astype(np.float32)
    return Batch(*map(torch.from_numpy, (ids, tags, hints, there, targets, distance, rise)))


def reader_losses(said: Said, batch: Batch) -> Mapping[str, Tensor]:
    """The weighted terms by name; their sum is what training minimises."""
    by_piece = binary_cross_entropy_with_logits(said.pieces, batch.targets, reduction="none").sum(dim=-1)
    whole = binary_cross_entropy_with_logits(said.sentence, batch.targets.amax(dim=1), reduction="none")
    return {
        "pieces": 0.5 * (by_piece * batch.there).sum() / batch.there.sum(),
        "sentence": whole.sum(dim=-1).mean(),
        "distance": -0.5 * (batch.distance * said.distance.log_softmax(dim=-1)).sum(dim=-1).mean(),
        "rise": -0.5 * (batch.rise * said.rise.log_softmax(dim=-1)).sum(dim=-1).mean(),
    }


def outputs_said(model: nn.Module, lower: LowerLayers, examples: Sequence[Example]) -> tuple[np.ndarray, np.ndarray]:
    """Logits and targets of whole sentences: [examples, outputs] both, in the order of `examples`."""
    logits, targets = [], []
    model.eval()
    with torch.no_grad():
        for at in range(0, len(examples), _EVALUATED_AT_ONCE):
            batch = batch_of(examples[at : at + _EVALUATED_AT_ONCE])
            logits.append(model(lower(batch.ids, batch.there), batch.tags, batch.hints, batch.there).sentence.numpy())
            targets.append(batch.targets.amax(dim=1).numpy())
    return np.concatenate(logits), np.concatenate(targets)


_EVALUATED_AT_ONCE: Final = 64
