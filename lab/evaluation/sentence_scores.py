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
from ..sentences.unasked import unasked
from .report import write_report

_SOMEBODY: Final = ("Anna", "Ben")
"""The speakers' names where the sentence has none."""

_ALSO: Final[dict[str, tuple[str, Callable[[Verdict], bool]]]] = {
    "mood": ("mood, or near", lambda verdict: verdict.near),
    "contradiction": ("both named", lambda verdict: verdict.named),
}
"""Kind → a second row of it, and what counts as met there."""

_WANTED_OF: Final = {"nothing": "the default staging", "contradiction": "a warning"}
"""Kinds of constraints without a value → what is wanted."""

_EXPLICIT, _ALL = "what the words say", "with what is implied"


@dataclass(frozen=True)
class Judged:
    """A sentence of `batch`, what the reader made of it, the verdicts on that and on the default staging (`idle`).

    Per kind, how many people are `free` of labels, and how many of these are staged `unasked`.
    """

    batch: str
    sentence: Sentence
    staged: Staged
    verdicts: tuple[Verdict, ...]
    idle: tuple[Verdict, ...]
    free: Counter[str]
    unasked: Counter[str]

    @property
    def right(self) -> bool:
        """Every constraint is met."""
        return all(verdict.met for verdict in self.verdicts)

    @property
    def silent(self) -> bool:
        """One at least is wrong, and nothing says so."""
        return any(verdict.silent for verdict in self.verdicts)

    @property
    def inferred(self) -> bool:
        """It is said, but would not be without inferences."""
        return not self.silent and any(not verdict.met and not verdict.missed for verdict in self.verdicts)


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
    print("\n".join(unasked_table(last)))
    print("\n".join(failures(last, arguments.failures, arguments.seed, silent=arguments.silent)))
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
        staged[text] = Staged(values_of(prompt.staging), prompt.missed, prompt.inferences)
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
            made = staged[sentence.text]
            verdicts, idle = (
                judge(constraints, what, default, any_order=any_order) for what in (made, Staged(default))
            )
            free, changed = unasked(sentence, made.values, default, any_order=any_order)
            rows.append(Judged(batch, sentence, made, verdicts, idle, free, changed))
    return rows


def tables(rows: Sequence[Judged]) -> list[str]:
    """Lines: sentences per batch and all together, constraints per kind, two kinds judged another way too."""
    return [*_table("sentences", _sentence_counts(rows)), *_table("constraints", _constraint_counts(rows))]


def unasked_table(rows: Sequence[Judged]) -> list[str]:
    """Lines: per kind, people that no label asks it of, and how many of these the reader changes nevertheless."""
    lines = ["", "| staged unasked | people without a label | changed |", "|---|---:|---:|"]
    counts = _unasked_counts(rows).items()
    return lines + [f"| {kind:14} | {n['n']} | {n['unasked']} ({n['unasked'] / n['n']:.0%}) |" for kind, n in counts]


def failures(rows: Sequence[Judged], most: int, seed: int, *, silent: bool = False) -> list[str]:
    """Lines about `most` of the sentences that are not right, or not and silent, drawn by `seed`, in corpus order."""
    wrong = [row for row in rows if not row.right and (row.silent or not silent)]
    drawn = sorted(random.Random(seed).sample(range(len(wrong)), max(0, min(most, len(wrong)))))  # noqa: S311  (no secret)
    return [line for index in drawn for line in _failure(wrong[index])]


def as_numbers(rows: Sequence[Judged]) -> dict[str, Any]:
    """The tables' counts, and of each sentence its verdicts, warnings and inferences, for JSON."""
    return {
        "sentences": _sentence_counts(rows),
        "constraints": _constraint_counts(rows),
        "unasked": _unasked_counts(rows),
        "each": list(map(_each, rows)),
    }


def _each(row: Judged) -> dict[str, Any]:
    return {
        "id": row.sentence.id,
        "batch": row.batch,
        "right": row.right,
        "silent": row.silent,
        "verdicts": [asdict(verdict) | {"silent": verdict.silent} for verdict in row.verdicts],
        "missed": row.staged.missed,
        "inferences": [inference.as_json() for inference in row.staged.inferences],
    }


def _sentence_counts(rows: Iterable[Judged]) -> dict[str, Counter[str]]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        for name in (row.batch, "all"):
            counts[name].update(
                n=1,
                met=int(row.right),
                said=int(not row.right and not row.silent),
                inferred=int(row.inferred),
                silent=int(row.silent),
                idle=int(all(verdict.met for verdict in row.idle)),
            )
    return {name: counts[name] for name in (*(name for name in counts if name != "all"), "all") if name in counts}


def _constraint_counts(rows: Iterable[Judged]) -> dict[str, Counter[str]]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        for verdict, idle in zip(row.verdicts, row.idle, strict=True):
            kind = verdict.constraint.kind
            for name in (kind, "all"):
                counts[name].update(_counted(verdict, met=verdict.met, idle=idle.met))
            if kind in _ALSO:
                name, is_met = _ALSO[kind]
                counts[name].update(_counted(verdict, met=is_met(verdict), idle=is_met(idle)))
    order = [name for kind in KINDS for name in (kind, *_ALSO.get(kind, ())[:1])]
    return {name: counts[name] for name in (*order, "all") if name in counts}


def _unasked_counts(rows: Sequence[Judged]) -> dict[str, dict[str, int]]:
    free: Counter[str] = sum((row.free for row in rows), Counter())
    changed: Counter[str] = sum((row.unasked for row in rows), Counter())
    return {kind: {"n": number, "unasked": changed[kind]} for kind, number in free.items()}


def _counted(verdict: Verdict, *, met: bool, idle: bool) -> dict[str, int]:
    return {
        "n": 1,
        "met": int(met),
        "said": int(not met and verdict.said),
        "inferred": int(not met and verdict.inferred and not verdict.missed),
        "silent": int(not met and not verdict.said),
        "idle": int(idle),
    }


def _table(what: str, counts: dict[str, Counter[str]]) -> list[str]:
    lines = [
        "",
        f"| {'':13} | {what} | met | wrong, and said | by an inference alone | silently wrong | met by doing nothing |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for name, count in counts.items():
        parts = ("met", "said", "inferred", "silent", "idle")
        shares = " | ".join(f"{count[part]} ({count[part] / count['n']:.0%})" for part in parts)
        lines.append(f"| {name:13} | {count['n']} | {shares} |")
    return lines


def _failure(row: Judged) -> list[str]:
    wrong = (_wrong(verdict) for verdict in row.verdicts if not verdict.met)
    said = (*row.staged.missed, *(inference.sentence for inference in row.staged.inferences))
    return ["", f"- {row.sentence.id} {row.sentence.text}", *wrong, *(f"    ! {sentence}" for sentence in said)]


def _wrong(verdict: Verdict) -> str:
    constraint = verdict.constraint
    wanted = " or ".join(map(str, constraint.wanted)) or _WANTED_OF.get(constraint.kind, "")
    quotes = "".join(f" “{quote}”" for quote in constraint.quotes)
    excluded = "not " if constraint.excluded else ""
    silent = "" if verdict.said else " (SILENT)"
    return f"    {constraint.kind} of {constraint.who}: {excluded}{wanted}{quotes}; it is {verdict.seen}{silent}"
