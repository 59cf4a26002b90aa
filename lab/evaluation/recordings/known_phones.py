"""The rules that rehearsals are made by, given the true phones of a real dialogue: the ceiling for every engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from backend.animation.lips import OPEN_HEAD_LIPS, lips_of, settle_lips
from backend.contract.constants import FRAME_RATE, SAMPLE_RATE
from backend.engines.motion import Motion

from ...simulation.script.script import Line
from ...simulation.script.timeline import Timeline, Utterance
from ..measures.spoken_phones import SILENCE, Phone
from .dialogues import RealDialogue


def motion_of_phones(dialogue: RealDialogue) -> Motion:
    """Lips and jaw of both people by the rules at ordinary articulation; heads and eyes rest."""
    seconds = dialogue.tracks.shape[1] / SAMPLE_RATE
    utterances = [_utterance(who, run) for who, phones in enumerate(dialogue.phones) for run in _runs(phones)]
    timeline = Timeline(seconds, tuple(sorted(utterances, key=lambda one: one.start)), ())
    both = [lips_of(timeline.of(who), timeline.frames, 1.0) for who in range(2)]
    jaw = np.zeros((2, timeline.frames, 3), np.float32)  # [2, T, 3] radians
    jaw[..., 0] = [lips.jaw * OPEN_HEAD_LIPS.jaw_open_radians for lips in both]
    return Motion(
        expression=np.stack([settle_lips(lips, lips.expression) for lips in both]).astype(np.float32),
        jaw=jaw,
        neck=np.zeros_like(jaw),
        gaze=np.zeros((2, timeline.frames, 2), np.float32),
        speaking=true_speaking(dialogue, timeline.frames),
    )


def true_speaking(dialogue: RealDialogue, frames: int) -> np.ndarray:
    """[2, T] 1 where a phone of that person lies."""
    speaking = np.zeros((2, frames), np.float32)
    for who, phones in enumerate(dialogue.phones):
        for start, end, name in phones:
            if name != SILENCE:
                speaking[who, int(start * FRAME_RATE) : int(end * FRAME_RATE)] = 1
    return speaking


def _runs(phones: Sequence[Phone]) -> Iterator[tuple[Phone, ...]]:
    """Phones between two silences."""
    run: list[Phone] = []
    for phone in phones:
        if phone[2] != SILENCE:
            run.append(phone)
        elif run:
            yield tuple(run)
            run = []
    if run:
        yield tuple(run)


def _utterance(who: int, run: tuple[Phone, ...]) -> Utterance:
    start, end = run[0][0], run[-1][1]
    return Utterance(Line(who, "", "statement"), start, run, np.zeros(round((end - start) * SAMPLE_RATE), np.float32))
