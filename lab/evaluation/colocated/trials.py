"""Everything the colocated engine is put through: each trial performs, measures, and gives plain numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, Final

import numpy as np

from backend.contract.constants import FRAME_RATE
from backend.contract.face import Face
from backend.engines.base import KeptMotion, Motion
from backend.engines.colocated.stream import stream_rows
from backend.staging.prompt import stage_prompt
from backend.staging.stage import scene_of

from ..measures.behaviour import landmark_steps
from .behaviour import TAKES, WrongMouth, correlation_with_truth, coupling, rates, scene_of_heads, together, wrong_mouth
from .comparison import changes, distances, lips, mean_changes, mean_of
from .dialogues import INPUTS, Dialogue, one_after_the_other
from .performers import Performed, Performer
from .seams import Inpainted, every_number, inpainted, jumps, masks, steps_near, steps_of

Numbers = dict[str, Any]
ShowProgress = Callable[[str, int, int], None]

PROMPTS: Final = (
    "two friends across a table, two metres apart",
    "an intimate conversation",
    "arguing face to face, both stand",
    "side by side on a bench",
    "a sad talk, she is far away",
)
"""Wordings of different places and moods, for the trial in which nothing else changes."""

SEEDS: Final = (1, 2, 3)
LONG_SECONDS: Final = 600.0
_NOTHING: Final = WrongMouth(0, 0)


class Trials:
    """What trials share: the `face` that is measured, the `dialogues`, `show_progress(what, done, total)`, and every
    performance that was made.
    """

    def __init__(self, face: Face, dialogues: Sequence[Dialogue], show_progress: ShowProgress) -> None:
        self.face, self.dialogues, self.show_progress = face, tuple(dialogues), show_progress
        self._made: dict[tuple[int, str, str, int], Performed] = {}

    def over(self, name: str, most: int | None = None) -> Iterator[Dialogue]:
        """The first `most` dialogues one by one, with progress."""
        chosen = self.dialogues[:most]
        for index, dialogue in enumerate(chosen):
            self.show_progress(name, index, len(chosen))
            yield dialogue
        self.show_progress(name, len(chosen), len(chosen))

    def perform(self, performer: Performer, dialogue: Dialogue, kind: str, seed: int = 0) -> Performed:
        """`dialogue` as `kind` out of INPUTS, by `performer`; performed once."""
        key = (id(performer), dialogue.name, kind, seed)
        if key not in self._made:
            self._made[key] = performer.perform(dialogue.audio(kind), dialogue.staging, dialogue.habits, seed)
        return self._made[key]


def table(trials: Trials, performers: Mapping[str, Performer]) -> Numbers:
    """Row → input → COLUMNS, the mean over dialogues; of the streams, and `lip_settled` of the motion they become.

    The last row is what people do in another dialogue: as far away as somebody who does not listen.
    """
    rows: Numbers = {}
    for name, performer in performers.items():
        rows[name] = {}
        for kind in INPUTS:
            found = []
            for dialogue in trials.over(f"{name}, {kind}"):
                made = trials.perform(performer, dialogue, kind)
                found.append(_distances(dialogue, made, trials.face))
            rows[name][kind] = mean_of(found)
    others = [*trials.dialogues[1:], *trials.dialogues[:1]]
    strange = [
        _distances(own, Performed(other.truth, _rows(other.truth, other)), trials.face)
        for own, other in zip(trials.dialogues, others, strict=True)
    ]
    rows["another dialogue"] = {INPUTS[0]: mean_of(strange)}
    return rows


def seams(trials: Trials, performer: Performer, seconds: float = LONG_SECONDS) -> Numbers:
    """Jumps where windows meet, in a dialogue of `seconds`: of every number of the streams, and of landmarks in mm."""
    frames = round(seconds * FRAME_RATE)
    dialogue = one_after_the_other(trials.dialogues, frames)
    trials.show_progress("seams", 0, 1)
    made = trials.perform(performer, dialogue, INPUTS[0])
    trials.show_progress("seams", 1, 1)
    frames = made.motion.frames
    at = steps_near(performer.seams(frames), frames)
    heads = scene_of_heads(made.motion, dialogue.staging, trials.face, 0)
    numbers = np.concatenate([every_number(made.streams[who], at) for who in range(2)])
    settled = _rows(made.motion, dialogue)
    return {
        "seconds": frames / FRAME_RATE,
        "streams": asdict(jumps(np.concatenate([steps_of(rows) for rows in made.streams]), np.tile(at, 2))),
        "motion": asdict(jumps(np.concatenate([steps_of(rows) for rows in settled]), np.tile(at, 2))),
        "landmarks": asdict(jumps(np.concatenate([landmark_steps(head.landmarks) for head in heads]), np.tile(at, 2))),
        "numbers_above": float(np.nanmean(numbers)),
        "worst_number_above": float(np.nanmax(numbers)),
    }


def mouths(trials: Trials, performer: Performer) -> Numbers:
    """Share of the frames in which one person alone speaks and the other one's lips part; of the truth as well."""
    found = dict.fromkeys(("truth", *INPUTS, "one mix, floor known"), _NOTHING)
    for dialogue in trials.over("wrong mouth"):
        speaking = dialogue.truth.speaking
        made = {kind: trials.perform(performer, dialogue, kind).motion for kind in INPUTS}
        known = replace(dialogue.mix, speaking=speaking.astype(np.float32))
        made["one mix, floor known"] = performer.perform(known, dialogue.staging, dialogue.habits, 0).motion
        made["truth"] = dialogue.truth
        for name, motion in made.items():
            found[name] += wrong_mouth(speaking, motion, trials.face)
    return {name: {"share": each.share, "frames": each.frames} for name, each in found.items()}


