"""`evaluate sentences`: the product's reader of sentences on the labelled corpus, as tables per batch and per kind.

Everything is judged twice: on what the words say themselves, and on all labels, with what places and objects imply.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from backend.job.reporting import Reporter
from backend.staging import stage_prompt
from backend.staging.values import StagingValues, values_of

from ..progress import time_left
from ..sentences.corpus import Sentence, read_batch
from ..sentences.score import KINDS, Staged, Verdict, constraints_of, first_names, judge
from .report import write_report

_SOMEBODY: Final = ("Anna", "Ben")
"""The speakers' names where the sentence has none."""

_EXPLICIT, _ALL = "what the words say", "with what is implied"


@dataclass(frozen=True)
class Judged:
    """A sentence of `batch`: its verdicts, those of the default staging (`idle`), and what the reader said."""

    batch: str
    sentence: Sentence
    verdicts: tuple[Verdict, ...]
    idle: tuple[Verdict, ...]
    warnings: tuple[str, ...]

    @property
    def right(self) -> bool:
        """Every constraint is met."""
        return all(verdict.met for verdict in self.verdicts)

    @property
    def silent(self) -> bool:
        """One at least is wrong, and nothing says so."""
        return any(verdict.silent for verdict in self.verdicts)


def run(arguments: argparse.Namespace, report: Reporter) -> None:
    """Stage the sentences of the batches, print the tables, and write JSON where it is asked for."""
    batches = {name: read_batch(name) for name in arguments.batch}
    staged = stage_all(batches, arguments.assets, time_left(report, "Reading sentences"))
    default = staged[""].values
    judgements = {
        title: judged(batches, staged, default, implied=title == _ALL)
        for title in ([_EXPLICIT] if arguments.explicit else [_EXPLICIT, _ALL])
    }
    print("\n".join(line for title, rows in judgements.items() for line in (f"\n## Judged on {title}", *tables(rows))))
    last = list(judgements.values())[-1]
    print("\n".join(failures(last, arguments.failures, arguments.seed)))
    if arguments.json:
        write_report(arguments.json, {title: as_numbers(rows) for title, rows in judgements.items()})


def stage_all(
    batches: dict[str, tuple[Sentence, ...]], assets: Path | None, progress: Callable[[int, int], None]
) -> dict[str, Staged]:
    """Text → what the reader makes of it, also of the empty one. Raises DuologueError (ASSET_CORRUPT)."""
    named = {sentence.text: first_names(sentence) for batch in batches.values() for sentence in batch}
    staged = {}
    for done, (text, names) in enumerate({"": None, **named}.items()):
        progress(done, len(named))
        prompt = stage_prompt(text, names or _SOMEBODY, assets)
        staged[text] = Staged(values_of(prompt.staging), prompt.warnings)
    return staged


def judged(
    batches: dict[str, tuple[Sentence, ...]], staged: dict[str, Staged], default: StagingValues, *, implied: bool
) -> list[Judged]:
    """Every sentence that demands something."""
    rows = []
    for batch, sentences in batches.items():
        for sentence in sentences:
            constraints = constraints_of(sentence, implied=implied)
            if not constraints:
                continue
            any_order = first_names(sentence) is None
            verdicts, idle = (
                judge(constraints, what, default, any_order=any_order)
                for what in (staged[sentence.text], Staged(default))
            )
            rows.append(Judged(batch, sentence, verdicts, idle, staged[sentence.text].warnings))
    return rows


def tables(rows: Sequence[Judged]) -> list[str]:
    """Lines: sentences per batch and all together, constraints per kind, and moods if their neighbours count."""
    return [*_table("sentences", _sentence_counts(rows)), *_table("constraints", _constraint_counts(rows))]


def failures(rows: Sequence[Judged], most: int, seed: int) -> list[str]:
    """Lines about `most` of the sentences that are not right, drawn by `seed`, in the order of the corpus."""
    wrong = [row for row in rows if not row.right]
    drawn = sorted(random.Random(seed).sample(range(len(wrong)), min(most, len(wrong))))  # noqa: S311  (no secret)
    return [line for index in drawn for line in _failure(wrong[index])]


def as_numbers(rows: Sequence[Judged]) -> dict[str, Any]:
    """The tables' counts, and of each sentence its verdicts and warnings, for JSON."""
    return {
        "sentences": _sentence_counts(rows),
        "constraints": _constraint_counts(rows),
        "each": [
            {
                "id": row.sentence.id,
                "batch": row.batch,
                "right": row.right,
                "silent": row.silent,
                "verdicts": [asdict(verdict) | {"silent": verdict.silent} for verdict in row.verdicts],
                "warnings": row.warnings,
            }
            for row in rows
        ],
    }


def _sentence_counts(rows: Iterable[Judged]) -> dict[str, Counter[str]]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        for name in (row.batch, "all"):
            counts[name].update(
                n=1,
                met=row.right,
                said=not row.right and not row.silent,
                silent=row.silent,
                idle=all(verdict.met for verdict in row.idle),
            )
    return {name: counts[name] for name in (*(name for name in counts if name != "all"), "all")}


def _constraint_counts(rows: Iterable[Judged]) -> dict[str, Counter[str]]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        for verdict, idle in zip(row.verdicts, row.idle, strict=True):
            kind = verdict.constraint.kind
            silent = verdict.silent
            one = {"n": 1, "met": verdict.met, "said": not verdict.met and verdict.said, "silent": silent}
            for name in (kind, "all"):
                counts[name].update(one, idle=idle.met)
            if kind == "mood":
                counts["mood, or near"].update(
                    n=1,
                    met=verdict.near,
                    said=not verdict.near and verdict.said,
                    silent=not verdict.near and silent,
                    idle=idle.near,
                )
    order = [name for kind in KINDS for name in (kind, f"{kind}, or near")]
    return {name: counts[name] for name in (*order, "all") if name in counts}


def _table(what: str, counts: dict[str, Counter[str]]) -> list[str]:
    head = f"| {'':13} | {what} | met | wrong, and said | silently wrong | met by doing nothing |"
    rule = "|---|---:|---:|---:|---:|---:|"
    lines = []
    for name, count in counts.items():
        shares = (f"{count[part]} ({count[part] / count['n']:.0%})" for part in ("met", "said", "silent", "idle"))
        lines.append(f"| {name:13} | {count['n']} | {' | '.join(shares)} |")
    return ["", head, rule, *lines]


def _failure(row: Judged) -> list[str]:
    lines = ["", f"- {row.sentence.id} {row.sentence.text}"]
    for verdict in row.verdicts:
        if not verdict.met:
            constraint = verdict.constraint
            wanted = " or ".join(str(value) for value in constraint.wanted) or "the default staging"
            quotes = ", ".join(f"“{quote}”" for quote in constraint.quotes)
            lines.append(
                f"    {constraint.kind} of {constraint.who}: {'not ' if constraint.excluded else ''}{wanted} {quotes}; "
                f"it is {verdict.seen}{'' if verdict.said else ' (SILENT)'}"
            )
    return lines + [f"    ! {warning}" for warning in row.warnings]
