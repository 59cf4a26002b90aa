"""`train sentences`: the weights of the reader of sentences, from the labelled ones of `lab/sentences`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import torch
from safetensors.numpy import save
from tokenizers import Tokenizer
from torch import nn

from backend.assets import assets_folder, require_assets
from backend.contract.files import write_whole
from backend.job.reporting import Reporter
from backend.staging.english_pipeline import ENGLISH_GRAMMAR
from backend.staging.prompt.grammar import Grammar, load_grammar
from backend.staging.prompt.model.reader import WEIGHTS
from backend.staging.sentence_encoder import SENTENCE_ENCODER, SentenceEncoder, load_sentence_encoder

from ...cache import TRAINING_CACHE
from ...sentences.corpus import CALIBRATED_ON, LEARNED_FROM, read_batch
from ..distributed import ProcessGroup
from ..trainer import Cadence, RunFiles, Trainer
from .calibration import calibrate
from .examples import ParsedSentence, example_of, parsed_variants
from .model import LowerLayers, UpperLayers
from .task import ReaderFit, ReaderTask, outputs_said
from .worded import worded_sentences

_USUAL: Final = ReaderFit()
_VARIANTS: Final = 3
_WORDED: Final = 1200
"""Sentences in the vocabulary's own words beside the corpus."""

_CADENCE: Final = Cadence(log_steps=25, checkpoint_steps=250)


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `train sentences`."""
    parser.add_argument("--epochs", type=int, default=_USUAL.epochs)
    parser.add_argument("--rate", type=float, default=_USUAL.rate, help="of the encoder's layers")
    parser.add_argument("--seed", type=int, default=_USUAL.seed)
    parser.add_argument("--assets", type=Path, help="the assets folder")
    parser.add_argument("--run", type=Path, default=TRAINING_CACHE / "sentences", help="checkpoints and curves")
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="the weights to write")


def run(arguments: argparse.Namespace, report: Reporter) -> None:
    """Train what the arguments ask for; a training that was stopped goes on. Raises DuologueError."""
    folder = assets_folder(arguments.assets)
    require_assets(folder, SENTENCE_ENCODER, ENGLISH_GRAMMAR)
    encoder, grammar = load_sentence_encoder(folder), load_grammar(folder)
    assert encoder is not None and grammar is not None  # noqa: PT018, S101  (they were required)
    arguments.run.mkdir(parents=True, exist_ok=True)
    fit = replace(_USUAL, epochs=arguments.epochs, rate=arguments.rate, seed=arguments.seed)
    torch.manual_seed(fit.seed)
    lower, upper = LowerLayers(encoder.weights), UpperLayers(encoder.weights)
    material = parsed(LEARNED_FROM, grammar, encoder.tokenizer, fit.seed, report)
    material += [
        parsed_variants(sentence, 1, grammar, encoder.tokenizer, fit.seed)
        for sentence in worded_sentences(_WORDED, fit.seed)
    ]
    task = ReaderTask(upper, lower, encoder.tokenizer, material, fit)
    task.files = RunFiles()
    trainer = Trainer(task, arguments.run, ProcessGroup("cpu", report=report), _CADENCE)
    trainer.fit()
    trainer.draw()
    held = parsed(CALIBRATED_ON, grammar, encoder.tokenizer, fit.seed, report, variants=1)
    write_reader(arguments.out, trainer.result.eval(), lower, held, encoder)
    print(arguments.out)


def parsed(
    batches: Sequence[str],
    grammar: Grammar,
    tokenizer: Tokenizer,
    seed: int,
    report: Reporter,
    variants: int = _VARIANTS,
) -> list[tuple[ParsedSentence, ...]]:
    """Every sentence of `batches` in its variants, each with its grammar."""
    sentences = [sentence for batch in batches for sentence in read_batch(batch)]
    found = []
    for done, sentence in enumerate(sentences):
        found.append(parsed_variants(sentence, variants, grammar, tokenizer, seed))
        report.progress("parsing", done + 1, len(sentences))
    return found


def write_reader(
    path: Path,
    upper: nn.Module,
    lower: LowerLayers,
    held: Sequence[tuple[ParsedSentence, ...]],
    encoder: SentenceEncoder,
) -> None:
    """Write `upper` in half precision, calibrated on `held`. Raises DuologueError (DISK_FULL, OUTPUT_NOT_WRITABLE)."""
    examples = [example_of(variants[0], encoder.tokenizer) for variants in held]
    scale, shift = calibrate(*outputs_said(upper, lower, examples))
    weights = {name: tensor.detach().numpy().astype(np.float16) for name, tensor in upper.state_dict().items()}
    weights |= {"calibration.scale": scale, "calibration.shift": shift}
    content = save(weights)
    write_whole(path, lambda file: file.write(content))