def prompts(trials: Trials, performer: Performer, dialogues: int) -> Numbers:
    """What changes when the same sound and seed are performed in the places of PROMPTS, against the first of them."""
    stagings = [stage_prompt(prompt).staging for prompt in PROMPTS]
    found = []
    for dialogue in trials.over("prompts", dialogues):
        made = [performer.perform(dialogue.tracks, staging, dialogue.habits, 0).motion for staging in stagings]
        found += [changes(made[0], other, dialogue.truth.speaking, trials.face) for other in made[1:]]
    return mean_changes(found)


def variations(trials: Trials, performer: Performer, dialogues: int) -> Numbers:
    """Measure what changes from seed to seed."""
    found = []
    for dialogue in trials.over("seeds", dialogues):
        made = [trials.perform(performer, dialogue, INPUTS[0], seed).motion for seed in (0, *SEEDS)]
        found += [changes(made[0], other, dialogue.truth.speaking, trials.face) for other in made[1:]]
    return mean_changes(found)


def timing(trials: Trials, performer: Performer) -> Numbers:
    """Signal → correlation with the truth of the mean performance, and of the mean of as many other takes;
    and correlation of both people with each other, as performed and as rehearsed.
    """
    found: dict[str, list[dict[str, float]]] = {}
    for dialogue in trials.over("timing"):
        performed = [trials.perform(performer, dialogue, INPUTS[0], seed).motion for seed in range(TAKES)]
        measured = {
            "performed": correlation_with_truth(dialogue.truth, performed),
            "between the two, performed": mean_of([coupling(motion) for motion in performed]),
            "between the two, rehearsed": coupling(dialogue.truth),
        }
        if len(dialogue.others) >= TAKES:
            measured["other takes"] = correlation_with_truth(dialogue.truth, dialogue.others[:TAKES])
        for name, numbers in measured.items():
            found.setdefault(name, []).append(numbers)
    return {name: mean_of(rows) for name, rows in found.items()}


def keeping(trials: Trials, performer: Performer, dialogues: int) -> Numbers:
    """Case → `Inpainted`: the largest kept error and border, the mean of the rest, over `dialogues`."""
    found: dict[str, list[Inpainted]] = {}
    for dialogue in trials.over("keeping", dialogues):
        first = trials.perform(performer, dialogue, INPUTS[0]).motion
        for case, mask in masks(first.frames).items():

            def remake(kept: KeptMotion, dialogue: Dialogue = dialogue) -> Motion:
                return performer.perform(dialogue.tracks, dialogue.staging, dialogue.habits, 1, kept).motion

            found.setdefault(case, []).append(inpainted(first, mask, dialogue.staging, trials.face, remake))
    return {case: together([each.as_json() for each in all_of]) for case, all_of in found.items()}


def behaviour(trials: Trials, performer: Performer) -> Numbers:
    """Input → rates, standstill and jumps of the heads in their scenes; and of the rehearsals themselves."""
    found: dict[str, list[dict[str, float]]] = {}
    for dialogue in trials.over("rates"):
        motions = {kind: trials.perform(performer, dialogue, kind).motion for kind in INPUTS} | {
            "truth": dialogue.truth
        }
        for name, motion in motions.items():
            heads = scene_of_heads(motion, dialogue.staging, trials.face, 0)
            found.setdefault(name, []).append(rates(motion, heads))
    return {name: together(all_of) for name, all_of in found.items()}


def _rows(motion: Motion, dialogue: Dialogue) -> np.ndarray:
    return stream_rows(motion, scene_of(dialogue.staging).distance)


def _distances(dialogue: Dialogue, made: Performed, face: Face) -> dict[str, float]:
    wanted, speaking = _rows(dialogue.truth, dialogue), dialogue.truth.speaking
    found = distances(wanted, made.streams, speaking, face)
    settled = lips(wanted, _rows(made.motion, dialogue), speaking, face)
    return found | {"lip_settled": settled["lip"], "gap_settled": settled["gap"]}
