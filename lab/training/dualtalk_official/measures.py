"""How close a model in training is to the truth: losses on windows, published measures on clips, and their picture."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor

from backend.contract.files import write_whole
from backend.engines.dualtalk_official.model import EXPRESSION, JAW, NECK, OfficialDualTalk
from backend.engines.dualtalk_official.rollout import WINDOWS

from ...evaluation.measures.dualtalk_metrics import (
    CLUSTERS,
    Compared,
    clip_metrics,
    frechet_distance,
    residual_correlation,
)
from ..logging import read_columns
from .data import Clip
from .losses import TERMS, losses_of
from .windows import CachedClips, Window, in_batches, load_batch

_PARTS: Final = {"exp": EXPRESSION, "jaw": JAW, "pose": NECK}
SHORTEST_MEASURED: Final = max(CLUSTERS.values())
"""Frames that SID needs."""
_MEASURES: Final = {"fid": "FD", "p_fid": "P-FD", "rpcc": "rPCC"}
_PART_LABELS: Final = {"exp": "expression", "jaw": "jaw", "pose": "neck"}


def validation_losses(
    model: OfficialDualTalk, cached: CachedClips, windows: Sequence[Window], batch: int, device: str
) -> dict[str, float]:
    """The terms of the loss by name, each the mean over `windows`, and their sum as `total`."""
    sums = torch.zeros(len(TERMS), dtype=torch.float64)
    with torch.inference_mode():
        for group in in_batches(windows, batch):
            sums += len(group) * losses_of(model, load_batch(group, cached).to(device)).cpu().double()
    terms = dict(zip(TERMS, (sums / len(windows)).tolist(), strict=True))
    return terms | {"total": sum(terms.values())}


def quick_measures(
    model: OfficialDualTalk, cached: CachedClips, clips: Sequence[Clip], device: str
) -> dict[str, float]:
    """FD, P-FD and rPCC of each part, the mean over `clips` and both speakers of each."""
    return _mean(
        [
            {
                f"{name}_{part}": value
                for part, compared in parts.items()
                for name, value in (
                    ("fid", frechet_distance(compared.predicted, compared.truth)),
                    ("p_fid", _paired_distance(compared)),
                    ("rpcc", residual_correlation(compared.predicted, compared.truth, compared.partner)),
                )
            }
            for parts in _compared(model, cached, clips, device)
        ]
    )


def all_measures(
    model: OfficialDualTalk,
    cached: CachedClips,
    clips: Sequence[Clip],
    device: str,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> dict[str, float]:
    """Every measure that DualTalk's authors print, the mean over `clips` and both speakers of each.

    Clips too short for SID are left out; `clips` and `speakers` are counted. Nothing where all are.
    Raises DuologueError (DEPENDENCY_MISSING).
    """
    long_enough = [clip for clip in clips if clip.frames >= SHORTEST_MEASURED]
    found = []
    for parts in _compared(model, cached, long_enough, device):
        found.append(clip_metrics(parts))
        progress(len(found), 2 * len(long_enough))
    return _mean(found) | {"clips": float(len(long_enough))} if found else {}


def animate_clip(model: OfficialDualTalk, cached: CachedClips, clip: Clip, target: int, device: str) -> np.ndarray:
    """The motion of speaker `target` of `clip` [T, 56], its partner doing what the data say; a minute at a time."""
    seen = torch.from_numpy(np.array(cached.motion(clip)[1 - target], np.float32)).to(device)  # [T, 56]

    def made() -> Iterator[tuple[int, np.ndarray]]:
        for start, stop in WINDOWS.reaction.spans(clip.frames):
            own, partner = (
                _on(device, cached.audio(clip, person, start, stop - start)) for person in (target, 1 - target)
            )
            output: Tensor = model(own, partner, seen[None, start:stop], stop - start).output
            yield start, output.cpu().numpy()

    with torch.inference_mode():
        whole = WINDOWS.reaction.join(made(), 1, clip.frames, seen.shape[1])  # [1, T, 56]
    return np.ascontiguousarray(whole[0])


def _compared(
    model: OfficialDualTalk, cached: CachedClips, clips: Sequence[Clip], device: str
) -> Iterator[dict[str, Compared]]:
    for clip in clips:
        motion = np.asarray(cached.motion(clip), np.float64)  # [2, T, 56]
        for target in range(2):
            made = animate_clip(model, cached, clip, target, device).astype(np.float64)
            yield {
                name: Compared(made[:, part], motion[target][:, part], motion[1 - target][:, part])
                for name, part in _PARTS.items()
            }


def _paired_distance(compared: Compared) -> float:
    """P-FD: Fréchet distance with the partner's truth beside both."""
    return frechet_distance(
        np.hstack((compared.partner, compared.truth)), np.hstack((compared.partner, compared.predicted))
    )


def _mean(found: Sequence[dict[str, float]]) -> dict[str, float]:
    """Over clips, those left out in which something never moves and a correlation is nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return {name: float(np.nanmean([measures[name] for measures in found])) for name in found[0]} if found else {}


def _on(device: str, array: np.ndarray) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(array))[None].to(device)


def draw_training(train: Path, validation: Path, picture: Path) -> None:
    """The tables of a training as the PNG `picture`; what is not there yet is left out."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    learned, validated = read_columns(train), read_columns(validation)
    if not learned:
        return
    terms = (*TERMS, "total")
    measures = [name for name in _MEASURES if f"{name}_exp" in validated]
    figure, axes = plt.subplots(2, 4, figsize=(13.0, 5.4), layout="constrained")
    for axis, name in zip(axes.flat, terms, strict=False):
        for table, label in ((learned, "training"), (validated, "validation")):
            if table:
                axis.plot(
                    table["step"], table[name], linewidth=1, label=label, marker="." if label != "training" else ""
                )
        axis.set_yscale("log")
        axis.set_title(f"{name}, mean squared error")
        axis.legend(frameon=False)
    for axis, name in zip(axes.flat[len(terms) :], measures, strict=False):
        for part, label in _PART_LABELS.items():
            axis.plot(validated["step"], validated[f"{name}_{part}"], linewidth=1, label=label, marker=".")
        axis.set_yscale("log")
        axis.set_title(f"{_MEASURES[name]}, validation")
        axis.legend(frameon=False)
    for axis in axes.flat[len(terms) + len(measures) :]:
        axis.set_axis_off()
    figure.supxlabel("step")
    write_whole(picture, lambda file: figure.savefig(file, dpi=100, format="png"))
    plt.close(figure)
