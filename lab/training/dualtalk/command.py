"""`train` alone: rehearsals → features → lips → behaviour → the shipped weights, repeatable from nothing."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Final

import torch

from backend.engines.dualtalk.engine import WEIGHTS
from backend.engines.dualtalk.model import DualTalk, DualTalkConfig
from backend.engines.lip_reader.model import LIP_WEIGHTS, LipReader
from backend.engines.weights import write_weights
from backend.job.reporting import Reporter

from ...cache import TRAINING_CACHE
from ..examples import Material
from ..lip_reader import LIP_FIT, lip_task
from ..rehearse_command import DEFAULT_HOURS
from ..stages import run_stage
from .data import BEHAVIOUR_FIT, TrainingPlan, held_out, material_of, plan_of, rehearse
from .task import behaviour_task

_WORK: Final = TRAINING_CACHE


def run(arguments: argparse.Namespace, report: Reporter) -> None:
    """Train what the arguments ask for. Raises DuologueError."""
    plan = plan_of(arguments, report)
    train(plan)
    print(plan.out)


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `train` and `train ablations`."""
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


def train(plan: TrainingPlan) -> DualTalk:
    """Every stage; what an earlier run finished is kept. The lip reader is written beside `plan.out`.

    Raises DuologueError.
    """
    material = rehearse(plan)
    lips = fit_lips(plan, material)
    network = fit_network(plan, material, DualTalkConfig(), "behaviour")
    write_weights(plan.out.with_name(LIP_WEIGHTS.name), lips)
    write_weights(plan.out, network)
    return network


def fit_lips(plan: TrainingPlan, material: list[Material]) -> LipReader:
    """The lip reader, kept in `plan.work`."""
    torch.manual_seed(plan.seed)
    lips, _ = _fresh(DualTalkConfig())
    config = replace(LIP_FIT, steps=plan.lip_steps)
    spoken = material_of(material, plan.lip_hours)
    run_stage(plan.work, "lips", lips, lambda: lip_task(lips, spoken, plan.seed, config), plan.report)
    return lips.eval()


def fit_network(plan: TrainingPlan, material: list[Material], config: DualTalkConfig, stage: str) -> DualTalk:
    """Behaviour, kept in `plan.work` under the name `stage`, fitted without the rehearsals that `held_out` keeps."""
    torch.manual_seed(plan.seed)
    _, network = _fresh(config)
    torch.manual_seed(plan.seed)
    behaviour = replace(BEHAVIOUR_FIT, steps=plan.behaviour_steps)
    seen = material[: len(material) - len(held_out(material))]
    run_stage(plan.work, stage, network, lambda: behaviour_task(network, seen, plan.seed, behaviour), plan.report)
    return network.eval()


def _fresh(config: DualTalkConfig) -> tuple[LipReader, DualTalk]:
    """Both networks as training begins with them: in this order from one seed, as when they were one network."""
    return LipReader(), DualTalk(config)
