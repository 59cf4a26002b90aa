"""`python -m lab evaluate clips`: an engine on real recordings, its lips and how it behaves."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from backend.assets import assets_folder
from backend.contract.arkit import ARKIT_INDEX
from backend.contract.constants import FRAME_RATE, OPEN_HEAD
from backend.contract.face import Face, load_face
from backend.engines import generate
from backend.engines.base import Conditions, DialogueAudio, Motion
from backend.job.reporting import Reporter, Step, step_of
from backend.turns.mix import speaking_from_mix
from backend.turns.tracks import TurnModels, load_turn_models, speaking_from_tracks

from ..measures.behaviour import behaviour_rates
from ..measures.landmarks import mouth_curves
from ..measures.lip_score import LipScore, score_lips
from ..measures.lips import TOLERANCE, measure_lips
from ..measures.phones import TIMING_RATE, Phone, at_timing_rate, nominal_opening, spoken, timing, within
from ..report import write_report
from .baselines import motion_of_openfacefx, motion_of_phones, motion_with_transcripts, text_of, true_speaking
from .clips import read_clips
from .dialogues import HARD_RECORDINGS, RealDialogue, cut_at_pauses, take_turns

_NOTHING: Final = LipScore(0, 0, 0.0, 0, 0, 0, 0)

Report = dict[str, dict[str, float]]


def run(arguments: argparse.Namespace, report: Reporter) -> None:
    """Run `evaluate clips`: print the numbers of each case, and write them where `arguments.out` says."""

    def show(kind: str, numbers: dict[str, float]) -> None:
        print(kind)
        for name, value in numbers.items():
            print(f"  {name:38s} {value:8.3f}", flush=True)

    numbers = evaluate(
        arguments.engine,
        assets_folder(arguments.assets),
        arguments.cache,
        arguments.quick,
        arguments.baselines,
        show,
        step_of(report),
    )
    if arguments.out:
        write_report(arguments.out, numbers)


def evaluate(
    engine: str,
    assets: Path,
    cache: Path,
    quick: bool,
    baselines: bool,
    report_case: Callable[[str, dict[str, float]], None],
    step: Step,
) -> Report:
    """Real readers in turn, as two tracks and as one mix, then made hard; and the rules with the true phones.

    What → name → number; each is handed to `report_case` as soon as it is known, after a `step`. Raises DuologueError.
    """
    face = load_face(assets / "faces" / f"{OPEN_HEAD}.npz")
    models = load_turn_models(assets / "turns")
    clips = {clip.name: clip for clip in read_clips(cache)}
    readings = [clip for name, clip in clips.items() if name.startswith("librivox")]
    others = [clip for name, clip in clips.items() if not name.startswith("librivox")]
    everything = take_turns(readings, others)
    texts = (text_of(readings), text_of(others))
    two_voices = take_turns(readings, cut_at_pauses(clips["two_cities"], len(readings)))
    cases = [
        ("two tracks, all recordings", everything, True),
        ("two tracks, two voices", two_voices, True),
        ("one mix, two voices", two_voices, False),
    ]
    if not quick:
        hard = {name: replace(everything, tracks=change(everything.tracks)) for name, change in HARD_RECORDINGS.items()}
        cases += [(f"two tracks, {name}", dialogue, True) for name, dialogue in hard.items()]
    rules = {"rules with the true phones": motion_of_phones}
    if baselines:
        rules["openfacefx with the true phones"] = lambda dialogue: motion_of_openfacefx(dialogue, True, cache)
        rules["openfacefx with hama's phones"] = lambda dialogue: motion_of_openfacefx(dialogue, False, cache)
    total = len(cases) + len(rules)
    reports: Report = {}
    for done, (kind, dialogue, separate) in enumerate(cases):
        step(kind, done, total)
        motion = _perform(engine, dialogue, models, assets, separate)
        reports[kind] = lip_rates(face, motion, dialogue) | behaviour_rates(motion)
        report_case(kind, reports[kind])
        if separate and dialogue.phones == everything.phones:
            known = f"{kind}, with transcripts"
            reports[known] = lip_rates(face, motion_with_transcripts(motion, dialogue, texts), dialogue)
            report_case(known, reports[known])
    for done, (kind, perform) in enumerate(rules.items(), start=len(cases)):
        step(kind, done, total)
        reports[kind] = lip_rates(face, perform(everything), everything)
        report_case(kind, reports[kind])
    return reports


def lip_rates(face: Face, motion: Motion, dialogue: RealDialogue) -> dict[str, float]:
    """Both people's lips together: the measures of `evaluate`, and those of `LipScore`."""
    order = [ARKIT_INDEX[name] for name in face.expression_names]
    curves = [
        mouth_curves(face, motion.expression[who][:, order].astype(np.float64), motion.jaw[who]) for who in range(2)
    ]
    first, second = (
        measure_lips(gap, width, phones, FRAME_RATE)
        for (gap, width), phones in zip(curves, dialogue.phones, strict=True)
    )
    scores = [score_lips(gap, phones) for (gap, _), phones in zip(curves, dialogue.phones, strict=True)]
    gaps = (curves[0][0], curves[1][0])
    return (first + second).numbers() | _timing(gaps, dialogue.phones) | sum(scores, _NOTHING).rates()


def _timing(gaps: tuple[np.ndarray, np.ndarray], phones: tuple[Sequence[Phone], Sequence[Phone]]) -> dict[str, float]:
    """Both people's speech one after the other, each opening against its own 95th percentile."""
    curves, nominals, inside = [], [], []
    for gap, own in zip(gaps, phones, strict=True):
        curve = at_timing_rate(gap, FRAME_RATE)
        where = within(spoken(own), TIMING_RATE, len(curve), TOLERANCE)
        curves.append(curve / max(float(np.percentile(curve[where], 95.0)), 1e-6))
        nominals.append(nominal_opening(own, TIMING_RATE, len(curve)))
        inside.append(where)
    found = timing(np.concatenate(curves), np.concatenate(nominals), np.concatenate(inside))
    return {"lag": found.lag, "follows_phones": found.correlation}


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
    audio = DialogueAudio(tracks, speaking, separate)
    return generate(engine, Conditions(audio), assets=assets)


def _matched(speaking: np.ndarray, dialogue: RealDialogue) -> np.ndarray:
    """A mix does not say which voice is whose: the order in which `speaking` [2, T] fits the dialogue better."""
    true = true_speaking(dialogue, speaking.shape[1])
    return speaking if (speaking * true).sum() >= (speaking[::-1] * true).sum() else speaking[::-1].copy()
