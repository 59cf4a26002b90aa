"""The same listener before the real partner and before exchanged ones: what the engine expects of the listener."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from backend.contract.constants import FRAME_RATE, SAMPLES_PER_FRAME
from backend.engines.base import DialogueAudio, Motion
from backend.engines.dualtalk.events import sample_events
from backend.engines.dualtalk.model import EVENTS, DualTalk
from backend.engines.dualtalk.motion_numbers import motion_rows
from backend.engines.dualtalk.rollout import predict
from backend.engines.lip_reader.listening import ListeningResult, listen
from backend.engines.lip_reader.model import LipReader
from backend.engines.traits import engine_habits

from ...simulation.event_targets import event_targets
from ...simulation.rehearsal import Rehearsal
from ..benchmark_inputs import CachingEncoder

REHEARSED: Final = "as rehearsed"
REAL: Final = "real"
MUTED: Final = "muted"
UNSEEN: Final = "unseen"
OTHER_MOTION: Final = "another's motion"
OTHER_SOUND: Final = "another's sound"
LATE: Final = "5 s late"

PARTNERS: Final = {
    REHEARSED: "no network: what the listener of the rehearsal did before the real partner",
    REAL: "the real partner: sound, floor and motion",
    MUTED: "silence, no floor, motion not known",
    UNSEEN: "the real sound, motion not known",
    OTHER_MOTION: "the real sound, the motion of somebody in another dialogue",
    OTHER_SOUND: "the real motion, the sound and floor of somebody in another dialogue",
    LATE: "sound, floor and motion of the real partner, all 5 s late (turned round)",
}
"""What the listener is put before; the first is what all others are measured by."""

LATE_SECONDS: Final = 5.0
SAMPLES: Final = 16
"""Performances that are drawn from one prediction."""

_ORDINARY: Final = engine_habits({})


@dataclass(frozen=True)
class Reaction:
    """One listener before one partner: `chances` [T, 8] that an event begins on a frame, long after the last one;
    `began` [T, 8] and `at_partner` [T] shares of SAMPLES performances; `given` and `real`: signal → [T] of the partner
    that the network was given, where there is one, and of the real one; `turns` [T] bool of the partner given.
    """

    chances: np.ndarray
    began: np.ndarray
    at_partner: np.ndarray
    given: dict[str, np.ndarray]
    real: dict[str, np.ndarray]
    turns: np.ndarray


def react_to_all(
    rehearsals: Sequence[Rehearsal],
    encoder: CachingEncoder,
    lips: LipReader,
    network: DualTalk,
    progress: Callable[[int, int], None],
) -> dict[str, list[Reaction]]:
    """PARTNERS → the reactions of both people of every rehearsal. Another dialogue is the one that follows."""
    found: dict[str, list[Reaction]] = {name: [] for name in PARTNERS}
    for index, rehearsal in enumerate(rehearsals):
        progress(index, len(rehearsals))
        other = rehearsals[(index + 1) % len(rehearsals)]
        for listener in range(2):
            for name, reaction in _before_everybody(rehearsal, other, listener, encoder, lips, network, index):
                found[name].append(reaction)
    progress(len(rehearsals), len(rehearsals))
    return found


def _before_everybody(
    rehearsal: Rehearsal,
    other: Rehearsal,
    listener: int,
    encoder: CachingEncoder,
    lips: LipReader,
    network: DualTalk,
    index: int,
) -> Iterator[tuple[str, Reaction]]:
    """(name, reaction) for each of PARTNERS."""
    partner = 1 - listener
    frames = rehearsal.motion.frames
    late = round(LATE_SECONDS * FRAME_RATE)
    speaking = rehearsal.speaking[:, :frames]
    real = signals_of(rehearsal.events, rehearsal.speaking, partner)
    others = {
        name: np.resize(curve, frames) for name, curve in signals_of(other.events, other.speaking, partner).items()
    }
    rows = _rows(rehearsal.motion)
    other_rows = _fitted(_rows(other.motion), frames)

    def read_lips(track: np.ndarray, floor: np.ndarray) -> ListeningResult:
        """The dialogue with the partner's `track` [N] and `floor` [T] put in."""
        tracks, speaks = rehearsal.audio.copy(), speaking.copy()
        tracks[partner], speaks[partner] = track, floor
        audio = DialogueAudio(tracks, speaks, separate=True)
        return listen(audio, encoder, lips, network.encode_audio, lambda _done, _total: None)  # type: ignore[arg-type]

    turns = turns_of(rehearsal.events, partner)
    others_turns = np.resize(turns_of(other.events, partner), frames)

    def reaction(
        sound: ListeningResult, motion: np.ndarray | None, given: dict[str, np.ndarray], turns: np.ndarray = turns
    ) -> Reaction:
        logits = predict(sound, network, (_ORDINARY, _ORDINARY), motion, lambda _done: None).events[listener]
        began, at_partner = _drawn(logits.astype(np.float64), network, (index, listener))
        return Reaction(1.0 / (1.0 + np.exp(-logits)), began, at_partner, given, real, turns)

    track, floor = rehearsal.audio[partner], speaking[partner]
    true = read_lips(track, floor)
    silent = read_lips(np.zeros_like(track), np.zeros_like(floor))
    swapped = read_lips(np.resize(other.audio[partner], len(track)), np.resize(other.speaking[partner], frames))
    turned = read_lips(np.roll(track, late * SAMPLES_PER_FRAME), np.roll(floor, late))
    did = event_targets(rehearsal.events).onsets[listener]
    yield REHEARSED, Reaction(did, did, 1.0 - rehearsal.events["gaze_away"][listener], real, real, turns)
    yield REAL, reaction(true, rows, real)
    yield MUTED, reaction(silent, None, {})
    yield UNSEEN, reaction(true, None, _from(real, {}))
    yield OTHER_MOTION, reaction(true, other_rows, _from(real, others))
    yield OTHER_SOUND, reaction(swapped, rows, _from(others, real), others_turns)
    late_signals = {name: np.roll(curve, late) for name, curve in real.items()}
    yield LATE, reaction(turned, np.roll(rows, late, axis=1), late_signals, np.roll(turns, late))


