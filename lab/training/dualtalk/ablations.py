"""`train ablations`: the small DualTalk without one of its parts, fitted and measured as a listener beside the whole.

Every variant has the same lips, rehearsals, steps and seed. Measured on rehearsals that none was fitted on.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor

from backend.contract.errors import DuologueError, ExitCode
from backend.contract.files import write_text_whole
from backend.engines.dualtalk.model import EVENTS, DualTalk, DualTalkConfig
from backend.engines.dualtalk.motion_numbers import motion_numbers, rows_of
from backend.engines.dualtalk.rollout import Prediction, draw_motion, predict
from backend.engines.lip_reader.listening import LISTENING_WINDOWS, ListeningResult
from backend.engines.lip_reader.model import LipReader
from backend.engines.traits import ORDINARY, TRAITS
from backend.job.reporting import Reporter

from ...evaluation.measures.listener import (
    PARTS,
    Estimate,
    EventPrediction,
    Listener,
    likelihood_gains,
    listener_measures,
    listening_frames,
    mean_of,
)
from ...progress import counter
from ..examples import Material
from .command import add_flags, fit_lips, fit_network
from .data import held_out, plan_of, rehearse

__all__ = ["add_flags", "run"]

FULL: Final = "full"
VARIANTS: Final[Mapping[str, tuple[DualTalkConfig, str]]] = {
    FULL: (DualTalkConfig(), "behaviour"),
    "no partner motion": (DualTalkConfig(partner_motion=False), "behaviour-no-partner-motion"),
    "no partner audio": (DualTalkConfig(partner_audio=False), "behaviour-no-partner-audio"),
    "no interaction": (DualTalkConfig(interaction=False), "behaviour-no-interaction"),
}
"""Each with its stage's name; the first is what `train` ships."""

SEEDS: Final = (0, 1, 2)
_FEWEST: Final = 2
_CLEAR: Final = 2.0
"""Standard errors of the difference beyond which a variant counts as worse than the whole."""
_UNITS: Final = {"p_fd": 1e3, "rpcc_pooled": 1e2, "rpcc": 1e2, "explained": 1e2}
_TITLES: Final = {
    "p_fd": "P-FD · 1000 ↓",
    "rpcc_pooled": "rPCC · 100 ↓ all frames,",
    "rpcc": "rPCC · 100 ↓ by person,",
    "explained": "explained, % ↑",
}
_OF: Final = {"expected": "mean motion", "drawn": "drawn"}
_BATCH: Final = 4
_OLDEST: Final = 512
"""Frames after which the time since an event adds nothing."""


def run(arguments: argparse.Namespace, report: Reporter) -> None:
    """Fit every variant and measure all of them. Raises DuologueError."""
    plan = plan_of(arguments, report)
    material = rehearse(plan)
    kept = held_out(material)
    if len(kept) < _FEWEST:
        raise DuologueError(
            ExitCode.BAD_REQUEST,
            f"Of {len(material)} rehearsals {len(kept)} are left to measure on; it takes {_FEWEST}.",
            "Make more of them with `python3 build.py train rehearse`: twenty are enough.",
        )
    lips = fit_lips(plan, material)
    networks = {name: fit_network(plan, material, config, stage) for name, (config, stage) in VARIANTS.items()}
    clips = []
    progress = counter(report, "measured")
    for done, clip in enumerate(listener_clips(kept, lips, networks, SEEDS), start=1):
        clips.append(clip)
        progress(done, len(kept))
    measured = {name: measures_of([clip[name] for clip in clips]) for name in networks}
    written = write_measures(plan.work, measured, FULL)
    print(listener_table(measured, FULL))
    print("\n".join(str(path) for path in written))


