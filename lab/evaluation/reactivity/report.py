"""What the reactions say: numbers for every pair and partner, as JSON, as a table and as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from backend.contract.constants import FRAME_RATE
from backend.engines.dualtalk.model import EVENTS

from ..report import COLOURS, GREY, new_figure, write_png, write_report
from .following import LEAST_SECONDS, Following, agreement, following, lags
from .reactions import CHANNELS, LATE, MUTED, PAIRS, PARTNERS, REAL, REHEARSED, UNSEEN, Pair, Reaction, answers_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

JSON_NAME: Final = "reactivity.json"
PICTURE_NAME: Final = "reactivity.png"

_LEVEL: Final = 0.01
"""p below which an answer counts as following in the table."""

_HEADING: Final = (
    f"  {'partner':18}{'added':>7}{'lag, s':>8}{'z':>7}{'p':>9}"
    f"{'whole':>10}{'in turns':>10}{'drawn':>10}{'the real':>10}"
)
_WATCHED: Final = ("nod", "smile", "look_away", "look_back", "brow_raise", "blink")


@dataclass(frozen=True)
class Answered:
    """One pair before one partner; None where nothing was given that could be followed.

    `whole`: the listener's chances against the signals of the partner that was given; `added`: what the partner adds to
    them, which is the chances less those before the muted partner, for the listener's own speech tells already when the
    partner speaks, and for a signal that is seen less those before the same partner unseen; `in_turns` the same within
    the partner's turns alone; `drawn` the share of sampled performances; `real`: what was added against the signals of
    the real partner, given or not.
    """

    pair: str
    partner: str
    whole: Following | None
    added: Following | None
    in_turns: Following | None
    drawn: Following | None
    real: Following | None


def measure(reactions: dict[str, list[Reaction]]) -> list[Answered]:
    """Measure every pair of PAIRS with each of PARTNERS."""
    without = {"sound": reactions[MUTED], "motion": reactions[UNSEEN]}
    return [
        _answered(pair, partner, found, without[CHANNELS[pair.signal]])
        for pair in PAIRS
        for partner, found in reactions.items()
    ]


def rates(reactions: dict[str, list[Reaction]]) -> dict[str, dict[str, float]]:
    """Partner → event → how often a minute it begins in the sampled performances."""
    return {
        partner: {
            name: 60.0
            * FRAME_RATE
            * float(np.concatenate([reaction.began[:, EVENTS.index(name)] for reaction in found]).mean())
            for name in _WATCHED
        }
        for partner, found in reactions.items()
    }


def agreements(reactions: dict[str, list[Reaction]]) -> dict[str, dict[str, float]]:
    """Partner → event → correlation of its chance with that before the real partner; 1: nothing has changed."""
    return {
        partner: {
            name: agreement(
                [
                    (real.chances[:, EVENTS.index(name)], reaction.chances[:, EVENTS.index(name)])
                    for real, reaction in zip(reactions[REAL], found, strict=True)
                ]
            )
            for name in _WATCHED
        }
        for partner, found in reactions.items()
    }


def as_text(answered: Sequence[Answered]) -> str:
    """Format for a shell: a block for each pair, a line for each partner."""
    lines = []
    for pair in PAIRS:
        lines += [
            pair.name,
            _HEADING,
            *(
                f"  {answer.partner:18}{_detailed(answer.added)}"
                + "".join(
                    f"{'–':>10}" if found is None else f"{found.peak:9.3f}{'*' if found.p < _LEVEL else ' '}"
                    for found in (answer.whole, answer.in_turns, answer.drawn, answer.real)
                )
                for answer in answered
                if answer.pair == pair.name
            ),
        ]
    return "\n".join(lines)


def rates_as_text(reactions: dict[str, list[Reaction]]) -> str:
    """For a shell: `rates` and `agreements`, a line for each partner."""
    lines = []
    for title, numbers in (
        ("begin a minute", rates(reactions)),
        ("same as before the real partner, r", agreements(reactions)),
    ):
        lines.append(f"{title:36}" + "".join(f"{name.replace('_', ' '):>12}" for name in _WATCHED))
        for partner, values in numbers.items():
            lines.append(f"  {partner:34}" + "".join(f"{value:12.2f}" for value in values.values()))
    return "\n".join(lines)


def write_reactivity(folder: Path, reactions: dict[str, list[Reaction]], answered: Sequence[Answered]) -> list[Path]:
    """`reactivity.json` and `reactivity.png` in `folder`; their paths.

    Raises DuologueError (DEPENDENCY_MISSING without matplotlib, DISK_FULL, OUTPUT_NOT_WRITABLE).
    """
    picture, data = folder / PICTURE_NAME, folder / JSON_NAME
    _draw(picture, answered)
    numbers: dict[str, Any] = {
        "partners": PARTNERS,
        "listeners": len(reactions[REAL]),
        "seconds": sum(len(reaction.chances) for reaction in reactions[REAL]) / FRAME_RATE,
        "lags": lags().tolist(),
        "answers": [asdict(answer) for answer in answered],
        "begin_a_minute": rates(reactions),
        "agreement_with_real": agreements(reactions),
    }
    write_report(data, numbers)
    return [data, picture]


def _answered(pair: Pair, partner: str, found: Sequence[Reaction], without: Sequence[Reaction]) -> Answered:
    whole = [answers_of(reaction.chances, reaction.at_partner)[pair.answer] for reaction in found]
    drawn = [answers_of(reaction.began, reaction.at_partner)[pair.answer] for reaction in found]
    alone = [answers_of(reaction.chances, reaction.at_partner)[pair.answer] for reaction in without]
    added = (
        whole
        if partner == REHEARSED
        else [curve - without_partner for curve, without_partner in zip(whole, alone, strict=True)]
    )
    given = [reaction.given.get(pair.signal) for reaction in found]
    signals = [signal for signal in given if signal is not None]
    if partner == MUTED:
        # What the listener's own speech says of the real partner.
        own = following([(reaction.real[pair.signal], curve) for reaction, curve in zip(found, whole, strict=True)])
        return Answered(pair.name, partner, None, None, None, None, own)
    real = following([(reaction.real[pair.signal], curve) for reaction, curve in zip(found, added, strict=True)])
    if len(signals) < len(found):
        return Answered(pair.name, partner, None, None, None, None, real)
    turns = [reaction.turns for reaction in found]
    inside = [(signal[turn], curve[turn]) for signal, curve, turn in zip(signals, added, turns, strict=True)]
    return Answered(
        pair=pair.name,
        partner=partner,
        whole=following(list(zip(signals, whole, strict=True))),
        added=following(list(zip(signals, added, strict=True))),
        in_turns=following([curves for curves in inside if len(curves[0]) >= LEAST_SECONDS * FRAME_RATE]),
        drawn=following(list(zip(signals, drawn, strict=True))),
        real=real,
    )


def _detailed(found: Following | None) -> str:
    if found is None:
        return f"{'–':>7}{'':24}"
    mark = "*" if found.p < _LEVEL else " "
    return f"{found.peak:7.3f}{found.lag:8.2f}{found.z:7.1f}{found.p:8.4f}{mark}"


def _draw(path: Path, answered: Sequence[Answered]) -> None:
    columns = 3
    rows = -(-len(PAIRS) // columns)
    figure = new_figure(11, 2.7 * rows, dpi=110)
    panels = figure.subplots(rows, columns, sharex=True, squeeze=False).ravel()
    for axes, pair in zip(panels, PAIRS, strict=False):
        _draw_pair(axes, pair, {answer.partner: answer for answer in answered if answer.pair == pair.name})
    figure.legend(
        *panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=3, fontsize=8, frameon=False
    )
    write_png(path, figure)


def _draw_pair(axes: Axes, pair: Pair, found: dict[str, Answered]) -> None:
    """By lag, what the partner adds against what the real partner does: given in time, and given 5 s late."""
    real, late = found[REAL].real, found[LATE].real
    if real is None or late is None:
        return
    axes.axhline(real.chance, color=GREY, linewidth=0.7, linestyle="--", label="95 % of shuffles stay below")
    axes.axvline(0.0, color="#e2e8f0", linewidth=0.8)
    axes.plot(lags(), real.curve, color=COLOURS[0], linewidth=1.1, label="partner in time")
    axes.plot(lags(), late.curve, color=COLOURS[1], linewidth=1.1, label="partner 5 s late")
    axes.set_title(pair.name, fontsize=8)
    axes.tick_params(labelsize=7)
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0)
    axes.set_xlabel("seconds after the partner", fontsize=7)