def _drawn(logits: np.ndarray, network: DualTalk, seed: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """`began` [T, 8] and `at_partner` [T] of `Reaction` from `logits` [T, 8].

    A listener has the same random numbers before every partner, so that what differs comes from the partner.
    """
    ages = network.event_ages.detach().float().cpu().numpy()
    rng = np.random.default_rng(seed)
    began, away = np.zeros(logits.shape), np.zeros(len(logits))
    for _ in range(SAMPLES):
        drawn = sample_events(logits, ages, rng.uniform(1e-9, 1, size=(len(logits), len(EVENTS))))
        began += drawn.began / SAMPLES
        away += drawn.away / SAMPLES
    return began, 1.0 - away


def _rows(motion: Motion) -> np.ndarray:
    return motion_rows(motion.expression, motion.jaw, motion.neck, motion.gaze)


def _fitted(rows: np.ndarray, frames: int) -> np.ndarray:
    """[2, T, 61] of another length → [2, frames, 61], from the start again where it is too short."""
    return rows[:, np.arange(frames) % rows.shape[1]]


def _from(sound: dict[str, np.ndarray], motion: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The signals of a partner of whom `sound` and `motion` are known so far."""
    sources = {"sound": sound, "motion": motion}
    return {name: sources[channel][name] for name, channel in CHANNELS.items() if name in sources[channel]}


AT_PARTNER: Final = "at_partner"
"""Share of the sampled performances in which the listener looks at the partner."""

_AFTER: Final = 0.6
"""Seconds after a turn in which its end is still answered."""

Channel = Literal["sound", "motion"]
"""What carries a signal: the partner's sound (and with it who has the floor) or the partner's motion."""


@dataclass(frozen=True)
class Pair:
    """`answer` of the listener, one of EVENTS or AT_PARTNER, to the `signal` of the partner."""

    answer: str
    signal: str

    @property
    def name(self) -> str:
        """The answer and the signal in words."""
        return f"{self.answer.replace('_', ' ')} ← {self.signal}"


CHANNELS: Final[dict[str, Channel]] = {
    "invites an answer": "sound",
    "falls silent": "sound",
    "yields the floor": "sound",
    "takes the floor": "sound",
    "speaks": "sound",
    "begins to smile": "motion",
    "looks at the listener": "motion",
    "looks away": "motion",
    "nods": "motion",
    "blinks": "motion",
    "raises the brows": "motion",
}
"""Signal → what carries it."""

PAIRS: Final = (
    Pair("nod", "invites an answer"),
    Pair("nod", "falls silent"),
    Pair("smile", "begins to smile"),
    Pair("look_away", "yields the floor"),
    Pair("look_back", "takes the floor"),
    Pair(AT_PARTNER, "speaks"),
    Pair("look_back", "looks at the listener"),
    Pair("brow_raise", "invites an answer"),
    Pair("look_away", "looks away"),
    Pair("nod", "nods"),
    Pair("blink", "blinks"),
    Pair("brow_raise", "raises the brows"),
)
"""What is measured, in the order of the report."""


def signals_of(events: Mapping[str, np.ndarray], speaking: np.ndarray, person: int) -> dict[str, np.ndarray]:
    """Signal → [T], from the arrays of `Rehearsal.events` and `speaking` [2, T] of a dialogue."""
    voice = (speaking[person] > 0.5).astype(np.float64)  # noqa: PLR2004  (more of a frame than not)
    floor = events["floor"][person].astype(np.float64)
    away = (events["gaze_away"][person] > 0.5).astype(np.float64)  # noqa: PLR2004
    return {
        "invites an answer": events["invitation"][person].astype(np.float64),
        "falls silent": _rises(-voice),
        "yields the floor": _rises(-floor),
        "takes the floor": _rises(floor),
        "speaks": voice,
        # 1 of itself, 2 as an answer to the listener, which would turn cause and effect round.
        "begins to smile": (events["smile_onset"][person] == 1).astype(np.float64),
        "looks at the listener": _rises(-away),
        "looks away": _rises(away),
        "nods": (events["nod"][person] > 0).astype(np.float64),
        "blinks": (events["blink"][person] > 0).astype(np.float64),
        "raises the brows": (events["brow_raise"][person] > 0).astype(np.float64),
    }


def turns_of(events: Mapping[str, np.ndarray], person: int) -> np.ndarray:
    """[T] bool: `person` has the floor, or gave it up in the last _AFTER seconds."""
    floor = events["floor"][person] > 0.5  # noqa: PLR2004
    since = np.cumsum(floor)
    after = round(_AFTER * FRAME_RATE) + 1
    earlier = np.concatenate((np.zeros(after, since.dtype), since))[: len(since)]
    return np.asarray(floor | (since > earlier))


def answers_of(events: np.ndarray, at_partner: np.ndarray) -> dict[str, np.ndarray]:
    """Answer → [T], from `events` [T, 8] in the order of EVENTS and the share `at_partner` [T]."""
    return {name: events[:, kind] for kind, name in enumerate(EVENTS)} | {AT_PARTNER: at_partner}


def _rises(curve: np.ndarray) -> np.ndarray:
    """[T] how much `curve` [T] rises towards each frame."""
    return np.maximum(np.diff(curve, prepend=curve[:1]), 0.0)
