"""The report of one performance: its numbers for JSON and for a shell, and one page that needs nothing beside it."""

from __future__ import annotations

import math
from dataclasses import asdict
from html import escape
from pathlib import Path
from typing import Any, Final

from backend.contract.performance import Performance

from ..report import PERFORMANCE_MEASURES, Measure, write_report
from .assessment import Assessment, Evidence
from .plots import plots

JSON_NAME: Final = "report.json"
PAGE_NAME: Final = "report.html"

_STYLE: Final = """
body { font: 15px/1.5 system-ui, sans-serif; color: #1a202c; max-width: 72rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin-top: 2rem }
table { border-collapse: collapse; width: 100% } td, th { padding: .25rem .6rem; text-align: left; vertical-align: top }
tr { border-bottom: 1px solid #e2e8f0 } td.number { white-space: nowrap; font-variant-numeric: tabular-nums }
td.met { color: #276749 } td.missed { color: #9b2c2c; font-weight: 600 } .quiet { color: #718096; font-size: .85rem }
figure { margin: 1rem 0 } figure svg { max-width: 100%; height: auto } figcaption { color: #718096; font-size: .85rem }
"""


def numbers_of(file: str, performance: Performance, assessment: Assessment) -> dict[str, Any]:
    """Everything that was measured; what could not be is null."""
    return {
        "performance": file,
        "face": performance.face,
        "seconds": round(performance.seconds, 3),
        "frames": performance.frame_count,
        "fps": performance.fps,
        "speakers": list(performance.speakers),
        "speech_from": list(assessment.speech_from),
        "persons": assessment.persons,
        "both": assessment.both,
        "largest_jumps": [asdict(jump) for jump in assessment.jumps],
        "staging": None if assessment.staging is None else asdict(assessment.staging),
        "dualtalk": assessment.comparison if assessment.comparison[0] else None,
        "targets": {
            name: {
                "low": measure.low,
                "high": measure.high,
                "met": [measure.verdict(person.get(name, math.nan)) for person in assessment.persons],
                "both_met": measure.verdict(assessment.both.get(name, math.nan)),
            }
            for name, measure in PERFORMANCE_MEASURES.items()
            if measure.is_bounded
        },
    }


def write_performance_report(
    folder: Path, name: str, performance: Performance, evidence: Evidence, assessment: Assessment
) -> tuple[Path, Path]:
    """`report.json` and `report.html` in `folder`: both, or neither.

    Raises DuologueError (DISK_FULL, OUTPUT_NOT_WRITABLE, DEPENDENCY_MISSING).
    """
    page, data = folder / PAGE_NAME, folder / JSON_NAME
    text = _page(name, performance, assessment, plots(performance, evidence, assessment))
    write_report(data, numbers_of(name, performance, assessment), page, text)
    return page, data


def as_text(performance: Performance, assessment: Assessment) -> str:
    """The numbers for a shell, a measure a line."""
    first, second = performance.speakers
    lines = [f"{'':34}{first[:14]:>16}{second[:14]:>16}{'both':>16}  target"]
    for measure, values in _rows(assessment):
        texts = "".join(f"{'' if math.isnan(value) else measure.text(value):>16}" for value in values)
        missed = any(measure.verdict(value) is False for value in values)
        lines.append(f"{measure.title:34}{texts}  {measure.target}{'  missed' if missed else ''}")
    return "\n".join(lines)


def _rows(assessment: Assessment) -> list[tuple[Measure, tuple[float, float, float]]]:
    """(measure, first person, second person, both) of every measure that anything could be measured for."""
    found = []
    for name, measure in PERFORMANCE_MEASURES.items():
        values = [table.get(name, math.nan) for table in (*assessment.persons, assessment.both)]
        if not all(math.isnan(value) for value in values):
            found.append((measure, (values[0], values[1], values[2])))
    return found


def _page(name: str, performance: Performance, assessment: Assessment, pictures: list[tuple[str, str]]) -> str:
    first, second = (escape(speaker) for speaker in performance.speakers)
    facts = f"{performance.seconds:.1f} s, {performance.frame_count} frames at {performance.fps:g} a second"
    figures = "\n".join(
        f"<figure>{svg}<figcaption>{escape(caption)}</figcaption></figure>" for caption, svg in pictures
    )
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{escape(name)} measured</title><style>{_STYLE}</style></head><body>
<h1>{escape(name)}</h1>
<p class="quiet">{facts}, face {escape(performance.face)}. Who speaks when is known from:
{first} {assessment.speech_from[0]}, {second} {assessment.speech_from[1]}.</p>
<table><tr><th></th><th>{first}</th><th>{second}</th><th>both</th><th>target</th><th></th></tr>
{"".join(_row(measure, values) for measure, values in _rows(assessment))}</table>
{_jumps(performance, assessment)}
{_staging(performance, assessment)}
{_comparison(performance, assessment)}
<h2>Pictures</h2>
{figures}
</body></html>
"""


def _row(measure: Measure, values: tuple[float, float, float]) -> str:
    verdicts = {True: " met", False: " missed", None: ""}
    texts = ["" if math.isnan(value) else escape(measure.text(value)) for value in values]
    cells = "".join(
        f'<td class="number{verdicts[measure.verdict(value)]}">{text}</td>'
        for value, text in zip(values, texts, strict=True)
    )
    return (
        f'<tr><td>{escape(measure.title)}</td>{cells}<td class="number">{escape(measure.target)}</td>'
        f'<td class="quiet">{escape(measure.meaning)}</td></tr>\n'
    )


def _jumps(performance: Performance, assessment: Assessment) -> str:
    jumps = [
        f"{escape(speaker)} {jump.millimetres:.1f} mm of {jump.landmark.replace('_', ' ')} at {jump.seconds:.2f} s"
        for speaker, jump in zip(performance.speakers, assessment.jumps, strict=True)
        if jump.landmark
    ]
    return f'<p class="quiet">Largest jumps from one frame to the next: {"; ".join(jumps)}.</p>' if jumps else ""


def _staging(performance: Performance, assessment: Assessment) -> str:
    staging = assessment.staging
    if staging is None:
        return ""
    expected, found = staging.distance_metres
    persons = "".join(
        f"<tr><td>{escape(speaker)}</td><td>{staging.place_metres[who] * 100:.0f} cm beside the place from above,"
        f" {staging.height_metres[who] * 100:+.0f} cm in height,"
        f" trunk {staging.facing_degrees[who]:.0f}° from the chair's facing</td></tr>"
        for who, speaker in enumerate(performance.speakers)
    )
    warnings = "".join(f"<p>{escape(warning)}</p>" for warning in staging.warnings)
    sides = "as the sentence has them" if staging.sides else "the wrong way round"
    return (
        f"<h2>Staging: {escape(staging.arrangement)}</h2><table>"
        f"<tr><td>distance</td><td>{found:.2f} m, expected {expected:.2f} m</td></tr>"
        f"<tr><td>sides</td><td>{sides}</td></tr>{persons}</table>{warnings}"
    )


def _comparison(performance: Performance, assessment: Assessment) -> str:
    if not assessment.comparison[0]:
        return ""
    first, second = assessment.comparison
    cells = "".join(
        f'<tr><td>{escape(name)}</td><td class="number">{first[name]:.4g}</td>'
        f'<td class="number">{second[name]:.4g}</td></tr>'
        for name in first
    )
    names = "".join(f"<th>{escape(speaker)}</th>" for speaker in performance.speakers)
    return f"<h2>Against the truth, DualTalk's metrics</h2><table><tr><th></th>{names}</tr>{cells}</table>"
