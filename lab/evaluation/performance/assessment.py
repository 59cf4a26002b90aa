"""Every measure of one performance, from what is known about its dialogue: phones, recordings, prompt, a truth."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from backend.animation.moments import moments_of_speech
from backend.contract.constants import JOINT_NAMES
from backend.contract.face import Face
from backend.contract.performance import Performance
from backend.prosody.phrases import phrase_spans, phrases_of

from ..measures import behaviour as head_motion
from ..measures.dualtalk_metrics import Compared, clip_metrics
from ..measures.face_motion import face_motion
from ..measures.gaze import gaze_numbers
from ..measures.head_accents import head_numbers
from ..measures.landmarks import SeenHead, seen_heads
from ..measures.lips import AWAY_FROM_SPEECH, TOLERANCE, LipMeasures, measure_lips, opening_in_speech, shut_up_to
from ..measures.phones import TIMING_RATE, Phone, at_timing_rate, loudness, nominal_opening, spoken, timing, within
from ..measures.responses import at_frame_rate, breath_numbers, response_numbers
from ..measures.staging import StagingError, angle_to_partner, at_partner, share, staging_error

_LOUD: Final = 0.4
"""Loudness, 0 to 1 over 40 dB, above which a track of one's own holds speech and not the partner's leakage."""
_SPEAKS: Final = 0.5
_JAW: Final = JOINT_NAMES.index("jaw")


@dataclass(frozen=True)
class Evidence:
    """Evidence that a performance is measured against.

    `phones` of each person in seconds, () where they are not known; `samples` [N] at SAMPLE_RATE of each person, None
    where there is no recording; `mixed` where both are one recording of both voices; `truth` another performance of the
    same dialogue in the same face; `prompt` the sentence, None without one, and `prompt_without` what is not
    inferred from it.
    """

    phones: tuple[tuple[Phone, ...], tuple[Phone, ...]] = ((), ())
    samples: tuple[np.ndarray | None, np.ndarray | None] = (None, None)
    mixed: bool = False
    truth: Performance | None = None
    prompt: str | None = None
    prompt_without: tuple[str, ...] = ()


@dataclass(frozen=True)
class Traces:
    """Curves of both people for pictures: `heads`, `speech` [2, T] bool, `shut` millimetres each, `at_partner` [2, T],
    `angle` [2, T] radians to the partner, `spectra` of pitch and yaw as (hertz, power) each.
    """

    heads: tuple[SeenHead, SeenHead]
    speech: np.ndarray
    shut: tuple[float, float]
    at_partner: np.ndarray
    angle: np.ndarray
    turning: tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Assessment:
    """`persons` and `both`: name → number, nan where it could not be measured; `speech_from` the source of who
    speaks when (phones, recording or performance); `comparison` DualTalk's metrics of each person, {} without a truth.
    """

    persons: tuple[dict[str, float], dict[str, float]]
    both: dict[str, float]
    speech_from: tuple[str, str]
    jumps: tuple[head_motion.Jump, head_motion.Jump]
    traces: Traces
    staging: StagingError | None = None
    comparison: tuple[dict[str, float], dict[str, float]] = field(default_factory=lambda: ({}, {}))


def assess(performance: Performance, face: Face, evidence: Evidence) -> Assessment:
    """Measure `performance` on `face`.

    Raises DuologueError (BAD_REQUEST, FACE_INVALID, PERFORMANCE_INVALID, DEPENDENCY_MISSING) as the measures do.
    """
    fps, frames = performance.fps, performance.frame_count
    heads = seen_heads(performance, face)
    comparison = ({}, {}) if evidence.truth is None else _compared(performance, evidence.truth)
    known_speech = [_speech(performance, evidence, who) for who in range(2)]
    speech = np.stack([flags for flags, _ in known_speech])  # [2, T] bool
    eyes, sight = (np.stack([getattr(head, name) for head in heads]) for name in ("eyes", "sight"))
    looks = at_partner(eyes, sight)
    lips = [
        measure_lips(head.gap, head.width, phones, fps) if phones else None
        for head, phones in zip(heads, evidence.phones, strict=True)
    ]
    persons = [
        _mouth(heads[who], lips[who], speech[[who, 1 - who]], evidence, who, fps)
        | _behaviour(heads[who], speech[who], speech[1 - who], looks[who], fps)
        | _stress(heads[who], speech[who], evidence.samples[who], fps)
        | _answers(heads[who], performance.translation[who, :, 1], speech[[who, 1 - who]], fps)
        | face_motion(
            performance.expression[who], face.expression_names, performance.pose[who, :, _JAW], speech[who], fps
        )
        for who in range(2)
    ]
    for who, numbers in enumerate(_gaze(heads, eyes, sight, speech, fps)):
        persons[who] |= numbers
    known = [measures for measures in lips if measures is not None]
    both = _pooled(known) | {"mutual_gaze": share(looks[0] & looks[1], np.ones(frames, bool))}
    staged = None
    if evidence.prompt is not None:
        trunks = np.stack([head.trunk for head in heads])
        staged = staging_error(evidence.prompt, performance.speakers, eyes, trunks, evidence.prompt_without)
    first, second = (head_motion.largest_jump(head.landmarks, head.names, fps) for head in heads)
    return Assessment(
        persons=(persons[0], persons[1]),
        both=both,
        speech_from=(known_speech[0][1], known_speech[1][1]),
        jumps=(first, second),
        traces=_traces(heads, speech, looks, angle_to_partner(eyes, sight)),
        staging=staged,
        comparison=comparison,
    )


def _speech(performance: Performance, evidence: Evidence, who: int) -> tuple[np.ndarray, str]:
    """[T] bool where person `who` speaks, and the source: phones, else a recording, else the performance."""
    fps, frames = performance.fps, performance.frame_count
    if evidence.phones[who]:
        return within(spoken(evidence.phones[who]), fps, frames, TOLERANCE), "phones"
    samples = evidence.samples[who]
    if samples is not None and not evidence.mixed:
        loud = loudness(samples, round(frames * TIMING_RATE / fps)) > _LOUD
        return loud[np.minimum((np.arange(frames) * TIMING_RATE / fps).astype(int), len(loud) - 1)], "recording"
    return performance.speaking[who] > _SPEAKS, "performance"


def _mouth(
    head: SeenHead, lips: LipMeasures | None, speech: np.ndarray, evidence: Evidence, who: int, fps: float
) -> dict[str, float]:
    """Lips against phones where they are known, else silence as `speech` [2, T] has it, own first; and timing."""
    own, partner = speech
    silent = ~_widened(own, AWAY_FROM_SPEECH, fps)
    numbers = {
        "opening_in_speech": opening_in_speech(head.gap, own),
        "open_in_silence": share(head.gap > shut_up_to(head.gap, own), silent),
    }
    if lips is not None:
        numbers |= lips.numbers()
    curve = at_timing_rate(head.gap, fps)
    phones, samples = evidence.phones[who], evidence.samples[who]
    if phones:
        nominal = nominal_opening(phones, TIMING_RATE, len(curve))
        found = timing(curve, nominal, within(spoken(phones), TIMING_RATE, len(curve), TOLERANCE))
        numbers |= {"lag": found.lag, "follows_phones": found.correlation, "follows_phones_at_lag": found.best}
    if samples is not None:
        alone = own & ~partner if evidence.mixed else own
        where = at_timing_rate(_widened(alone, AWAY_FROM_SPEECH, fps).astype(float), fps) > _SPEAKS
        found = timing(curve, loudness(samples, len(curve)), where)
        numbers |= {"lag_to_loudness": found.lag, "follows_loudness": found.correlation}
    return numbers


def _behaviour(
    head: SeenHead, speaking: np.ndarray, partner: np.ndarray, looks: np.ndarray, fps: float
) -> dict[str, float]:
    everywhere = np.ones(len(speaking), bool)
    listening = partner & ~speaking
    angles = head_motion.pitch_yaw_roll(head.head)  # [T, 3] radians
    nods = head_motion.nod_times(angles[:, 0], fps)
    blinks = head_motion.blink_times(head.lids, fps)
    frozen = head_motion.still_frames(head.landmarks, fps)
    numbers = {
        "blinks": head_motion.a_minute(blinks, fps, everywhere) if np.isfinite(head.lids).all() else float("nan"),
        "nods": head_motion.a_minute(nods, fps, everywhere),
        "nods_listening": head_motion.a_minute(nods, fps, listening),
        "at_partner_speaking": share(looks, speaking),
        "at_partner_listening": share(looks, listening),
        "frozen": float(frozen.mean()),
        "longest_frozen": head_motion.longest_run(frozen) / fps,
        "largest_jump": head_motion.largest_jump(head.landmarks, head.names, fps).millimetres,
        "largest_jump_without_lids": head_motion.largest_jump(head.landmarks, head.names, fps, "eyelid").millimetres,
        "head_spread_pitch": float(np.degrees(angles[:, 0].std())),
        "head_spread_yaw": float(np.degrees(angles[:, 1].std())),
    }
    for name, angle in (("pitch", angles[:, 0]), ("yaw", angles[:, 1])):
        shares = head_motion.band_shares(angle, fps)
        numbers |= {
            f"{name}_power_{low:g}_{high:g}": portion
            for (low, high), portion in zip(head_motion.BANDS, shares, strict=True)
        }
    return numbers


def _stress(head: SeenHead, speech: np.ndarray, samples: np.ndarray | None, fps: float) -> dict[str, float]:
    """The head's accents on the vowels that `samples` [N] stress, and how it moves and rests in `speech` [T].

    Of a recording of both, what is said while this person speaks counts as theirs.
    """
    vowels: list[float] = []
    if samples is not None:
        heard = at_frame_rate(speech, fps).astype(float)
        vowels = [accent.time for phrase in phrases_of(samples, heard) for accent in phrase.accents]
    return head_numbers(head_motion.pitch_yaw_roll(head.head), speech, vowels, fps)


def _answers(head: SeenHead, height: np.ndarray, speech: np.ndarray, fps: float) -> dict[str, float]:
    """How this person listens and breathes: `height` [T] metres, `speech` [2, T] bool, own first."""
    said, heard = (phrase_spans(at_frame_rate(flags, fps).astype(float)) for flags in speech)
    pitch = head_motion.pitch_yaw_roll(head.head)[:, 0]
    return response_numbers(head.width, pitch, speech[0], heard, fps) | breath_numbers(head.gap, height, said, fps)


def _gaze(
    heads: tuple[SeenHead, SeenHead], eyes: np.ndarray, sight: np.ndarray, speech: np.ndarray, fps: float
) -> list[dict[str, float]]:
    """`eyes`, `sight` [2, T, 3] and `speech` [2, T] of both people."""
    moments = moments_of_speech(np.stack([at_frame_rate(flags, fps) for flags in speech]).astype(float))
    return [
        gaze_numbers(
            sight[who], eyes[1 - who] - eyes[who], heads[who].head, head_motion.blink_times(heads[who].lids, fps),
            moments, who, fps,
        )
        for who in range(2)
    ]  # fmt: skip


def _pooled(lips: list[LipMeasures]) -> dict[str, float]:
    """The phones of everybody taken together."""
    if not lips:
        return {}
    total = lips[0]
    for person in lips[1:]:
        total = total + person
    return total.numbers()


def _compared(performance: Performance, truth: Performance) -> tuple[dict[str, float], dict[str, float]]:
    """DualTalk's metrics of each person: expression, jaw, and head rotation (the neck's)."""
    arrays = [(take.expression, take.pose[:, :, 2], take.pose[:, :, 1]) for take in (performance, truth)]
    first, second = (
        clip_metrics(
            {
                part: Compared(predicted[who], true[who], true[1 - who])
                for part, predicted, true in zip(("exp", "jaw", "pose"), *arrays, strict=True)
            }
        )
        for who in range(2)
    )
    return first, second


def _traces(heads: tuple[SeenHead, SeenHead], speech: np.ndarray, looks: np.ndarray, angle: np.ndarray) -> Traces:
    first, second = (shut_up_to(head.gap, speech[who]) for who, head in enumerate(heads))
    first_angles, second_angles = (head_motion.pitch_yaw_roll(head.head) for head in heads)
    return Traces(heads, speech, (first, second), looks, angle, (first_angles, second_angles))


def _widened(flags: np.ndarray, seconds: float, fps: float) -> np.ndarray:
    """[T] bool with every True spread over `seconds` to both sides."""
    reach = round(seconds * fps)
    kernel = np.ones(2 * reach + 1)
    return np.asarray(np.convolve(flags.astype(float), kernel, mode="full")[reach : reach + len(flags)] > _SPEAKS)
