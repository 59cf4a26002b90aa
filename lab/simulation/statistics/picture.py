"""Distributions of rehearsals with values from the literature drawn in, on one picture."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from backend.contract.constants import FRAME_RATE
from backend.contract.files import write_whole

from .measured_eyes import blink_intervals, gaze_spells, saccade_sizes
from .measured_motion import BANDS, answer_delays, band_shares, breath_cycles, nod_sizes
from .measured_turns import anywhere, at_pauses, away_and_listening, begins, follow_delays, looks_back, turn_lengths
from .observed import Pair, average, gaps_of

_OURS, _LITERATURE = "#4878a8", "#d0602c"
_SACCADES: Final = (6.9, 15.7)


def draw_statistics(path: Path, pairs: Sequence[Pair]) -> None:
    """Write `path`, a PNG of fifteen panels. Raises DuologueError as `write_whole`."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(13, 11.9), layout="constrained")
    panels = figure.subplots(5, 3).ravel()
    _draw_turns(panels[:3], pairs)
    _draw_eyes(panels[3:8], pairs)
    _draw_rest(panels[8:12], pairs)
    _draw_answers(panels[12:], pairs)
    for panel in panels:
        panel.spines[["top", "right"]].set_visible(False)
        panel.set_yticks([])
    figure.suptitle(
        "Rehearsals (blue) and values from the literature (orange lines: means or modes; shaded: ranges)", fontsize=11
    )
    picture = io.BytesIO()
    FigureCanvasAgg(figure)
    figure.savefig(picture, format="png", dpi=90)
    write_whole(path, lambda file: file.write(picture.getvalue()))


def _draw_turns(panels: Sequence[Any], pairs: Sequence[Pair]) -> None:
    _histogram(panels[0], np.concatenate([gaps_of(pair) for pair in pairs]), (-1.0, 2.5), "gap between turns, s")
    _mark(panels[0], 0.2)
    _shade(panels[0], -0.4, 0.0)
    _histogram(panels[1], turn_lengths(pairs), (0.0, 15.0), "length of a turn, s")
    _shade(panels[1], 1.0, 2.0)
    _mark(panels[1], 3.0)
    rates = [len(person.signals) / person.listens.sum() * FRAME_RATE * 60 for pair in pairs for person in pair]
    _histogram(panels[2], np.array(rates), (0.0, 25.0), "mm-hm per minute of listening, by person", bins=25)
    _shade(panels[2], 5.0, 12.0)


def _draw_eyes(panels: Sequence[Any], pairs: Sequence[Pair]) -> None:
    people = [person for pair in pairs for person in pair]
    free = [person for person in people if person.free]
    for panel, talks, published in ((panels[0], True, (2.0, 2.8)), (panels[1], False, (1.1, 6.1))):
        for away, colour in ((True, "#9a9a9a"), (False, _OURS)):
            spells = gaze_spells(free, talks=talks, away=away)
            label = "away" if away else "at partner"
            _histogram(panel, spells, (0.0, 10.0), "", colour=colour, label=f"{label}, mean {average(spells):.1f}")
        for value in published:
            _mark(panel, value)
        panel.set_title(f"gaze spells while {'speaking' if talks else 'listening'}, s", fontsize=9)
        panel.legend(fontsize=8, frameon=False)
    sizes = saccade_sizes(free)
    _histogram(panels[2], sizes, (0.0, 30.0), "saccade size, deg")
    grid = np.linspace(0.4, 30.0, 200)
    mean, limit = _SACCADES
    density = limit / 15 / mean * np.exp(-grid / mean)
    panels[2].plot(grid, density, color=_LITERATURE)
    intervals = blink_intervals(people)
    _histogram(panels[3], np.log10(intervals), (-0.6, 1.6), "between blinks, s (logarithmic)", bins=30)
    panels[3].set_xticks(np.log10([0.5, 1, 2, 5, 10, 20]), ["0.5", "1", "2", "5", "10", "20"])
    _mark(panels[3], float(np.log10(60 / 26)))
    _mark(panels[3], float(np.log10(60 / 17)))
    seconds = np.concatenate([person.events["blink_seconds"][person.events["blink"] > 0] for person in people]) * 1000
    _histogram(panels[4], seconds[:, 0], (40, 280), "", label="closing", bins=36)
    _histogram(panels[4], seconds[:, 1], (40, 280), "", colour="#9a9a9a", label="opening", bins=36)
    panels[4].set_title("closing and opening of the lids, ms", fontsize=9)
    _shade(panels[4], 50, 100)
    _shade(panels[4], 100, 250)
    panels[4].legend(fontsize=8, frameon=False)


