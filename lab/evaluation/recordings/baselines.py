"""Motions of a real dialogue to hold an engine against: the rules that rehearsals are made by, given the true phones;
an engine's own motion with transcripts; and what openfacefx makes of it.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import soundfile

from backend.animation.lips import OPEN_HEAD_LIPS, lips_of, settle_lips
from backend.contract.arkit import ARKIT_INDEX, ARKIT_NAMES
from backend.contract.constants import FRAME_RATE, JAW_OPEN_RADIANS, SAMPLE_RATE
from backend.engines.base import Motion
from backend.words.aligner import load_dictionary
from backend.words.forced_alignment import align_transcript
from backend.words.lip_articulation import with_articulated_lips

from ...simulation.script.script import Line
from ...simulation.script.timeline import Timeline, Utterance
from ..measures.phones import SILENCE, Phone
from .clips import Clip, environment, run_command
from .dialogues import RealDialogue
from .transcripts import MOONSHINE, SPHINX


def motion_of_phones(dialogue: RealDialogue) -> Motion:
    """Lips and jaw of both people by the rules at ordinary articulation; heads and eyes rest."""
    seconds = dialogue.tracks.shape[1] / SAMPLE_RATE
    utterances = [_utterance(who, run) for who, phones in enumerate(dialogue.phones) for run in _runs(phones)]
    timeline = Timeline(seconds, tuple(sorted(utterances, key=lambda utterance: utterance.start)), ())
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


_PACKAGES: Final = ("openfacefx==0.24.0", "hama==1.7.0", "soundfile==0.14.0", "numpy==2.4.6")


def motion_of_openfacefx(dialogue: RealDialogue, true_phones: bool, folder: Path) -> Motion:
    """Both people's lips by openfacefx's rules, from true phones or from those hama recognises; heads and eyes rest.

    `folder` keeps the environment. Raises DuologueError (DEPENDENCY_MISSING).
    """
    frames = dialogue.tracks.shape[1] * FRAME_RATE // SAMPLE_RATE
    with tempfile.TemporaryDirectory() as scratch:
        people = []
        for who, track in enumerate(dialogue.tracks):
            path = Path(scratch) / f"{who}.wav"
            soundfile.write(path, track, SAMPLE_RATE, subtype="PCM_16")
            people.append({"path": str(path), "phones": dialogue.phones[who] if true_phones else None})
        request, out = Path(scratch) / "request.json", Path(scratch) / "curves.json"
        request.write_text(json.dumps({"fps": FRAME_RATE, "frames": frames, "people": people}), encoding="utf-8")
        python = environment(folder / "baselines", _PACKAGES)
        run_command([str(python), str(Path(__file__).with_name("openfacefx_curves.py")), str(request), str(out)])
        people_curves = json.loads(out.read_text(encoding="utf-8"))
    expression = np.zeros((2, frames, len(ARKIT_NAMES)), np.float32)
    jaw = np.zeros((2, frames, 3), np.float32)  # [2, T, 3] radians
    for who, curves in enumerate(people_curves):
        for name, values in curves.items():
            if name == "jawOpen":  # the jaw is a joint on the open head
                jaw[who, :, 0] = np.array(values) * JAW_OPEN_RADIANS
            else:
                expression[who, :, ARKIT_INDEX[name]] = values
    speaking = true_speaking(dialogue, frames)
    return Motion(expression, jaw, np.zeros_like(jaw), np.zeros((2, frames, 2), np.float32), speaking)


_TEXTS: Final = {name: text for name, (_, text) in (SPHINX | MOONSHINE).items()}


def text_of(clips: Sequence[Clip]) -> str:
    """Join the texts of `clips`."""
    return " ".join(_TEXTS[clip.name] for clip in clips)


def motion_with_transcripts(motion: Motion, dialogue: RealDialogue, texts: tuple[str, str]) -> Motion:
    """`motion` sharpened as a job with transcripts is: nothing but `texts`, the tracks and who speaks when is known.

    Raises DuologueError (DEPENDENCY_MISSING).
    """
    dictionary = load_dictionary()
    for person, text in enumerate(texts):
        track = dialogue.tracks[person]
        found = align_transcript(text, "a reader", track, motion.speaking, person, True, dictionary)
        motion = with_articulated_lips(motion, person, found.fitted, track)
    return motion
