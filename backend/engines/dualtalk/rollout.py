"""The second half of the engine: from what was heard to the motion of both people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch

from ...animation.blinks import draw_blink_lengths, render_blinks
from ...animation.lip_closure import settle_mouth
from ...animation.lip_smoothing import steady_lips
from ...contract.arkit import ARKIT_INDEX
from ..base import Habits, KnownPerson, Motion
from ..lip_reader.listening import MARGIN, STEP, Heard, window_of
from ..traits import engine_habits, trait_vector
from .events import event_bias, longest_without_blink, sample_events
from .head_and_eyes import HeadPrediction, draw_head_and_eyes
from .model import EVENTS, Behaviour, DualTalk
from .motion_numbers import expression_of, motion_rows
from .upper_face import draw_upper_face

_BATCH: Final = 4
_FIELDS: Final = ("events", "direction", "beats", "posture", "spread", "motion")


@dataclass(frozen=True)
class Prediction:
    """`dualtalk.Behaviour` of the whole dialogue as arrays [2, T, …]."""

    events: np.ndarray
    direction: np.ndarray
    beats: np.ndarray
    posture: np.ndarray
    spread: np.ndarray
    motion: np.ndarray


def perform(
    heard: Heard,
    speaking: np.ndarray,
    network: DualTalk,
    habits: tuple[Habits, Habits],
    seed: int,
    progress: Callable[[int, int], None],
) -> Motion:
    """Both people's motion in two passes: the second one sees what the partner does in the first.

    `speaking` [2, T]; `habits` as a character has them. The same arguments give the same motion.
    """
    habits = (engine_habits(habits[0]), engine_habits(habits[1]))
    windows = len(heard.windows)
    alone = predict(heard, network, habits, None, lambda done: progress(done, 2 * windows))
    rehearsed = draw_motion(alone, heard, speaking, network, habits, seed)
    rows = motion_rows(rehearsed.expression, rehearsed.jaw, rehearsed.neck, rehearsed.gaze)
    together = predict(heard, network, habits, rows, lambda done: progress(windows + done, 2 * windows))
    return draw_motion(together, heard, speaking, network, habits, seed)


def react(
    heard: Heard,
    speaking: np.ndarray,
    network: DualTalk,
    habits: tuple[Habits, Habits],
    seed: int,
    known: KnownPerson,
    progress: Callable[[int, int], None],
) -> Motion:
    """`known` as it is, and the partner's motion, whose network sees it at every moment.

    `speaking` [2, T]; `known` has T frames; the rest as in `perform`. Raises ValueError for another length.
    """
    if known.frames != heard.frames:
        raise ValueError(f"{known.frames} frames are known of {heard.frames}")
    habits = (engine_habits(habits[0]), engine_habits(habits[1]))
    given = motion_rows(known.expression, known.jaw, known.neck, known.gaze)  # [T, 61]
    rows = np.zeros((2, *given.shape), np.float32)
    rows[known.person] = given
    windows = len(heard.windows)
    prediction = predict(heard, network, habits, rows, lambda done: progress(done, windows))
    made = draw_motion(prediction, heard, speaking, network, habits, seed)
    for name in ("expression", "jaw", "neck", "gaze"):
        getattr(made, name)[known.person] = getattr(known, name)
    return made


def predict(
    heard: Heard,
    network: DualTalk,
    habits: tuple[Habits, Habits],
    motion: np.ndarray | None,
    progress: Callable[[int], None],
) -> Prediction:
    """The network over all windows; `motion` [2, T, 61] of both people, or None when it is not known yet."""
    device = next(network.parameters()).device
    traits = torch.from_numpy(np.stack([trait_vector(one) for one in habits]))
    found: dict[str, list[np.ndarray]] = {name: [] for name in _FIELDS}
    for first in range(0, len(heard.windows), _BATCH):
        progress(first)
        own = heard.windows[first : first + _BATCH].float()  # [K, 2, 250, D]
        count = len(own)
        partner_motion = None
        if motion is not None:
            starts = [(first + index) * STEP - MARGIN for index in range(count)]
            partner_motion = torch.from_numpy(np.concatenate([window_of(motion[::-1], start) for start in starts]))
        with torch.inference_mode():
            behaviour: Behaviour = network.interact(
                own.flatten(0, 1).to(device),
                own.flip(1).flatten(0, 1).to(device),
                None if partner_motion is None else partner_motion.to(device),
                traits.repeat(count, 1).to(device),
            )
        for name, pieces in found.items():
            inner = getattr(behaviour, name)[:, MARGIN : MARGIN + STEP].float().cpu().numpy()
            pieces.append(inner.reshape(count, 2, STEP, -1))
    joined = {
        name: np.concatenate(pieces).transpose(1, 0, 2, 3).reshape(2, -1, pieces[0].shape[-1])[:, : heard.frames]
        for name, pieces in found.items()
    }
    return Prediction(**joined)


def draw_motion(
    prediction: Prediction,
    heard: Heard,
    speaking: np.ndarray,
    network: DualTalk,
    habits: tuple[Habits, Habits],
    seed: int,
) -> Motion:
    """One performance out of the many that `prediction` allows: the one of `seed`."""
    ages = network.event_ages.detach().float().cpu().numpy()
    people = [_draw_person(prediction, heard, speaking, ages, habits[who], seed, who) for who in range(2)]
    expression, jaw, neck, gaze = (np.stack(parts) for parts in zip(*people, strict=True))
    return Motion(expression, jaw, neck, gaze, speaking.astype(np.float32))


def _draw_person(
    prediction: Prediction,
    heard: Heard,
    speaking: np.ndarray,
    ages: np.ndarray,
    habits: Habits,
    seed: int,
    who: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Expression [T, 52], jaw [T, 3], neck [T, 3] and gaze [T, 2] of one person."""
    dice, face, head, lid = (np.random.default_rng([seed, who, purpose]) for purpose in range(4))
    logits = prediction.events[who] + event_bias(habits, speaking[who])
    patience = longest_without_blink(habits["blink_rate"])
    events = sample_events(logits, ages, dice.uniform(1e-9, 1, size=(heard.frames, len(EVENTS))), patience)
    onsets = {name: events.began[:, kind] for kind, name in enumerate(EVENTS)}
    predicted = HeadPrediction(
        *(getattr(prediction, name)[who] for name in ("beats", "posture", "spread", "direction"))
    )
    neck, gaze = draw_head_and_eyes(head, habits, onsets, events.away, predicted)
    life = draw_upper_face(face, habits, onsets, speaking[who], expression_of(prediction.motion[who]))
    lips, opening = steady_lips(heard.expression[who], heard.jaw[who], speaking[who])
    expression, opening = settle_mouth(lips, opening, heard.closure[who], heard.touch[who], life)
    blinks = onsets["blink"].astype(np.float32)
    lids = render_blinks(blinks, draw_blink_lengths(lid, blinks, tempo=1.0))
    for side in ("Left", "Right"):
        expression[:, ARKIT_INDEX[f"eyeBlink{side}"]] = lids
        expression[:, ARKIT_INDEX[f"eyeWide{side}"]] *= 1 - lids
    jaw = np.zeros((heard.frames, 3), np.float32)
    jaw[:, 0] = opening
    return expression, jaw, neck, gaze
