"""Rollout of the `dualtalk` engine: from the lip reading and the audio features to the motion of both people.

    audio features ─▶ DualTalk without partner's motion ─▶ Prediction ─▶ draw_motion ─▶ Motion ─▶ rows [2, T, 61]
                                                                           ▲                            │
                              mouth, speaking, habits, seed ───────────────┤                            │
                                                                           ▼                            │
    audio features ─▶ DualTalk with partner's motion ───▶ Prediction ─▶ draw_motion ─▶ Motion           │
                                    ▲                                                                   │
                                    └───────────────────────────────────────────────────────────────────┘

`perform` makes both passes; `react` makes the second one only, with the partner's motion given.
T frames at 25 Hz in K windows of 250; D is the width of the audio features.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch

from ...animation.face_assembly import assembled_face
from ...windows import cut_window
from ..acting import MUTE, Speaker, acted_brows
from ..base import Habits, KnownPerson, Motion
from ..lip_reader.listening import LISTENING_WINDOWS, ListeningResult
from ..traits import engine_habits, trait_vector
from .events import event_bias, longest_without_blink, sample_events
from .head_and_eyes import HeadPrediction, draw_head_and_eyes
from .model import EVENTS, Behaviour, DualTalk
from .motion_numbers import expression_of, motion_rows
from .upper_face import draw_upper_face

_BATCH: Final = 4
_DRAWS: Final = 0xD0A1
"""Sets the random numbers drawn here apart from those of staging."""
_FIELDS: Final = ("events", "direction", "posture", "spread", "motion")


@dataclass(frozen=True)
class Prediction:
    """`Behaviour` of the whole dialogue as arrays, without its beats: heads stress what the voices stress."""

    events: np.ndarray  # [2, T, 8]
    direction: np.ndarray  # [2, T, 12]
    posture: np.ndarray  # [2, T, 3]
    spread: np.ndarray  # [2, T, 3]
    motion: np.ndarray  # [2, T, 61]


def perform(
    audio: ListeningResult,
    speaking: np.ndarray,
    network: DualTalk,
    habits: tuple[Habits, Habits],
    seed: int,
    progress: Callable[[int, int], None],
    speakers: tuple[Speaker, Speaker] = (MUTE, MUTE),
) -> Motion:
    """Generate both people's motion in two passes; the partner's motion of the first is an input of the second.

    `speaking` [2, T]; `habits` as a character has them; `speakers` what their voices stress. The same arguments
    give the same motion.
    """
    habits = (engine_habits(habits[0]), engine_habits(habits[1]))
    windows = len(audio.windows)
    first = predict(audio, network, habits, None, lambda done: progress(done, 2 * windows))
    draft = draw_motion(first, audio, speaking, network, habits, seed, speakers)
    rows = motion_rows(draft.expression, draft.jaw, draft.neck, draft.gaze)  # [2, T, 61]
    second = predict(audio, network, habits, rows, lambda done: progress(windows + done, 2 * windows))
    return draw_motion(second, audio, speaking, network, habits, seed, speakers)


def react(
    audio: ListeningResult,
    speaking: np.ndarray,
    network: DualTalk,
    habits: tuple[Habits, Habits],
    seed: int,
    partner: KnownPerson,
    progress: Callable[[int, int], None],
    speakers: tuple[Speaker, Speaker] = (MUTE, MUTE),
) -> Motion:
    """Generate the other person's motion with the motion of `partner` as input, and return both.

    `speaking` [2, T]; `partner` has T frames; the rest as in `perform`. Raises ValueError for another length.
    """
    if partner.frames != audio.frames:
        raise ValueError(f"{partner.frames} frames of motion are given of {audio.frames}")
    habits = (engine_habits(habits[0]), engine_habits(habits[1]))
    given = motion_rows(partner.expression, partner.jaw, partner.neck, partner.gaze)  # [T, 61]
    rows = np.zeros((2, *given.shape), np.float32)  # [2, T, 61]
    rows[partner.person] = given
    windows = len(audio.windows)
    prediction = predict(audio, network, habits, rows, lambda done: progress(done, windows))
    made = draw_motion(prediction, audio, speaking, network, habits, seed, speakers)
    for name in ("expression", "jaw", "neck", "gaze"):
        getattr(made, name)[partner.person] = getattr(partner, name)
    return made


def predict(
    audio: ListeningResult,
    network: DualTalk,
    habits: tuple[Habits, Habits],
    motion: np.ndarray | None,
    progress: Callable[[int], None],
) -> Prediction:
    """Run the network over all windows; `motion` [2, T, 61] of both people, or None where it is not given."""
    device = next(network.parameters()).device
    traits = torch.from_numpy(np.stack([trait_vector(person) for person in habits]))  # [2, 8]
    starts = LISTENING_WINDOWS.starts(audio.frames)
    outputs: dict[str, np.ndarray] = {}
    for first in range(0, len(audio.windows), _BATCH):
        progress(first)
        own = audio.windows[first : first + _BATCH].float()  # [K, 2, 250, D]
        count = len(own)
        partner_motion = None
        if motion is not None:
            cut = [cut_window(motion[::-1], start, LISTENING_WINDOWS.length) for start in starts[first : first + count]]
            partner_motion = torch.from_numpy(np.concatenate(cut))  # [2 K, 250, 61] of each person's partner
        with torch.inference_mode():
            behaviour: Behaviour = network.interact(
                own.flatten(0, 1).to(device),
                own.flip(1).flatten(0, 1).to(device),
                None if partner_motion is None else partner_motion.to(device),
                traits.repeat(count, 1).to(device),
            )
        for name in _FIELDS:
            rows = getattr(behaviour, name).unflatten(0, (count, 2)).float().cpu().numpy()  # [K, 2, 250, …]
            if first == 0:
                outputs[name] = np.empty((2, audio.frames, rows.shape[-1]), np.float32)
            LISTENING_WINDOWS.write_inner(outputs[name], first, rows)
    return Prediction(**outputs)


def draw_motion(
    prediction: Prediction,
    audio: ListeningResult,
    speaking: np.ndarray,
    network: DualTalk,
    habits: tuple[Habits, Habits],
    seed: int,
    speakers: tuple[Speaker, Speaker] = (MUTE, MUTE),
) -> Motion:
    """Draw one motion from `prediction`, with random numbers of `seed`."""
    ages = network.event_ages.detach().float().cpu().numpy()  # [8, 10]
    people = [
        _draw_person(prediction, audio, speaking, ages, habits[who], seed, who, speakers[who]) for who in range(2)
    ]
    expression, jaw, neck, gaze = (np.stack(parts) for parts in zip(*people, strict=True))
    return Motion(expression, jaw, neck, gaze, speaking.astype(np.float32))


def _draw_person(
    prediction: Prediction,
    audio: ListeningResult,
    speaking: np.ndarray,
    ages: np.ndarray,
    habits: Habits,
    seed: int,
    who: int,
    voice: Speaker,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Draw expression [T, 52], jaw [T, 3], neck [T, 3] and gaze [T, 2] of one person."""
    event_rng, face_rng, head_rng, lid_rng, brow_rng = (
        np.random.default_rng([seed, who, purpose, _DRAWS]) for purpose in range(5)
    )
    logits = prediction.events[who] + event_bias(habits, speaking[who])  # [T, 8]
    longest_pause = longest_without_blink(habits["blink_rate"])
    uniform = event_rng.uniform(1e-9, 1, size=(audio.frames, len(EVENTS)))  # [T, 8]
    events = sample_events(logits, ages, uniform, longest_pause)
    onsets = {name: events.began[:, kind] for kind, name in enumerate(EVENTS)}  # [T] each
    predicted = HeadPrediction(*(getattr(prediction, name)[who] for name in ("posture", "spread", "direction")))
    neck, gaze = draw_head_and_eyes(
        head_rng, habits, onsets, events.away, predicted, voice
    )  # [T, 3] and [T, 2] radians
    life = draw_upper_face(face_rng, habits, onsets, speaking[who], expression_of(prediction.motion[who]))
    life = np.maximum(life, acted_brows(brow_rng, audio.frames, voice))
    blinks = onsets["blink"].astype(np.float32)
    expression, jaw = assembled_face(audio.mouth_of(who), life, blinks, speaking[who], lid_rng, voice.stressed)
    return expression, jaw, neck, gaze
