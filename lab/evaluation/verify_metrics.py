"""`verify-metrics`: DualTalk's metrics as computed here against numbers from the reference implementation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from backend.contract.command_flags import RefusingParser
from backend.contract.errors import DuologueError, ExitCode
from backend.contract.reading import is_file, parsed_json, read_arrays, read_errors_as, text_of
from backend.job.reporting import Reporter, step_of

_RELATIVE: Final = 1e-4
_ABSOLUTE: Final = 1e-6
_LARGEST_BYTES: Final = 1 << 30


def run(words: Sequence[str], report: Reporter) -> None:
    """Raises DuologueError, ASSET_CORRUPT where a metric differs by more than 1e-4 of it and 1e-6."""
    parser = RefusingParser(prog="python -m lab verify-metrics", description=__doc__)
    parser.add_argument("fixture", type=Path, metavar="FILE", help="dualtalk_metrics.npz")
    path = parser.parse_args(words).fixture
    step_of(report)("Computing", 0, 1)
    names, clips = _read(path)
    largest: dict[str, float] = {}
    wrong: set[str] = set()
    for expected, found in clips:
        for name, wanted in zip(names, expected, strict=True):
            apart = abs(found[name] - wanted)
            largest[name] = max(largest.get(name, 0.0), apart / max(abs(wanted), _ABSOLUTE))
            if not apart <= max(_RELATIVE * abs(wanted), _ABSOLUTE):  # a difference that is no number is no match
                wrong.add(name)
    print(f"{'metric':24} largest relative difference, {len(clips)} clips")
    for name, value in largest.items():
        print(f"{name:24} {value:.1e}{'  beyond tolerance' if name in wrong else ''}")
    if wrong:
        raise DuologueError(
            ExitCode.ASSET_CORRUPT,
            f"{', '.join(sorted(wrong))} differ from {path} by more than {_RELATIVE:g} of the value.",
            "See whether the file is whole, and which scikit-learn is installed: before 1.3 its clusters differ.",
        )


def _read(path: Path) -> tuple[list[str], list[tuple[np.ndarray, dict[str, float]]]]:
    """Names, and for each clip the expected and the computed values. Raises DuologueError (BAD_REQUEST)."""
    from .measures.dualtalk_metrics import clip_metrics

    fix = "Name the file dualtalk_metrics.npz, which comes with the tests."
    if not is_file(path):
        raise DuologueError(ExitCode.BAD_REQUEST, f"There is no file {path}.", fix)

    what = f"{path} cannot be read as expected values of DualTalk's metrics"
    with read_errors_as(ExitCode.BAD_REQUEST, what, fix):
        found = read_arrays(path, _LARGEST_BYTES)
        meta = parsed_json(text_of(found["meta"]))
        expected = np.asarray(found["values"], np.float64)
        arrays = [
            [found[f"{clip}_{kind}"].astype(np.float64) for kind in ("pred", "gt", "other")] for clip in meta["clips"]
        ]
        names = [str(name) for name in meta["names"]]
        ranges = {str(part): (int(first), int(last)) for part, (first, last) in meta["parts"].items()}
        found_values = [clip_metrics(_parts(clip, ranges)) for clip in arrays]
        if expected.shape != (len(arrays), len(names)) or any(set(names) - set(metrics) for metrics in found_values):
            raise ValueError("its names and values do not fit together")
        return names, list(zip(expected, found_values, strict=True))


def _parts(clip: list[np.ndarray], ranges: dict[str, tuple[int, int]]) -> dict[str, Any]:
    from .measures.dualtalk_metrics import Compared

    return {part: Compared(*(array[:, first:last] for array in clip)) for part, (first, last) in ranges.items()}
