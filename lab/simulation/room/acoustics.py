"""The sound of a dialogue as it is recorded. Nothing here moves a sound by more than two milliseconds.

Rehearsals differ in: level, distance, room, tone, noise of many colours, hum, knocks, babble, a third person in the
background, leakage between the tracks, automatic gain, clipping, band-limiting, telephone and lossy codecs.
"""

# ruff: noqa: PLR2004 - chances and sizes of a distribution are read best where they are drawn

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.signal import lfilter, oaconvolve

from backend.contract.constants import SAMPLE_RATE

from ..script.repertoire import filled
from ..script.sentences import SENTENCES
from ..speech.voices import FLITE_ALONE, draw_voices, speak
from .lines import CODECS, band_pass, control_gain, overdrive, through_codec, through_telephone

_CLEAN_SHARE: Final = 0.2
"""Share of rehearsals recorded as in a studio: no room, no telephone, hardly any noise."""

_BYSTANDER_TABLES: Final = (
    SENTENCES.statements,
    SENTENCES.long_statements,
    SENTENCES.questions,
    *(topic.statements for topic in SENTENCES.topics.values()),
)
_BYSTANDER_SECONDS: Final = 30.0
"""Length of a bystander's speech, which is then repeated."""


@dataclass(frozen=True)
class Conditions:
    """How a dialogue is recorded.

    Decibels: `noise` below the louder track; below the voice of a track, `leakage` of the other's voice into it, and a
    `bystander` or a `babble` (None: nobody) behind it.
    """

    room: bool
    shared_room: bool
    noise: float
    leakage: tuple[float, float]
    bystander: float | None
    babble: float | None
    knocks: bool
    gain_control: bool
    clipping: bool
    band: tuple[float, float] | None
    telephone: bool
    codec: int | None


def draw_conditions(rng: np.random.Generator) -> Conditions:
    """Draw how a dialogue is recorded."""
    if rng.random() < _CLEAN_SHARE:
        return Conditions(
            room=False,
            shared_room=False,
            noise=float(rng.uniform(50, 70)),
            leakage=(100.0, 100.0),
            bystander=None,
            babble=None,
            knocks=False,
            gain_control=False,
            clipping=False,
            band=None,
            telephone=False,
            codec=None,
        )
    telephone = rng.random() < 0.2
    return Conditions(
        room=bool(rng.random() < 0.8),
        shared_room=bool(rng.random() < 0.5),
        noise=float(rng.uniform(10, 50)),
        leakage=(_draw_leakage(rng), _draw_leakage(rng)),
        bystander=float(rng.uniform(10, 28)) if rng.random() < 0.3 else None,
        babble=float(rng.uniform(10, 30)) if rng.random() < 0.15 else None,
        knocks=bool(rng.random() < 0.2),
        gain_control=bool(rng.random() < 0.2),
        clipping=bool(rng.random() < 0.08),
        band=(float(rng.uniform(40, 400)), float(rng.uniform(2600, 7000)))
        if not telephone and rng.random() < 0.25
        else None,
        telephone=bool(telephone),
        codec=int(rng.integers(len(CODECS))) if rng.random() < 0.3 else None,
    )


def record(rng: np.random.Generator, voices: np.ndarray, conditions: Conditions | None = None) -> np.ndarray:
    """Return the tracks of a dialogue as recorded, [2, N] float32 within ±1, in time with the dry `voices` [2, N].

    `conditions` are drawn where none are given. Raises DuologueError (DEPENDENCY_MISSING without flite).
    """
    given = conditions if conditions is not None else draw_conditions(rng)
    tracks = np.stack([_levelled(rng, voice) for voice in voices])  # [2, N]
    loudness = np.maximum([_loudness(track) for track in tracks], 1e-5)  # [2]
    if given.room:
        rooms = [_draw_room(rng)] * 2 if given.shared_room else [_draw_room(rng), _draw_room(rng)]
        tracks = np.stack([_through(track, room) for track, room in zip(tracks, rooms, strict=True)])
    if given.noise < 50:
        tracks = np.stack([_toned(rng, track) for track in tracks])
    leak = 10 ** (-np.array(given.leakage) / 20) * loudness / loudness[::-1]
    tracks = tracks + leak[:, None] * tracks[::-1]
    tracks = tracks + loudness[:, None] * _background(rng, tracks.shape[1], given)
    tracks = _with_noise(rng, tracks, given.noise)
    tracks = np.stack([_apply_line(rng, track, given) for track in tracks])
    return np.asarray(np.clip(tracks, -1, 1).astype(np.float32))


