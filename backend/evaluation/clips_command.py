"""`python -m backend evaluate clips`: an engine on real recordings; its lips, and how it behaves."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from ..assets import assets_folder
from ..contract.constants import DEFAULT_ENGINE, FRAME_RATE, OPEN_HEAD
from ..contract.face import Face, load_face
from ..contract.files import write_text_whole
from ..engines import generate
from ..engines.motion import DialogueAudio, Motion
from ..turns.mix import speaking_from_mix
from ..turns.models import TurnModels, load_turn_models
from ..turns.tracks import speaking_from_tracks
from .behaviour_rates import behaviour_rates
from .clips import read_clips
from .dialogues import RealDialogue, cut_at_pauses, take_turns
from .lip_closure import LipScore, face_gap, score_lips

_CACHE: Final = Path(__file__).resolve().parents[2] / ".cache" / "evaluation"
_NOTHING: Final = LipScore(0, 0, 0.0, 0, 0, 0, 0)


def main(argv: Sequence[str]) -> int:
    """Run the command line `argv`; returns the exit status. Raises DuologueError."""
    parser = argparse.ArgumentParser(prog="python -m backend evaluate clips", description=__doc__)
    parser.add_argument("--engine", default=DEFAULT_ENGINE)
    parser.add_argument("--assets", type=Path, help="the assets folder")
    parser.add_argument("--cache", type=Path, default=_CACHE, help="where the recordings are kept")
    parser.add_argument("--out", type=Path, help="also write the numbers as JSON")
    arguments = parser.parse_args(argv)
    report = evaluate(arguments.engine, assets_folder(arguments.assets), arguments.cache)
    for kind, numbers in report.items():
        print(kind)
        for name, value in numbers.items():
            print(f"  {name:38s} {value:8.3f}")
    if arguments.out:
        write_text_whole(arguments.out, json.dumps(report, indent=1) + "\n")
    return 0


def evaluate(engine: str, assets: Path, cache: Path) -> dict[str, dict[str, float]]:
    """Real readers in turn, as two tracks and as one mix: what → name → number. Raises DuologueError."""
    face = load_face(assets / "faces" / f"{OPEN_HEAD}.npz")
    models = load_turn_models(assets / "turns")
    clips = {clip.name: clip for clip in read_clips(cache)}
    readings = [clip for name, clip in clips.items() if name.startswith("librivox")]
    others = [clip for name, clip in clips.items() if not name.startswith("librivox")]
    two_voices = take_turns(readings, cut_at_pauses(clips["two_cities"], len(readings)))
    reports = {}
    for kind, dialogue, separate in (
        ("two tracks, all recordings", take_turns(readings, others), True),
        ("two tracks, two voices", two_voices, True),
        ("one mix, two voices", two_voices, False),
    ):
        motion = _perform(engine, dialogue, models, assets, separate)
        reports[kind] = lip_rates(face, motion, dialogue) | behaviour_rates(motion)
    return reports


def lip_rates(face: Face, motion: Motion, dialogue: RealDialogue) -> dict[str, float]:
    """Both people's lips together."""
    scores = [
        score_lips(face_gap(face, motion.expression[who], motion.jaw[who]), dialogue.phones[who]) for who in range(2)
    ]
    total = sum(scores, _NOTHING)
    return total.rates() | {"closures_counted": float(total.closures)}


def _perform(engine: str, dialogue: RealDialogue, models: TurnModels, assets: Path, separate: bool) -> Motion:
    def ignore(_done: int, _total: int) -> None:
        return

    tracks = dialogue.tracks
    if separate:
        speaking = speaking_from_tracks(tracks, models, ignore)
    else:
        mix = tracks.sum(axis=0)
        tracks = np.stack((mix, mix))
        speaking = _matched(speaking_from_mix(mix, models, ignore), dialogue)
    ordinary: dict[str, Any] = {}
    audio = DialogueAudio(tracks, speaking, separate)
    return generate(engine, audio, seed=0, habits=(ordinary, ordinary), device="cpu", assets=assets)


def _matched(speaking: np.ndarray, dialogue: RealDialogue) -> np.ndarray:
    """A mix does not say which voice is whose: the order in which `speaking` [2, T] fits the dialogue better."""
    true = np.zeros_like(speaking)
    for who, phones in enumerate(dialogue.phones):
        for start, end, name in phones:
            if name != "pau":
                true[who, int(start * FRAME_RATE) : int(end * FRAME_RATE)] = 1
    return speaking if (speaking * true).sum() >= (speaking[::-1] * true).sum() else speaking[::-1].copy()
