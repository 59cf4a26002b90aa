"""What a fit did: a line a logged step in a CSV file, and a picture of the curves."""

from __future__ import annotations

import csv
from pathlib import Path

from backend.contract.files import write_text_whole


class FitLog:
    """Appends to `path` and prints; call it with a step and the terms of the loss.

    A fit that goes on after the step `going_on_from` keeps the lines up to there; without it the file begins anew.
    """

    def __init__(self, path: Path, going_on_from: int | None = None) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        if going_on_from is None or not path.is_file():
            path.unlink(missing_ok=True)
        else:
            # A process that was killed may have left a line half written, or lines that will come again.
            lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
            whole = [line for line in lines[1:] if line.endswith("\n") and int(line.split(",")[0]) <= going_on_from]
            write_text_whole(path, "".join((*lines[:1], *whole)))

    def __call__(self, step: int, terms: dict[str, float]) -> None:
        """Write one line."""
        new = not self.path.exists()
        with self.path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            if new:
                writer.writerow(["step", *terms])
            writer.writerow([step, *(f"{value:.6g}" for value in terms.values())])
        print(f"{self.path.stem} {step:5d}  " + "  ".join(f"{name} {value:.4g}" for name, value in terms.items()))


def draw_curves(path: Path, picture: Path) -> None:
    """The columns of the CSV file `path` over the steps, as a PNG."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    names, values = rows[0], [[float(cell) for cell in row] for row in rows[1:]]
    steps = [row[0] for row in values]
    figure, axes = plt.subplots(1, len(names) - 1, figsize=(3.2 * (len(names) - 1), 2.6), layout="constrained")
    for column, axis in enumerate(figure.axes if len(names) > 2 else [axes], start=1):  # noqa: PLR2004  (step and one)
        axis.plot(steps, [row[column] for row in values], linewidth=1)
        axis.set_title(names[column])
        axis.set_xlabel("step")
    figure.savefig(picture, dpi=110)
    plt.close(figure)
