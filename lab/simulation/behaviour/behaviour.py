"""What one person of a rehearsal does besides moving the lips: head, eyes, lids, brows, smiles, breath."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from backend.animation.contact import LANDS, contacts_of, urgency_of
from backend.animation.events import Swings, draw_blink_lengths, render_blinks, render_swings
from backend.animation.gaze import Gaze, head_share, render_gaze
from backend.animation.interruption import BROW_RAISE, BROWS_AFTER, startled_blinks, stopped
from backend.contract.constants import FRAME_RATE

from ..script.people import MOODS, Habits
from ..script.timeline import Timeline
from .eyes import draw_blinks, draw_gaze
from .face import FaceLife, Raise, draw_face_life, with_raises
from .head import (
    Beat,
    beats_of,
    draw_beats,
    draw_nods,
    draw_posture,
    draw_shakes,
    timeline_phrases,
    voice_height,
)
from .occasions import moments_in
from .smiles import Smile
from .trunk import draw_breathing, draw_sway

_CAUGHT_BY_GAZE, _CAUGHT_BY_LARGE = 0.25, 0.95
_CAUGHT_BY_OWN_END, _CAUGHT_BY_PAUSE = 0.25, 0.1
"""Chances of a blink with a gaze shift just below and from 20° on (Evinger et al. 1994), at the end of an own phrase,
and in the partner's pause."""


@dataclass(frozen=True)
class Draft:
    """The events of one person, T frames, before they are rendered as movement.

    `habits` with the head's and the brows' activity as the mood has them; `posture`, `beating` [T, 3] radians, slow
    and on stressed vowels; `blinks` [T] and `blink_seconds` [T, 2]; `sway` [T, 3] metres; `steady` name → [T, …] the
    events that no answer to the partner changes; `due` [T] bool where the partner has to be looked at.
    """

    habits: Habits
    gaze: Gaze
    nods: Swings
    shakes: Swings
    posture: np.ndarray
    beating: np.ndarray
    blinks: np.ndarray
    blink_seconds: np.ndarray
    face: FaceLife
    sway: np.ndarray
    steady: dict[str, np.ndarray]
    due: np.ndarray

    @property
    def frames(self) -> int:
        """T."""
        return len(self.blinks)


@dataclass(frozen=True)
class Behaviour:
    """`expression` [T, 52] without lids and lips, `lids` [T] 0 open to 1 shut, `neck` [T, 3] axis-angle radians,
    `gaze` [T, 2] radians as in Motion; `events` name → [T, …] as `Rehearsal.events` lists them.
    """

    expression: np.ndarray
    lids: np.ndarray
    neck: np.ndarray
    gaze: np.ndarray
    events: dict[str, np.ndarray]


def draw_draft(
    rng: np.random.Generator,
    habits: Habits,
    mood: str,
    timeline: Timeline,
    person: int,
    speaking: np.ndarray,
    smiles: tuple[Smile, ...],
) -> Draft:
    """Draw what `person` does in `timeline`, from words, turns and voices alone; `speaking` [2, T] of both."""
    energy = MOODS[mood].energy
    lively = replace(
        habits, head_activity=habits.head_activity * energy, brow_activity=habits.brow_activity * energy**0.5
    )
    own = speaking[person]
    beats = beats_of(timeline, person)
    moments = moments_in(timeline)
    startled = moments.interruptions_of(person)
    contacts = contacts_of(moments, person, rng)
    due = urgency_of(contacts, timeline.frames) >= LANDS
    gaze = draw_gaze(rng, habits, mood, timeline, contacts, person, own)
    breathing = draw_breathing(rng, habits, timeline, person)
    nods = draw_nods(rng, lively, timeline, person, speaking[1 - person] * (1 - own))
    shakes = draw_shakes(rng, lively, timeline, person, timeline.frames)
    phrases = timeline_phrases(timeline, person, beats)
    beating, beaten = draw_beats(rng, lively, phrases, voice_height(timeline, person))
    posture = draw_posture(rng, lively, timeline, person, own, breathing.depth)
    beating, posture = stopped(beating, startled), stopped(posture, startled)
    invited = np.maximum(_blink_invitations(gaze, timeline, person), startled_blinks(startled, timeline.frames))
    blinks = draw_blinks(rng, habits.blink_rate, own, invited)
    lengths = draw_blink_lengths(rng, blinks, habits.blink_tempo)
    face = draw_face_life(rng, lively, mood, timeline, person, beats, gaze.away, smiles)
    in_time = [frame for frame in startled if frame < timeline.frames - FRAME_RATE]
    raises = [Raise(frame / FRAME_RATE + BROWS_AFTER, BROW_RAISE, 0.3) for frame in in_time]
    face = with_raises(face, raises, habits.asymmetry)
    sway = draw_sway(rng, habits, timeline, person, own, breathing.depth)
    steady = {
        "floor": _floor(timeline, person),
        "backchannel": _backchannel_frames(timeline, person),
        "invitation": _invitation_frames(timeline, person),
        "accent": _accents(beats, timeline.frames),
        "beat": beaten,
        "breath": breathing.depth,
        "inhalation": breathing.inhalation,
        "lips_parted": breathing.parted,
    }
    return Draft(lively, gaze, nods, shakes, posture, beating, blinks, lengths, face, sway, steady, due)


