"""`train ablations`: the small DualTalk without one of its parts, fitted and measured as a listener beside the whole.

Every variant has the same lips, rehearsals, steps and seed. Measured on rehearsals that none was fitted on.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from backend.contract.errors import DuologueError, ExitCode
from backend.contract.files import write_text_whole
from backend.engines.dualtalk.model import DualTalkConfig

from ...evaluation.measures.listener import Estimate, likelihood_gains, listener_measures, mean_of
from .ablation_clips import ListenerClip, listener_clips
from .ablation_table import listener_table
from .command import add_flags, fit_lips, fit_network, held_out, plan_of, rehearse

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


def run(arguments: argparse.Namespace) -> None:
    """Fit every variant and measure all of them. Raises DuologueError."""
    plan = plan_of(arguments)
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
    for done, clip in enumerate(listener_clips(kept, lips, networks, SEEDS), start=1):
        clips.append(clip)
        print(f"measured {done} of {len(kept)}", flush=True)
    measured = {name: measures_of([one[name] for one in clips]) for name in networks}
    written = write_measures(plan.work, measured, FULL)
    print(listener_table(measured, FULL))
    print("\n".join(str(path) for path in written))


def measures_of(clips: Sequence[ListenerClip]) -> dict[str, Estimate]:
    """`expected_…` and `drawn_…` of `listener_measures`, the latter the mean over seeds, and `bits_…` of the events."""
    expected = listener_measures([one.expected for one in clips])
    draws = [listener_measures([one.drawn[seed] for one in clips]) for seed in range(len(clips[0].drawn))]
    found = {f"expected_{name}": one for name, one in expected.items()}
    found |= {f"drawn_{name}": mean_of([draw[name] for draw in draws]) for name in (draws[0] if draws else {})}
    return found | likelihood_gains([one.foretold for one in clips])


def write_measures(folder: Path, measured: Mapping[str, Mapping[str, Estimate]], full: str) -> list[Path]:
    """`ablations.json` and `ablations.md` in `folder`; their paths. Raises DuologueError (DISK_FULL …)."""
    data, table = folder / "ablations.json", folder / "ablations.md"
    numbers = {
        variant: {
            name: {
                "value": one.value,
                "error": one.error,
                "over_full": one.less(measured[full][name]).value,
                "error_over_full": one.less(measured[full][name]).error,
            }
            for name, one in found.items()
        }
        for variant, found in measured.items()
    }
    write_text_whole(data, json.dumps(numbers, indent=1) + "\n")
    write_text_whole(table, listener_table(measured, full) + "\n")
    return [data, table]
