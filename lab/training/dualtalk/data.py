"""What the small DualTalk is trained on and for how long: the plan, the corpus, and random windows of it as a batch."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor

from backend.assets import assets_folder, require_assets
from backend.contract.constants import FRAME_RATE, OPEN_HEAD
from backend.engines.dualtalk.motion_numbers import rows_of
from backend.job.reporting import QuietReporter, Reporter
from backend.speech.encoder import load_encoder

from ...progress import counter, time_left
from ...simulation.corpus import rehearsal_folders, write_corpus
from ...simulation.speech.voices import EVERY_SYNTHESIZER
from ..examples import MIX_SHARE, Material, load_material, speech_input, write_features
from ..rehearse_command import corpus_folder
from ..stages import FitConfig

BEHAVIOUR_FIT: Final = FitConfig(steps=1800, batch=4, frames=250, rate=1e-3, weight_decay=0.02)

_MOST_HELD_OUT: Final = 24

_UNKNOWN_TRAITS: Final = 0.2

_SEEN_NOISE: Final = 0.05
"""Added to the rows of the partner's motion: what is drawn or captured is never exactly what was rehearsed."""


@dataclass(frozen=True)
class TrainingPlan:
    """What to train on and for how long; `work` keeps rehearsals, features, checkpoints and logs."""

    work: Path
    assets: Path
    out: Path
    hours: float
    seed: int
    workers: int
    lip_steps: int
    behaviour_steps: int
    corpus: Path | None = None
    lip_hours: float = 1.5
    report: Reporter = field(default_factory=QuietReporter)


def plan_of(given: argparse.Namespace, report: Reporter) -> TrainingPlan:
    """Plan the training that the arguments ask for; it reports to `report`."""
    return TrainingPlan(
        given.work,
        assets_folder(given.assets),
        given.out,
        given.hours,
        given.seed,
        given.workers,
        given.lip_steps,
        given.behaviour_steps,
        given.corpus,
        given.lip_hours,
        report,
    )


@dataclass(frozen=True)
class BehaviourBatch:
    """Both people of each window, first people first: B = 2 · windows. Shapes as in EventTargets, without its 2;
    `partner_motion` and `motion` [B, T, 61], the one as rows of the partner's, the other one as numbers.
    """

    features: Tensor
    speaking: Tensor
    partner_motion: Tensor
    motion: Tensor
    traits: Tensor
    beats: Tensor
    posture: Tensor
    onsets: Tensor
    possible: Tensor
    ages: Tensor
    directions: Tensor


def rehearse(plan: TrainingPlan) -> list[Material]:
    """The corpus with its features, both made where they are missing. Raises DuologueError."""
    if plan.corpus is None:
        corpus = corpus_folder(plan.work, plan.seed)
        require_assets(plan.assets, OPEN_HEAD)
        face = plan.assets / "faces" / f"{OPEN_HEAD}.npz"
        progress = time_left(plan.report, "rehearsal")
        rehearsals = write_corpus(corpus, plan.hours, plan.seed, face, plan.workers, progress, shares=EVERY_SYNTHESIZER)
    else:
        corpus = plan.corpus
        rehearsals = rehearsal_folders(corpus)
    encoder = load_encoder(plan.assets / "speech" / "whisper-base-encoder-4.safetensors")
    features = write_features(
        rehearsals, plan.work / f"features-{corpus.name}", encoder, counter(plan.report, "features", 10)
    )
    return [load_material(*pair) for pair in zip(rehearsals, features, strict=True)]


def held_out(material: list[Material]) -> list[Material]:
    """The last tenth of `material`, 24 at most: no behaviour is fitted on them, so that they can be measured on."""
    count = min(_MOST_HELD_OUT, len(material) // 10)
    return material[len(material) - count :]


def material_of(material: list[Material], hours: float) -> list[Material]:
    """The first of `material`, as many as last `hours`, one at least."""
    ends = np.cumsum([rehearsal.frames for rehearsal in material]) / FRAME_RATE / 3600
    return material[: max(1, int(np.searchsorted(ends, hours + 1e-6, side="right")))]


def draw_batch(rng: np.random.Generator, material: Sequence[Material], windows: int, frames: int) -> BehaviourBatch:
    """Random windows with both people of each."""
    halves: tuple[list[tuple[Tensor, ...]], list[tuple[Tensor, ...]]] = ([], [])
    for _ in range(windows):
        rehearsal = material[int(rng.integers(len(material)))]
        start = int(rng.integers(rehearsal.frames - frames + 1))
        mix = bool(rng.random() < MIX_SHARE)
        for person in range(2):
            halves[person].append(_row(rng, rehearsal, person, start, frames, mix))
    return BehaviourBatch(*(torch.stack(column) for column in zip(*halves[0], *halves[1], strict=True)))


def _row(
    rng: np.random.Generator, rehearsal: Material, person: int, start: int, frames: int, mix: bool
) -> tuple[Tensor, ...]:
    speech = speech_input(rng, rehearsal, person, start, frames, mix)
    window = slice(start, start + frames)
    traits = rehearsal.traits[person] * (rng.random() >= _UNKNOWN_TRAITS)
    targets = rehearsal.targets
    rest = (rehearsal.beats, rehearsal.posture, targets.onsets, targets.possible, targets.ages, targets.directions)
    # nobody sees a partner quite exactly
    rows = rows_of(rehearsal.motion[1 - person, window])
    return (
        speech.features,
        speech.speaking,
        torch.from_numpy(np.asarray(rows + _SEEN_NOISE * rng.standard_normal(rows.shape, np.float32))),
        torch.from_numpy(rehearsal.motion[person, window]),
        torch.from_numpy(traits.astype(np.float32)),
        *(torch.from_numpy(np.ascontiguousarray(part[person, window])) for part in rest),
    )
