"""Where somebody looks: away as often as the staging asks, and at the partner where the dialogue wants it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import radians
from typing import Final

import numpy as np

from ..animation.contact import Contact, contacts_of
from ..animation.gaze import Gaze, draw_fixations, render_gaze
from ..animation.head_following import follow, head_goals
from ..animation.looking import look_frames, plan_looks, shares_away
from ..animation.moments import Moments, moments_of_speech
from ..contract.segments import SPEAKING, runs_of
from ..engines.base import Motion
from .outlook import AT_PARTNER, Outlook, outlooks
from .stage import Place, Staging

_AWAY_FROM: Final = radians(5.0)
"""A line of sight farther than this from the partner's eyes counts as away; a face spans about 8 degrees at 1 m."""

_CLEARLY: Final = radians(9.0)
"""Radians from the partner's eyes at which targets of a look away begin."""

_TO_PREFERRED_SIDE: Final = 0.75
_SIDE, _DOWN = (radians(14.0), radians(26.0)), (radians(4.0), radians(16.0))
_NEXT, _NEXT_WHERE_ASKED = (radians(5.0), radians(10.0)), (radians(4.0), radians(7.0))
"""Radians between one target and the next: of Lee et al.'s saccades (2002, mean 6.9°) those that a camera sees."""
_HIT: Final = radians(1.5)


@dataclass(frozen=True)
class Occasions:
    """What the dialogue brings for one person: `speaking` [T] bool, and when they look at the partner."""

    speaking: np.ndarray
    contacts: tuple[Contact, ...]


def looks_of_both(
    motion: Motion, staging: Staging, seed: int, moments: Moments | None, given: int | None
) -> list[tuple[np.ndarray, np.ndarray]]:
    """`staged_gaze` of both people with what the `moments` of the dialogue bring; who is `given` keeps their own.

    Without `moments` those of who speaks alone count, and only for people whose looking away the staging sets.
    """
    looks = []
    for person, (place, rests) in enumerate(zip(staging.places, outlooks(staging), strict=True)):
        gaze, rng, occasions = motion.gaze[person], np.random.default_rng([seed, person, 2]), None
        if person == given:
            looks.append((gaze, np.zeros_like(gaze)))
            continue
        if moments is not None or _sets_gaze(place):
            known = moments_of_speech(motion.speaking) if moments is None else moments
            occasions = Occasions(motion.speaking[person] > SPEAKING, contacts_of(known, person, rng))
        looks.append(staged_gaze(gaze, place, rng, occasions, rests))
    return looks


def _sets_gaze(place: Place) -> bool:
    return place.gaze_away > 0.0 or place.gaze_held > 0.0


def staged_gaze(
    gaze: np.ndarray,
    place: Place,
    generator: np.random.Generator,
    occasions: Occasions | None = None,
    rests: Outlook = AT_PARTNER,
) -> tuple[np.ndarray, np.ndarray]:
    """`gaze` [T, 2] radians off the partner's eyes → the same by plan, and the turn of the head that goes with the
    difference [T, 2]; both are yaw to the left and pitch up.

    The head's turn is from where it `rests`. Of the time `place.gaze_away` is spent looking away, or what `gaze` has of
    it less `place.gaze_held`. Without `occasions` and a wish of the staging `gaze` stays as it is.
    """
    if not len(gaze) or (occasions is None and not _sets_gaze(place)):
        return gaze, np.zeros_like(gaze)
    if occasions is None:
        occasions = Occasions(np.zeros(len(gaze), bool), ())
    own = np.linalg.norm(gaze, axis=-1) > _AWAY_FROM  # [T] bool
    wanted = _wanted(place, own)
    rates = shares_away(own, occasions.speaking, wanted)
    away = plan_looks(rates, occasions.contacts, own, generator, occasions.speaking, asked=wanted is not None)
    planned = _with_targets(gaze, own, away, place, generator)
    target = rests.within(planned.target)
    turn = follow(head_goals(target - rests.home)) - follow(head_goals(np.where(own[:, None], gaze, 0.0)))
    return render_gaze(replace(planned, target=target)), turn


def _wanted(place: Place, own: np.ndarray) -> float | None:
    """Share of the time that `place` asks for, None for as much as there is."""
    if place.gaze_away > 0.0:
        return place.gaze_away
    return float(own.mean()) * (1.0 - place.gaze_held) if place.gaze_held > 0.0 else None


def _with_targets(
    gaze: np.ndarray, own: np.ndarray, away: np.ndarray, place: Place, generator: np.random.Generator
) -> Gaze:
    """`away` [T] bool with two or three targets a look; where `gaze` meets the partner anyway its fixations stay."""
    target = np.zeros_like(gaze, dtype=np.float64)
    preferred_side = float(generator.choice([-1.0, 1.0]))
    for start, stop in runs_of(away):
        aim = _direction(place, preferred_side, generator)
        if place.away is None and own[start:stop].any():
            aim = _clear_of_face(np.median(gaze[start:stop][own[start:stop]], axis=0))
        frame = start
        for length in look_frames(stop - start, generator):
            target[frame : frame + length] = aim
            frame += length
            aim = _next_target(aim, place, generator)
    drawn, onsets = draw_fixations(generator, away.astype(np.float32), target)
    fixation = np.where((away | own)[:, None], drawn, gaze)
    shift = np.zeros(len(gaze), np.float32)
    shift[1:] = (target[1:] != target[:-1]).any(axis=1)
    return Gaze(away.astype(np.float32), target, fixation, shift, onsets * (1 - shift))


def _direction(place: Place, preferred_side: float, generator: np.random.Generator) -> np.ndarray:
    """[2] radians: the prompt's direction, or down and mostly to one's own preferred side."""
    if place.away is not None:
        return np.asarray(np.radians(place.away) + generator.normal(0.0, _HIT, 2))
    side = preferred_side if generator.uniform() < _TO_PREFERRED_SIDE else -preferred_side
    return np.array([side * generator.uniform(*_SIDE), -generator.uniform(*_DOWN)])


def _next_target(aim: np.ndarray, place: Place, generator: np.random.Generator) -> np.ndarray:
    """[2] radians: near the last one and not across the partner's face; around where the prompt says, if it does."""
    size = generator.uniform(*(_NEXT if place.away is None else _NEXT_WHERE_ASKED))
    angle = generator.uniform(0.0, 2.0 * np.pi)
    step = size * np.array([np.cos(angle), 0.6 * np.sin(angle)])
    middle = aim if place.away is None else np.radians(place.away)
    inwards = np.linalg.norm(middle + step) < max(_CLEARLY, 0.5 * float(np.linalg.norm(middle)))
    return _clear_of_face(middle - step if inwards else middle + step)


def _clear_of_face(aim: np.ndarray) -> np.ndarray:
    """`aim` [2] radians, moved out to where it is clearly away."""
    size = float(np.linalg.norm(aim))
    return aim * max(_CLEARLY / size, 1.0) if size > 0.0 else np.array([_CLEARLY, 0.0])
