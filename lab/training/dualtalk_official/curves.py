"""A picture of a training: every term of the loss on training and validation windows, and the published measures."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from backend.contract.files import write_whole

from ..logging import read_columns
from .losses import TERMS

_MEASURES: Final = {"fid": "FD", "p_fid": "P-FD", "rpcc": "rPCC"}
_PARTS: Final = {"exp": "expression", "jaw": "jaw", "pose": "neck"}


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
        for part, label in _PARTS.items():
            axis.plot(validated["step"], validated[f"{name}_{part}"], linewidth=1, label=label, marker=".")
        axis.set_yscale("log")
        axis.set_title(f"{_MEASURES[name]}, validation")
        axis.legend(frameon=False)
    for axis in axes.flat[len(terms) + len(measures) :]:
        axis.set_axis_off()
    figure.supxlabel("step")
    write_whole(picture, lambda file: figure.savefig(file, dpi=100, format="png"))
    plt.close(figure)
