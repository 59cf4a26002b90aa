"""What a training logs: a line a logged step in a CSV file, and a picture of the curves."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from backend.contract.files import write_whole


class CurveTable:
    """Appends rows to the CSV file `path` and prints them.

    A training that is resumed after the step `resumed_at` keeps the rows up to there; without it the file begins anew.
    Raises DuologueError (DISK_FULL, OUTPUT_NOT_WRITABLE).
    """

    def __init__(self, path: Path, resumed_at: int | None = None) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        if resumed_at is None or not path.is_file():
            path.unlink(missing_ok=True)
        else:
            # A process that was killed may have left a row half written, or rows that will come again.
            lines = path.read_bytes().splitlines(keepends=True)
            whole = [line for line in lines[1:] if line.endswith(b"\n") and int(line.split(b",")[0]) <= resumed_at]
            content = b"".join((*lines[:1], *whole))
            write_whole(path, lambda file: file.write(content))

    def append(self, step: int, values: Mapping[str, float]) -> None:
        """Write one row, under a header where it is the first."""
        new = not self.path.exists()
        with self.path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            if new:
                writer.writerow(["step", *values])
            writer.writerow([step, *(f"{value:.6g}" for value in values.values())])
        shown = "  ".join(f"{name} {value:.4g}" for name, value in values.items())
        print(f"{self.path.stem} {step:5d}  {shown}")


def read_columns(path: Path) -> dict[str, np.ndarray]:
    """The columns of a table by name; none where there is no row."""
    if not path.is_file():
        return {}
    with path.open(newline="", encoding="utf-8") as file:
        header, *rows = list(csv.reader(file)) or [[]]
    if not rows:
        return {}
    values = np.array([[float(cell) for cell in row] for row in rows])  # [rows, columns]
    return dict(zip(header, values.T, strict=True))


def draw_curves(table: Path, picture: Path) -> None:
    """Every column of the CSV file `table` over the steps, as the PNG `picture`; nothing where there is no row."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    columns = read_columns(table)
    steps = columns.pop("step", None)
    if steps is None or not columns:
        return
    figure, axes = plt.subplots(1, len(columns), figsize=(3.2 * len(columns), 2.6), layout="constrained", squeeze=False)
    for axis, (name, values) in zip(axes.flat, columns.items(), strict=True):
        axis.plot(steps, values, linewidth=1)
        axis.set_title(name)
        axis.set_xlabel("step")
    write_whole(picture, lambda file: figure.savefig(file, dpi=110, format="png"))
    plt.close(figure)
