"""The report's pictures, as SVG text that stands inside a page."""

from __future__ import annotations

import io
import re
import zlib
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from backend.contract.performance import Performance
from backend.contract.segments import runs_of
from backend.staging import stage_prompt

from ..measures.behaviour import spectrum
from ..measures.phones import BILABIALS, NOMINAL_OPENING, SILENCE, Phone, of_kind
from ..report import COLOURS, GREY, new_figure
from .assessment import Assessment, Evidence

if TYPE_CHECKING:
    from matplotlib.axes import Axes


_MOST_POINTS: Final = 3000
_AROUND: Final = 0.24
_FREQUENCIES: Final = (0.1, 10.0)


def plots(performance: Performance, evidence: Evidence, assessment: Assessment) -> list[tuple[str, str]]:
    """(caption, SVG) in the report's order. Raises DuologueError (DEPENDENCY_MISSING) without matplotlib."""
    drawn = [
        _figure((11, 4.4), 2, lambda axes: _draw_mouths(axes, performance, evidence, assessment)),
        _figure((11, 3.2), 2, lambda axes: _draw_gaze(axes, performance, assessment)),
        _figure((11, 3.2), 2, lambda axes: _draw_turning(axes, performance, assessment)),
        _figure((5.4, 3.0), 1, lambda axes: _draw_spectra(axes[0], performance, assessment)),
    ]
    captions = [
        "Gap between the inner lips beyond rest; shaded: speaks; marks below: P B M; dashed: shut up to here",
        "Angle between the line of sight and the partner's eyes; shaded: speaks; coloured: looks at the partner",
        "The head's pitch (full, down is up) and yaw (dotted)",
        "Spectrum of the head's pitch (full) and yaw (dotted)",
    ]
    if any(evidence.phones):
        drawn.append(_figure((5.4, 3.0), 1, lambda axes: _draw_closures(axes[0], performance, evidence, assessment)))
        captions.append("The lips around the middle of P B M: median, and the middle half of them")
        drawn.append(_figure((11, 2.8), 1, lambda axes: _draw_phones(axes[0], performance, evidence, assessment)))
        captions.append("Mean opening in the middle of each phone; grey: nominal")
    if assessment.staging is not None:
        drawn.append(_figure((5.4, 3.4), 1, lambda axes: _draw_stage(axes[0], performance, evidence, assessment)))
        captions.append(
            "From above: where the sentence puts them (rings) and where they are (dots); lines face forward"
        )
    return list(zip(captions, drawn, strict=True))


def _figure(inches: tuple[float, float], rows: int, draw: Any) -> str:
    """The SVG of a figure with `rows` axes, which `draw` gets."""
    figure = new_figure(*inches)
    from matplotlib import rc_context

    axes = figure.subplots(rows, 1, sharex=True, squeeze=False)[:, 0]
    for panel in axes:
        panel.spines[["top", "right"]].set_visible(False)
        panel.tick_params(labelsize=8)
    draw(axes)
    buffer = io.StringIO()
    with rc_context({"svg.hashsalt": "duologue"}):  # the same numbers give the same page
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    text = buffer.getvalue()
    return _own_ids(text[text.index("<svg") :])


def _own_ids(svg: str) -> str:
    """Ids are unique in a page, and several pictures stand in one."""
    prefix = f"p{zlib.crc32(svg.encode()):08x}-"
    svg = re.sub(r'id="([^"]+)"', rf'id="{prefix}\1"', svg)
    return re.sub(r'(href="#|url\(#)([^")]+)', rf"\1{prefix}\2", svg)


def _draw_mouths(axes: Any, performance: Performance, evidence: Evidence, assessment: Assessment) -> None:
    for who, panel in enumerate(axes):
        _shade(panel, assessment.traces.speech[who], performance.fps)
        _curve(panel, assessment.traces.heads[who].gap, performance.fps, COLOURS[who])
        panel.axhline(assessment.traces.shut[who], color=GREY, linewidth=0.7, linestyle="--")
        for start, end in of_kind(evidence.phones[who], BILABIALS):
            panel.plot([start, end], [-1.2, -1.2], color="black", linewidth=2.5, solid_capstyle="butt")
        _label(panel, f"{performance.speakers[who]}, mm")
    axes[-1].set_xlabel("seconds", fontsize=8)


def _draw_gaze(axes: Any, performance: Performance, assessment: Assessment) -> None:
    for who, panel in enumerate(axes):
        _shade(panel, assessment.traces.speech[who], performance.fps)
        _curve(panel, np.degrees(assessment.traces.angle[who]), performance.fps, GREY)
        hit = assessment.traces.at_partner[who]
        _curve(panel, np.where(hit, np.degrees(assessment.traces.angle[who]), np.nan), performance.fps, COLOURS[who])
        _label(panel, f"{performance.speakers[who]}, °")
    axes[-1].set_xlabel("seconds", fontsize=8)


def _draw_turning(axes: Any, performance: Performance, assessment: Assessment) -> None:
    for who, panel in enumerate(axes):
        angles = np.degrees(assessment.traces.turning[who])
        _curve(panel, angles[:, 0] - angles[:, 0].mean(), performance.fps, COLOURS[who])
        _curve(panel, angles[:, 1] - angles[:, 1].mean(), performance.fps, COLOURS[who], linestyle=":")
        _label(panel, f"{performance.speakers[who]}, °")
    axes[-1].set_xlabel("seconds", fontsize=8)