def behave(draft: Draft) -> Behaviour:
    """Render the movements and the events of `draft`."""
    gaze, face = draft.gaze, draft.face
    neck = {
        "neck_posture": draft.posture,
        "neck_beats": draft.beating,
        "neck_nods": render_swings(draft.nods, 0) + render_swings(draft.shakes, 1),
        "neck_gaze": head_share(gaze),
    }
    events = {
        **draft.steady,
        "blink": draft.blinks,
        "blink_seconds": draft.blink_seconds,
        "gaze_away": gaze.away,
        "gaze_target": gaze.target,
        "gaze_shift": gaze.shift,
        "saccade": gaze.saccade,
        "fixation": gaze.fixation,
        "brow_raise": face.raise_onset,
        "smile": face.smile,
        "smile_onset": face.smile_onset,
        "sway": draft.sway,
        **_swing_events("nod", draft.nods),
        **_swing_events("shake", draft.shakes),
        **neck,
    }
    return Behaviour(
        expression=face.expression,
        lids=render_blinks(draft.blinks, draft.blink_seconds),
        neck=np.asarray(np.sum(list(neck.values()), axis=0), np.float32),
        gaze=render_gaze(gaze),
        events={name: event.astype(np.float32) for name, event in events.items()},
    )


def _swing_events(name: str, swings: Swings) -> dict[str, np.ndarray]:
    return {
        name: swings.onsets,
        f"{name}_size": swings.size,
        f"{name}_rate": swings.rate,
        f"{name}_count": swings.count,
    }


def _blink_invitations(gaze: Gaze, timeline: Timeline, person: int) -> np.ndarray:
    """[T] chance that a blink begins with a gaze shift, at the end of one's phrase or in the speaker's pause."""
    size = np.linalg.norm(np.diff(gaze.target, axis=0, prepend=gaze.target[:1]), axis=1)
    large = np.radians(20.0)
    invited = np.where(size >= large, _CAUGHT_BY_LARGE, _CAUGHT_BY_GAZE * size / large)
    moments = [(utterance.end, _CAUGHT_BY_OWN_END) for utterance in timeline.of(person)]
    moments += [
        (invitation.time + 0.1, _CAUGHT_BY_PAUSE) for invitation in timeline.invitations if invitation.person != person
    ]
    for moment, chance in moments:
        frame = round(moment * FRAME_RATE)
        if frame < len(invited):
            invited[frame] = max(invited[frame], chance)
    return np.asarray(invited)


def _floor(timeline: Timeline, person: int) -> np.ndarray:
    """[T] 1 where the turn is this person's."""
    floor = np.zeros(timeline.frames)
    for turn in timeline.turns:
        if turn.person == person:
            floor[round(turn.start * FRAME_RATE) : round(turn.end * FRAME_RATE)] = 1
    return floor


def _backchannel_frames(timeline: Timeline, person: int) -> np.ndarray:
    frames = np.zeros(timeline.frames)
    for utterance in timeline.of(person):
        if utterance.line.act == "backchannel":
            frames[round(utterance.start * FRAME_RATE) : round(utterance.end * FRAME_RATE)] = 1
    return frames


def _invitation_frames(timeline: Timeline, person: int) -> np.ndarray:
    """[T] strength where `person`, speaking, invites the other to respond."""
    frames = np.zeros(timeline.frames)
    for invitation in timeline.invitations:
        if invitation.person == person and round(invitation.time * FRAME_RATE) < len(frames):
            frames[round(invitation.time * FRAME_RATE)] = invitation.strength
    return frames


def _accents(beats: tuple[Beat, ...], frames: int) -> np.ndarray:
    """[T] strength (at least 0.05) on the middles of stressed vowels."""
    accents = np.zeros(frames)
    for beat in beats:
        accents[min(round(beat.time * FRAME_RATE), frames - 1)] = max(beat.strength, 0.05)
    return accents