def measures_of(clips: Sequence[ListenerClip]) -> dict[str, Estimate]:
    """`expected_…` and `drawn_…` of `listener_measures`, the latter the mean over seeds, and `bits_…` of the events."""
    expected = listener_measures([clip.expected for clip in clips])
    draws = [listener_measures([clip.drawn[seed] for clip in clips]) for seed in range(len(clips[0].drawn))]
    found = {f"expected_{name}": estimate for name, estimate in expected.items()}
    found |= {f"drawn_{name}": mean_of([draw[name] for draw in draws]) for name in (draws[0] if draws else {})}
    return found | likelihood_gains([clip.predicted_events for clip in clips])


def write_measures(folder: Path, measured: Mapping[str, Mapping[str, Estimate]], full: str) -> list[Path]:
    """`ablations.json` and `ablations.md` in `folder`; their paths. Raises DuologueError (DISK_FULL …)."""
    data, table = folder / "ablations.json", folder / "ablations.md"
    numbers = {
        variant: {
            name: {
                "value": estimate.value,
                "error": estimate.error,
                "over_full": estimate.less(measured[full][name]).value,
                "error_over_full": estimate.less(measured[full][name]).error,
            }
            for name, estimate in found.items()
        }
        for variant, found in measured.items()
    }
    write_text_whole(data, json.dumps(numbers, indent=1) + "\n")
    write_text_whole(table, listener_table(measured, full) + "\n")
    return [data, table]


def listener_table(measured: Mapping[str, Mapping[str, Estimate]], full: str) -> str:
    """A row for each measure, a column for each variant: value ± standard error; bold where it is worse than `full`."""
    variants = list(measured)
    lines = [f"| | {' | '.join(variants)} |", "|---" * (len(variants) + 1) + "|"]
    for kind, title in _TITLES.items():
        for source, label in _OF.items():
            if kind == "explained" and source == "drawn":
                continue  # a draw is one of many, and never near to another one
            lines += [
                _row(f"{title} {part}, {label}", f"{source}_{kind}_{part}", _UNITS[kind], measured, full)
                for part in PARTS
            ]
    lines += [
        _row(f"{name.replace('_', ' ')}, bits a minute ↑", f"bits_{name}", 1.0, measured, full)
        for name in (*EVENTS, "all")
    ]
    return "\n".join(lines)


def _row(title: str, name: str, unit: float, measured: Mapping[str, Mapping[str, Estimate]], full: str) -> str:
    cells = []
    upward = "↑" in title
    for variant, found in measured.items():
        estimate = found[name]
        cell = f"{unit * estimate.value:.2f} ± {unit * estimate.error:.2f}"
        difference = estimate.less(measured[full][name])
        worse = (-1 if upward else 1) * difference.value > _CLEAR * difference.error
        cells.append(f"**{cell}**" if worse and variant != full else cell)
    return f"| {title} | {' | '.join(cells)} |"


@dataclass(frozen=True)
class ListenerClip:
    """Both listeners of one dialogue: as expected, as drawn with each seed, and how probable their events are."""

    expected: tuple[Listener, Listener]
    drawn: tuple[tuple[Listener, Listener], ...]
    predicted_events: tuple[EventPrediction, EventPrediction]


@dataclass(frozen=True)
class _Mouths:
    """The lip reader's output for both people, [2, T, …]."""

    expression: np.ndarray
    jaw: np.ndarray
    closure: np.ndarray
    touch: np.ndarray


def listener_clips(
    material: Sequence[Material], lips: LipReader, networks: Mapping[str, DualTalk], seeds: Sequence[int]
) -> Iterator[dict[str, ListenerClip]]:
    """For each rehearsal the clip of each of `networks`, whose people all have the mouths that `lips` reads."""
    for rehearsal in material:
        features = torch.from_numpy(np.asarray(rehearsal.features[:2], np.float32))  # [2, 2 T, 512]
        with torch.inference_mode():
            mouth = lips(features, _floor(rehearsal.speaking))
        said = (mouth.expression, mouth.jaw, mouth.closure.sigmoid(), mouth.touch.sigmoid())
        mouths = _Mouths(*(array.numpy() for array in said))
        yield {name: _clip(rehearsal, network, features, mouths, seeds) for name, network in networks.items()}