def _draw_spectra(axes: Axes, performance: Performance, assessment: Assessment) -> None:
    for who in range(2):
        for column, style in ((0, "-"), (1, ":")):
            hertz, power = spectrum(np.degrees(assessment.traces.turning[who][:, column]), performance.fps)
            axes.loglog(hertz[1:], np.maximum(power[1:], 1e-8), style, color=COLOURS[who], linewidth=1)
    axes.set_xlim(*_FREQUENCIES)
    axes.set_xlabel("Hz", fontsize=8)
    _label(axes, "°² / Hz")


def _draw_closures(axes: Axes, performance: Performance, evidence: Evidence, assessment: Assessment) -> None:
    around = np.arange(-_AROUND, _AROUND + 0.005, 0.01)  # [N] seconds
    for who, phones in enumerate(evidence.phones):
        middles = of_kind(phones, BILABIALS).mean(axis=1) if phones else np.zeros(0)
        if not len(middles):
            continue
        gap = assessment.traces.heads[who].gap
        rows = np.interp((middles[:, None] + around) * performance.fps, np.arange(len(gap)), gap)  # [P, N]
        low, middle, high = np.percentile(rows, (25, 50, 75), axis=0)
        axes.fill_between(around * 1000, low, high, color=COLOURS[who], alpha=0.2, linewidth=0)
        axes.plot(around * 1000, middle, color=COLOURS[who], label=performance.speakers[who])
        axes.axhline(assessment.traces.shut[who], color=COLOURS[who], linewidth=0.7, linestyle="--")
    axes.legend(fontsize=8, frameon=False)
    axes.set_xlabel("ms from the middle of the phone", fontsize=8)
    _label(axes, "mm")


def _draw_phones(axes: Axes, performance: Performance, evidence: Evidence, assessment: Assessment) -> None:
    found: dict[str, list[float]] = {}
    for head, phones in zip(assessment.traces.heads, evidence.phones, strict=True):
        for name, value in _openings(head.gap, phones, performance.fps):
            found.setdefault(name, []).append(value)
    means = {name: float(np.mean(values)) for name, values in found.items()}
    order = sorted(means, key=lambda name: (NOMINAL_OPENING[name], name))
    most = max(max(means.values(), default=1.0), 1e-6)
    axes.bar(range(len(order)), [NOMINAL_OPENING[name] * most for name in order], color="#e2e8f0", width=0.9)
    axes.bar(range(len(order)), [means[name] for name in order], color="#2f855a", width=0.5)
    axes.set_xticks(range(len(order)), [name.upper() for name in order], fontsize=7)
    _label(axes, "mm")


def _openings(gap: np.ndarray, phones: tuple[Phone, ...], fps: float) -> list[tuple[str, float]]:
    times = [(name, (start + end) / 2.0) for start, end, name in phones if name != SILENCE]
    return [(name, float(np.interp(time * fps, np.arange(len(gap)), gap))) for name, time in times]


def _draw_stage(axes: Axes, performance: Performance, evidence: Evidence, assessment: Assessment) -> None:
    staged = stage_prompt(evidence.prompt or "", performance.speakers, without=evidence.prompt_without).staging
    expected = () if assessment.staging is None else assessment.staging.expected
    for who, place in enumerate(staged.places):
        x, _, z = expected[who]
        head = assessment.traces.heads[who]
        forward = head.trunk[:, :, 2].mean(axis=0)
        found = head.eyes.mean(axis=0)
        axes.plot(x, z, "o", markersize=16, fillstyle="none", color=COLOURS[who])
        axes.plot([x, x + 0.25 * np.sin(place.facing)], [z, z + 0.25 * np.cos(place.facing)], ":", color=COLOURS[who])
        axes.plot(found[0], found[2], "o", color=COLOURS[who], label=performance.speakers[who])
        axes.plot(
            [found[0], found[0] + 0.25 * forward[0]],
            [found[2], found[2] + 0.25 * forward[2]],
            color=COLOURS[who],
        )
    axes.set_aspect("equal", "datalim")
    axes.invert_yaxis()  # the camera, on the side of +Z, looks from below
    axes.legend(fontsize=8, frameon=False)
    _label(axes, "metres")


def _shade(axes: Axes, speech: np.ndarray, fps: float) -> None:
    for start, end in runs_of(speech):
        axes.axvspan(start / fps, end / fps, color="#edf2f7", linewidth=0)


def _curve(axes: Axes, values: np.ndarray, fps: float, colour: str, linestyle: str = "-") -> None:
    """A long curve keeps the lowest and the highest point of every stretch, so that nothing short is lost."""
    times = np.arange(len(values)) / fps
    if len(values) > _MOST_POINTS:
        step = -(-len(values) // (_MOST_POINTS // 2))
        whole = values[: len(values) // step * step].reshape(-1, step)
        values = np.stack((whole.min(axis=1), whole.max(axis=1)), axis=1).ravel()
        times = np.repeat(times[: len(whole) * step : step], 2)
    axes.plot(times, values, color=colour, linewidth=0.9, linestyle=linestyle)
    axes.margins(x=0)


def _label(axes: Axes, text: str) -> None:
    axes.set_ylabel(text, fontsize=8)