def _apply_line(rng: np.random.Generator, track: np.ndarray, given: Conditions) -> np.ndarray:
    """Apply the microphone's electronics and the line to `track` [N]."""
    if given.gain_control:
        track = control_gain(track)
    if given.clipping:
        track = overdrive(track, float(rng.uniform(3, 12)))
    if given.band is not None:
        track = band_pass(track, *given.band)
    if given.telephone:
        track = through_telephone(track)
    if given.codec is not None:
        track = through_codec(rng, track, CODECS[given.codec])
    return track


def _background(rng: np.random.Generator, count: int, given: Conditions) -> np.ndarray:
    """Other people and things. [2, N], 1 is as loud as the voice."""
    sounds = np.zeros((2, count))
    if given.bystander is not None:
        bystander = draw_bystander(rng, count)
        far = _through(bystander, _draw_room(rng)) if rng.random() < 0.5 else bystander
        # Mostly in one microphone, or in both, never equally loud.
        share = rng.permutation([1.0, float(rng.choice((0.0, 0.3, 0.8)))])
        sounds += share[:, None] * far * 10 ** (-given.bystander / 20)
    if given.babble is not None:
        sounds += draw_babble(rng, count, int(rng.integers(3, 8))) * 10 ** (-given.babble / 20)
    if given.knocks:
        sounds += np.stack([_draw_knocks(rng, count) for _ in range(2)])
    return sounds


def draw_bystander(rng: np.random.Generator, count: int) -> np.ndarray:
    """Draw somebody who speaks all the time with short pauses. [count] float32, loudness 1 (root mean square).

    Raises DuologueError (DEPENDENCY_MISSING without flite).
    """
    voice = draw_voices(rng, FLITE_ALONE)[0]
    parts: list[np.ndarray] = []
    length, wanted = 0, min(count, round(_BYSTANDER_SECONDS * SAMPLE_RATE))
    while length < wanted:
        table = _BYSTANDER_TABLES[int(rng.integers(len(_BYSTANDER_TABLES)))]
        text = filled(rng, None, table[int(rng.integers(len(table)))])
        said = speak(text, voice, float(np.clip(rng.normal(1, 0.1), 0.8, 1.25))).samples
        pause = np.zeros(round(float(rng.exponential(0.35)) * SAMPLE_RATE), np.float32)
        parts += [said, pause]
        length += len(said) + len(pause)
    whole = np.concatenate(parts)
    repeated = np.resize(np.roll(whole, int(rng.integers(len(whole)))), count)
    return np.asarray(repeated / max(float(np.sqrt(np.mean(np.square(whole)))), 1e-9), np.float32)


def draw_babble(rng: np.random.Generator, count: int, people: int) -> np.ndarray:
    """Draw many people at once: one bystander's speech at `people` moments and sizes. [count] float32, loudness 1."""
    voice = draw_bystander(rng, count)
    babble = np.zeros(count, np.float32)
    for _ in range(people):
        # Read faster or slower, it is another person's voice.
        steps = np.arange(count) * float(rng.uniform(0.82, 1.2)) + rng.integers(count)
        babble += np.interp(steps % max(count - 1, 1), np.arange(count), voice).astype(np.float32)
    return np.asarray(babble / max(float(np.sqrt(np.mean(np.square(babble)))), 1e-9), np.float32)


def _draw_leakage(rng: np.random.Generator) -> float:
    """Draw the leakage in decibels: mostly little, at times as of two microphones on one table."""
    return float(rng.uniform(10, 25) if rng.random() < 0.35 else rng.uniform(25, 60))


def _loudness(voice: np.ndarray) -> float:
    """Root mean square where it sounds."""
    sounding = np.abs(voice) > 1e-4
    return float(np.sqrt(np.mean(np.square(voice[sounding])))) if sounding.any() else 0.0