def _draw_rest(panels: Sequence[Any], pairs: Sequence[Pair]) -> None:
    people = [person for pair in pairs for person in pair]
    _histogram(panels[0], nod_sizes(people), (0.0, 16.0), "size of a nod, deg", bins=32)
    _shade(panels[0], 3.0, 12.0)
    shares = np.mean([band_shares(person.neck[:, 0]) for person in people], axis=0)
    places = np.arange(len(BANDS))
    panels[1].bar(places, shares, color=_OURS, width=0.6)
    for place, low, high in zip(places, (0.54, 0.10, 0.04, 0.0), (0.85, 0.32, 0.12, 0.02), strict=True):
        panels[1].plot((place, place), (low, high), color=_LITERATURE, linewidth=3)
    panels[1].set_xticks(places, [f"{low:g}–{high:g} Hz" for low, high in BANDS], fontsize=8)
    panels[1].set_title("power of the head's pitch by band", fontsize=9)
    delays = np.concatenate(
        [answer_delays(person, partner) for pair in pairs for person, partner in (pair, pair[::-1])]
    )
    known = delays[np.isfinite(delays)]
    _histogram(panels[2], known, (0.0, 1.5), f"smile answered after, s ({len(known) / len(delays):.0%} are)", bins=30)
    _shade(panels[2], 0.3, 1.0)
    cycles = np.array([cycle for person in people for cycle in breath_cycles(person)])
    for chosen, colour, label in ((cycles[:, 2] < 0.05, _OURS, "at rest"), (cycles[:, 2] > 0.5, "#9a9a9a", "speaking")):  # noqa: PLR2004
        _histogram(panels[3], 60 / cycles[chosen, 0], (4, 30), "", colour=colour, label=label, bins=26)
    panels[3].set_title("breaths per minute", fontsize=9)
    _shade(panels[3], 12, 18)
    panels[3].legend(fontsize=8, frameon=False)


def _draw_answers(panels: Sequence[Any], pairs: Sequence[Pair]) -> None:
    """From what is seen of the partner to the next of one's own: what is answered stands out of what comes anyway."""
    free = [pair for pair in pairs if pair[0].free and pair[1].free]
    blinks, nods = begins("blink"), begins("nod")
    delays = follow_delays(pairs, blinks, blinks, at_pauses)
    _histogram(panels[0], delays, (0.0, 3.0), "speaker's blink at a pause to listener's, s", bins=38)
    _shade(panels[0], 0.25, 0.5)
    _histogram(panels[1], follow_delays(pairs, nods, nods, anywhere), (0.0, 3.0), "nod to the other's nod, s", bins=38)
    _shade(panels[1], 0.3, 0.9)
    delays = follow_delays(free, looks_back, looks_back, away_and_listening)
    _histogram(panels[2], delays, (0.0, 3.0), "look back to the listener's look back, s", bins=38)
    _shade(panels[2], 0.2, 0.6)


def _histogram(
    panel: Any,
    values: np.ndarray,
    span: tuple[float, float],
    title: str,
    *,
    bins: int = 60,
    colour: str = _OURS,
    label: str | None = None,
) -> None:
    """A density, what lies outside `span` left out."""
    inside = values[(values >= span[0]) & (values <= span[1])]
    if len(inside):
        panel.hist(inside, bins=bins, range=span, density=True, color=colour, alpha=0.65, label=label)
    if title:
        panel.set_title(title, fontsize=9)
    panel.set_xlim(span)


def _mark(panel: Any, value: float) -> None:
    panel.axvline(value, color=_LITERATURE, linewidth=1.5)


def _shade(panel: Any, low: float, high: float) -> None:
    panel.axvspan(low, high, color=_LITERATURE, alpha=0.14, linewidth=0)
