"""What the sculpted head lacks to move well: lids that travel over the ball, lips that meet, a tongue that gets out.

Each step takes the base head and returns it with other vertices; its components are changed where they lie.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from . import eyelids, jaw, lips, teeth, tongue
from .base_head import BaseHead
from .eyeball import growth, sphere_fit
from .eyelids import Lids

_FARTHEST_PITCH: Final = float(np.sin(np.radians(25.0)))
_LOOK_SHARE: Final = 0.15
"""What remains of the sculpted eyeLookUp and eyeLookDown now that lids follow the eyes' joints: folds around them."""

_ALERT: Final = {"gender": 0.6, "age": 0.5}
"""Share of an upper lid's droop that is given back: men's and old people's as sculpted hid half of the iris."""

_TOUCHING: Final = (
    *("mouthPucker", "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthLeft", "mouthRight", "cheekPuff"),
    *("jawLeft", "jawRight", "mouthPress", "mouthSmile", "mouthFrown", "mouthDimple"),
)
"""Components, or pairs of them, in which the lips touch as at rest."""
_PARTING: Final = ("mouthFunnel", "mouthShrugUpper", "mouthStretch", "mouthLowerDown", "mouthUpperUp", "jawForward")
"""Components that part the lips here and there; nowhere may they cross."""
_CLOSED_JAWS: Final = (0.25, 0.5)
"""Openings of the jaw at which mouthClose of the same value shuts the lips."""
_PEOPLE: Final = 300
_MARKED: Final = 0.3
"""Share of the components in which a person drawn at random differs from the mean."""
_PERSON_RIDGE: Final = 0.5
_ROUNDS: Final = 4
_BLEND: Final = 0.008
"""Metres to either side of the midline over which a correction passes from the left component to the right one."""


@dataclass(frozen=True)
class Jaw:
    """The hinge, the share of it [N] that each vertex of the base mesh follows, and jawOpen's offsets [N, 3]."""

    hinge: jaw.Hinge
    weights: np.ndarray
    opening: np.ndarray


def with_lids(source: BaseHead) -> BaseHead:
    """`source` with lids that meet, follow the gaze and stay off the ball whatever the expression and identity."""
    vertices, lids, lid_follow = source.vertices, {}, {}
    for side in ("left", "right"):
        helper = source.groups[f"helper-{side[0]}-eye"]
        found = eyelids.find_lids(source.body_quads(), vertices, *sphere_fit(vertices[helper]))
        lids[side] = found
        vertices = eyelids.template_off_the_ball(found, eyelids.opened(found, vertices))
        shift, share = growth(source.vertices[helper], source.identity[helper])
        for index, name in enumerate(source.identity_names):
            moved = source.vertices + source.identity[:, :, index]
            centre, radius = found.centre + shift[:, index], found.radius * (1.0 + float(share[index]))
            there = Lids(found.grid, centre, radius, shift[:, index])
            moved = eyelids.keep_open(there, source.vertices, moved, _ALERT.get(name, 0.0))
            kept = eyelids.keep_thickness(found, source.vertices, moved, there)
            source.identity[:, :, index] = kept - source.vertices
        lid_follow[side] = eyelids.follow(found, vertices)
        for name in ("eyeLookUp", "eyeLookDown"):
            source.component(f"{name}{side.capitalize()}")[:] *= _LOOK_SHARE
        blink = source.component(f"eyeBlink{side.capitalize()}")
        blink[:] = eyelids.shut(found, vertices, blink)
        for name in source.expression_names:
            for pitch in (0.0, -_FARTHEST_PITCH, _FARTHEST_PITCH):
                offsets = source.component(name)
                offsets[:] = eyelids.off_the_ball(found, vertices + pitch * lid_follow[side], offsets)
    return replace(source, vertices=vertices, lids=lids, lid_follow=lid_follow)


def with_tongue(source: BaseHead) -> BaseHead:
    """`source` with a tongue that rests behind the teeth's edges, reaches out between them and drops with the jaw."""
    vertices, group = source.vertices.copy(), source.groups["helper-tongue"]
    sculpted = source.vertices[group]
    middle = tongue.middle_line(sculpted)
    out, opening = source.component("tongueOut"), source.component("jawOpen")
    out[group] = tongue.stuck_out(sculpted, middle, out[group])
    opening[group] = tongue.dropped(sculpted, opening[group])
    vertices[group] = tongue.rested(sculpted, middle)
    return replace(source, vertices=vertices)