def _levelled(rng: np.random.Generator, voice: np.ndarray) -> np.ndarray:
    """Scaled to a speech level between −38 and −14 dB of full scale, the loud parts kept below clipping."""
    gain = 10 ** (rng.uniform(-38, -14) / 20) / (_loudness(voice) or 1.0)
    peak = float(np.abs(voice).max(initial=0.0))
    return np.asarray(voice * min(gain, 0.98 / max(peak, 1e-6)))


def _draw_room(rng: np.random.Generator) -> np.ndarray:
    """A room's response: the direct sound, a few early echoes, then noise that decays by 60 dB within 0.1–1.2 s.

    High frequencies decay sooner, as air and furniture swallow them.
    """
    decay = float(np.exp(rng.uniform(np.log(0.1), np.log(1.2))))
    length = round(decay * SAMPLE_RATE)
    time = np.arange(length) / SAMPLE_RATE
    tail = rng.standard_normal(length)
    dull = lfilter([0.35], [1, -0.65], tail)
    tail = tail * 10 ** (-3 * time / (decay * rng.uniform(0.4, 0.9))) + 1.5 * dull * 10 ** (-3 * time / decay)
    tail[: round(0.003 * SAMPLE_RATE)] = 0
    early = rng.integers(round(0.003 * SAMPLE_RATE), round(0.04 * SAMPLE_RATE), 6)
    tail[early[early < length]] += rng.choice((-1, 1)) * 4.0
    tail *= 10 ** (-rng.uniform(2, 24) / 20) / np.linalg.norm(tail)
    tail[0] = 1.0
    return np.asarray(tail)


def _through(track: np.ndarray, room: np.ndarray) -> np.ndarray:
    return np.asarray(oaconvolve(track, room)[: len(track)])


def _toned(rng: np.random.Generator, track: np.ndarray) -> np.ndarray:
    """Brighter or darker: one pole of pre- or de-emphasis, level kept."""
    tilt = rng.uniform(-0.6, 0.6)
    toned = lfilter([1.0, -tilt], [1.0], track) if tilt > 0 else lfilter([1.0], [1.0, tilt], track)
    before, after = float(np.std(track)), float(np.std(toned))
    return np.asarray(toned) * (before / max(after, 1e-9))


def _with_noise(rng: np.random.Generator, tracks: np.ndarray, ratio: float) -> np.ndarray:
    """Noise `ratio` dB below the louder track: from red to white, swelling slowly, at times with the mains' hum."""
    count = tracks.shape[1]
    noise = lfilter([1.0], [1.0, -rng.uniform(0.0, 0.98)], rng.standard_normal(tracks.shape), axis=1)
    swell = np.interp(np.arange(count), np.linspace(0, count, 12), rng.normal(0, 2, 12))  # decibels
    noise *= 10 ** (swell / 20)
    noise /= np.maximum(noise.std(axis=1, keepdims=True), 1e-9)
    if rng.random() < 0.2:
        mains = float(rng.choice((50, 60))) * np.arange(1, 8)
        phase = 2 * np.pi * mains[:, None] * np.arange(count) / SAMPLE_RATE
        noise += (np.sin(phase) / np.arange(1, 8)[:, None]).sum(axis=0) * rng.uniform(0.2, 1.5)
    level = np.sqrt(np.mean(np.square(tracks), axis=1)).max() * 10 ** (-ratio / 20)
    return np.asarray(tracks + noise * level)


def _draw_knocks(rng: np.random.Generator, count: int) -> np.ndarray:
    """Keys, cups and chairs: short bursts, two in ten seconds, from a twentieth of a voice to its own loudness.

    [N], 1 is as loud as the voice.
    """
    knocks = np.zeros(count)
    for begin in rng.integers(0, count, rng.poisson(0.2 * count / SAMPLE_RATE)):
        length = round(float(rng.uniform(0.01, 0.08)) * SAMPLE_RATE)
        burst = rng.standard_normal(length) * np.exp(-5 * np.arange(length) / length)
        end = min(count, begin + length)
        knocks[begin:end] += 10 ** (rng.uniform(-26, 0) / 20) * burst[: end - begin]
    return knocks
