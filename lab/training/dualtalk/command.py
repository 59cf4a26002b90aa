"""`train` alone: rehearsals → features → lips → behaviour → the shipped weights, repeatable from nothing."""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import torch

from backend.assets import assets_folder, require_assets
from backend.contract.constants import FRAME_RATE, OPEN_HEAD
from backend.engines.dualtalk.checkpoint import WEIGHTS, save_network
from backend.engines.dualtalk.model import DualTalk, DualTalkConfig
from backend.engines.lip_reader.checkpoint import LIP_WEIGHTS, save_lips
from backend.engines.lip_reader.model import LipReader
from backend.speech.encoder import load_encoder

from ...cache import TRAINING_CACHE
from ...simulation.corpus import rehearsal_folders, write_corpus
from ...simulation.speech.voices import EVERY_SYNTHESIZER
from ..corpus_features import write_features
from ..examples import Material, load_material
from ..lip_reader.training import LIP_FIT, lip_task
from ..logging import counter
from ..rehearse_command import DEFAULT_HOURS, corpus_folder, progress_line
from ..stages import run_stage
from .training import BEHAVIOUR_FIT, behaviour_task

_MOST_HELD_OUT: Final = 24
_WORK: Final = TRAINING_CACHE


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


def run(arguments: argparse.Namespace) -> None:
    """Train what the arguments ask for. Raises DuologueError."""
    plan = plan_of(arguments)
    train(plan)
    print(plan.out)


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Of `train` and of `train ablations`."""
    parser.add_argument("--hours", type=float, default=DEFAULT_HOURS, help="hours of rehearsals")
    parser.add_argument("--lip-hours", type=float, default=1.5, help="of them, for the lips: more teaches them little")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--workers", type=int, default=2, help="processes that rehearse")
    parser.add_argument("--lip-steps", type=int, default=LIP_FIT.steps)
    parser.add_argument("--behaviour-steps", type=int, default=BEHAVIOUR_FIT.steps)
    parser.add_argument("--assets", type=Path, help="the assets folder")
    parser.add_argument("--work", type=Path, default=_WORK, help="where intermediate files are kept")
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="the weights to write")
    parser.add_argument("--corpus", type=Path, metavar="DIR", help="what `train rehearse` made; none is made then")


def plan_of(given: argparse.Namespace) -> TrainingPlan:
    """What the arguments ask for."""
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
    )


def train(plan: TrainingPlan) -> DualTalk:
    """Every stage; what an earlier run finished is kept. The lip reader is written beside `plan.out`.

    Raises DuologueError.
    """
    material = rehearse(plan)
    lips = fit_lips(plan, material)
    network = fit_network(plan, material, DualTalkConfig(), "behaviour")
    save_lips(plan.out.with_name(LIP_WEIGHTS.name), lips)
    save_network(plan.out, network)
    return network


def fit_lips(plan: TrainingPlan, material: list[Material]) -> LipReader:
    """The lip reader, kept in `plan.work`."""
    torch.manual_seed(plan.seed)
    lips, _ = _fresh(DualTalkConfig())
    config = replace(LIP_FIT, steps=plan.lip_steps)
    spoken = material_of(material, plan.lip_hours)
    run_stage(plan.work, "lips", lips, lambda: lip_task(lips, spoken, plan.seed, config))
    return lips.eval()


def fit_network(plan: TrainingPlan, material: list[Material], config: DualTalkConfig, stage: str) -> DualTalk:
    """Behaviour, kept in `plan.work` under the name `stage`, fitted without the rehearsals that `held_out` keeps."""
    torch.manual_seed(plan.seed)
    _, network = _fresh(config)
    torch.manual_seed(plan.seed)
    behaviour = replace(BEHAVIOUR_FIT, steps=plan.behaviour_steps)
    seen = material[: len(material) - len(held_out(material))]
    run_stage(plan.work, stage, network, lambda: behaviour_task(network, seen, plan.seed, behaviour))
    return network.eval()


def _fresh(config: DualTalkConfig) -> tuple[LipReader, DualTalk]:
    """Both networks as training begins with them: in this order from one seed, as when they were one network."""
    return LipReader(), DualTalk(config)


def held_out(material: list[Material]) -> list[Material]:
    """The last tenth of `material`, 24 at most: no behaviour is fitted on them, so that they can be measured on."""
    count = min(_MOST_HELD_OUT, len(material) // 10)
    return material[len(material) - count :]


def material_of(material: list[Material], hours: float) -> list[Material]:
    """The first of `material`, as many as last `hours`, one at least."""
    ends = np.cumsum([one.frames for one in material]) / FRAME_RATE / 3600
    return material[: max(1, int(np.searchsorted(ends, hours + 1e-6, side="right")))]


def rehearse(plan: TrainingPlan) -> list[Material]:
    """The corpus with its features, both made where they are missing. Raises DuologueError."""
    if plan.corpus is None:
        corpus = corpus_folder(plan.work, plan.seed)
        require_assets(plan.assets, OPEN_HEAD)
        face = plan.assets / "faces" / f"{OPEN_HEAD}.npz"
        progress = progress_line(time.monotonic)
        rehearsals = write_corpus(corpus, plan.hours, plan.seed, face, plan.workers, progress, shares=EVERY_SYNTHESIZER)
    else:
        corpus = plan.corpus
        rehearsals = rehearsal_folders(corpus)
    encoder = load_encoder(plan.assets / "speech" / "whisper-base-encoder-4.safetensors")
    features = write_features(rehearsals, plan.work / f"features-{corpus.name}", encoder, counter("features", 10))
    return [load_material(*pair) for pair in zip(rehearsals, features, strict=True)]