def _clip(
    rehearsal: Material, network: DualTalk, features: Tensor, mouths: _Mouths, seeds: Sequence[int]
) -> ListenerClip:
    listening = ListeningResult(
        mouths.expression,
        mouths.jaw,
        mouths.closure,
        mouths.touch,
        _windows(network, features, rehearsal.speaking),
        rehearsal.frames,
    )
    habits = (_habits(rehearsal.traits[0]), _habits(rehearsal.traits[1]))
    found = predict(listening, network, habits, rows_of(rehearsal.motion), lambda _done: None)
    drawn = []
    for seed in seeds:
        made = draw_motion(found, listening, rehearsal.speaking, network, habits, seed)
        drawn.append(_listeners(rehearsal, motion_numbers(made.expression, made.jaw, made.neck, made.gaze)))
    return ListenerClip(_listeners(rehearsal, found.motion), tuple(drawn), _predicted_events(rehearsal, network, found))


def _listeners(rehearsal: Material, made: np.ndarray) -> tuple[Listener, Listener]:
    """`made` [2, T, 61]: each person beside the true partner."""
    frames = [listening_frames(rehearsal.speaking, person) for person in range(2)]
    first, second = (
        Listener(made[person, kept], rehearsal.motion[person, kept], rehearsal.motion[1 - person, kept])
        for person, kept in enumerate(frames)
    )
    return first, second


def _predicted_events(
    rehearsal: Material, network: DualTalk, found: Prediction
) -> tuple[EventPrediction, EventPrediction]:
    ages = network.event_ages.detach().float().numpy()
    bins = np.floor(np.log2(np.clip(rehearsal.targets.ages, 1, _OLDEST))).astype(int)  # as dualtalk.age_bins
    kinds = np.arange(ages.shape[0])
    chances = 1.0 / (1.0 + np.exp(-(found.events + ages[kinds, bins])))  # [2, T, 8]
    frames = [listening_frames(rehearsal.speaking, person) for person in range(2)]
    first, second = (
        EventPrediction(
            chances[person, kept], rehearsal.targets.onsets[person, kept], rehearsal.targets.possible[person, kept]
        )
        for person, kept in enumerate(frames)
    )
    return first, second


def _windows(network: DualTalk, features: Tensor, speaking: np.ndarray) -> Tensor:
    """[K, 2, 250, D] float16 as `listening.listen` gives them; beyond the ends the first and last frame stay."""
    floor = _floor(speaking)
    frames = floor.shape[1]
    encoded = []
    starts = LISTENING_WINDOWS.starts(frames)
    for first in range(0, len(starts), _BATCH):
        reach = [np.arange(start, start + LISTENING_WINDOWS.length) for start in starts[first : first + _BATCH]]
        batch = [rows.clip(0, frames - 1) for rows in reach]
        halves = [np.stack((2 * rows, 2 * rows + 1), axis=1).ravel() for rows in batch]
        with torch.inference_mode():
            found = network.encode_audio(
                torch.cat([features[:, rows] for rows in halves]), torch.cat([floor[:, rows] for rows in batch])
            )
        encoded.append(found.view(len(batch), 2, LISTENING_WINDOWS.length, -1).half())
    return torch.cat(encoded)


def _floor(speaking: np.ndarray) -> Tensor:
    """[2, T, 2] who speaks, own first."""
    both = torch.from_numpy(np.asarray(speaking, np.float32))
    return torch.stack((both.T, both.flip(0).T))


def _habits(traits: np.ndarray) -> dict[str, float]:
    """Habits by the names of ORDINARY, from `traits` [8]."""
    return {name: ORDINARY[name] * float(np.exp(trait)) for name, trait in zip(TRAITS, traits, strict=True)}