def with_teeth(source: BaseHead, hinge: jaw.Hinge, opening: np.ndarray) -> BaseHead:
    """`source` with both rows of teeth where speech shows them.

    jawOpen's `opening` [N, 3] is changed to carry the lower row as rigidly as before.
    """
    vertices = source.vertices.copy()
    upper, lower = source.groups["helper-upper-teeth"], source.groups["helper-lower-teeth"]
    vertices[upper] = teeth.moved_upper(vertices[upper])
    before, after = vertices[lower], teeth.moved_lower(vertices[lower])
    opening[lower] += (hinge.open(after) - after) - (hinge.open(before) - before)
    vertices[lower] = after
    return replace(source, vertices=vertices)


def with_lips(source: BaseHead, moved: Jaw) -> BaseHead:
    """`source` with lips that meet at rest and on mouthClose and cross in no component."""
    found = lips.find_lips(source.body_quads(), source.vertices)
    rest = source.vertices + lips.seam(found, source.vertices, touch=True)
    for index in range(source.identity.shape[2]):
        offsets = source.identity[:, :, index]
        offsets += lips.seam(found, rest + offsets, touch=True)
    _meet_in_every_person(source, found, rest)
    source.component("mouthFunnel")[:] += lips.rounded(found, rest + source.component("mouthFunnel"))
    for names, touch in ((_TOUCHING, True), (_PARTING, False)):
        for name in names:
            _meet(source, found, rest, name, touch)
    _shut_on_the_open_jaw(found, rest, source.component("mouthClose"), moved)
    return replace(source, vertices=rest)


def _meet_in_every_person(source: BaseHead, found: lips.Lips, rest: np.ndarray) -> None:
    """Correct the identity components together, by least squares over people drawn at random."""
    people = _people(source.identity_names)
    grid, directions = found.grid, source.identity[found.grid]  # [11, 38, 3, S]
    wanted = np.array([lips.seam_of(found, rest[grid] + directions @ person, touch=True) for person in people])
    ridge = people.T @ people + _PERSON_RIDGE * np.eye(people.shape[1])
    shares = np.linalg.solve(ridge, people.T @ wanted.reshape(_PEOPLE, -1))  # [S, 11 · 38 · 3]
    source.identity[grid] += np.moveaxis(shares.reshape(-1, *grid.shape, 3), 0, -1)


def _people(names: tuple[str, ...]) -> np.ndarray:
    """[300, S] identities as characters have them: an origin, an age, a gender, and a few marked features."""
    random = np.random.default_rng(5)
    people = random.uniform(-0.7, 0.7, (_PEOPLE, len(names))) * (random.random((_PEOPLE, len(names))) < _MARKED)
    origins = [names.index(name) for name in ("african", "asian", "caucasian")]
    people[:, origins] = random.dirichlet(np.full(len(origins), 0.5), _PEOPLE)
    people[:, names.index("gender")] = random.uniform(-1.0, 1.0, _PEOPLE)
    people[:, names.index("age")] = random.uniform(0.0, 0.9, _PEOPLE)
    return people


def _meet(source: BaseHead, found: lips.Lips, rest: np.ndarray, name: str, touch: bool) -> None:
    """Correct component `name`, or its two sides together, so that lips meet or at least do not cross."""
    if name in source.expression_names:
        offsets = source.component(name)
        offsets += lips.seam(found, rest + offsets, touch)
        return
    left, right = source.component(f"{name}Left"), source.component(f"{name}Right")
    left += lips.seam(found, rest + left, touch)
    right += lips.seam(found, rest + right, touch)
    correction = lips.seam(found, rest + left + right, touch)
    share = np.clip(0.5 + 0.5 * rest[:, :1] / _BLEND, 0.0, 1.0)
    left += share * correction
    right += (1.0 - share) * correction


def _shut_on_the_open_jaw(found: lips.Lips, rest: np.ndarray, close: np.ndarray, moved: Jaw) -> None:
    correction = jaw.corrective(moved.hinge, rest, moved.opening, moved.weights)
    for _ in range(_ROUNDS):
        steps = []
        for value in _CLOSED_JAWS:
            posed = jaw.opened(moved.hinge, rest + value * close, correction, moved.weights, value)
            steps.append(lips.seam(found, posed, touch=True) / value)
        close += np.mean(steps, axis=0)
