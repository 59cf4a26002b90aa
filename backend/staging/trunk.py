"""The trunk: leaning, swaying and breathing, which carry the head about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import radians
from typing import Final

import numpy as np

from ..animation.breath import chest_rise, inhalations
from ..animation.curves import slow_noise, smoothed
from ..contract.constants import FRAME_RATE
from .rotation import about_x, about_y, about_z

HIP_TO_NECK: Final = 0.48
"""Metres from the hip, about which a person leans, up to the base of the neck."""

_BREATHS_RESTING, _BREATHS_SPEAKING = 15.0, 11.0  # a minute; docs/developers/rehearsals.md
_INHALING_RESTING, _INHALING_SPEAKING = 0.40, 0.15  # share of the cycle
_BREATH_RISE, _BREATH_PITCH = 0.003, radians(0.35)
_SHARPER = 0.8
"""Share of the breath before a phrase that an engine's sway, which is smooth, does not have."""

_SPEAKING_LEAN = radians(1.6)
_SWAY_PITCH, _SWAY_YAW, _SWAY_ROLL = radians(0.8), radians(1.2), radians(0.6)
_SHIFT_SECONDS, _SWAY_SECONDS = 4.0, 0.9


@dataclass(frozen=True)
class TrunkAngles:
    """Of one or both people, [..., T]: radians from upright and straight ahead, `rise` in metres."""

    yaw: np.ndarray
    forward: np.ndarray
    roll: np.ndarray
    rise: np.ndarray

    def calmed(self, lean: np.ndarray, share: float) -> TrunkAngles:
        """With `share` of the sway; `lean` [T] radians, which is in `forward`, and breath stay."""
        if share == 1.0:
            return self
        return TrunkAngles(share * self.yaw, lean + share * (self.forward - lean), share * self.roll, self.rise)

    def tipped(self, forward: float) -> TrunkAngles:
        """Further `forward` by so many radians."""
        return replace(self, forward=self.forward + forward) if forward else self


def synthesised_trunk(
    speaking: np.ndarray, lean: np.ndarray, energy: float, breathing_rate: float, generator: np.random.Generator
) -> TrunkAngles:
    """One person's trunk over T frames, yaw relative to where it rests.

    `speaking` [T]; `lean` [T] radians; `energy` 1 for an ordinary mood; `breathing_rate` 1 for an ordinary person.
    Speakers come forward a little, everybody shifts slowly and breathes, before longer phrases in time for these.
    """
    frames = len(speaking)
    involved = smoothed(speaking, 0.8)
    spoken = chest_rise(inhalations(speaking), frames)  # [T] metres
    # Breath at rest goes on beside speech alone: who speaks breathes for it.
    resting = _breath(involved, breathing_rate, generator) * (1.0 - involved)
    return TrunkAngles(
        yaw=energy * _SWAY_YAW * _sway(generator, frames),
        forward=lean
        + energy * (_SPEAKING_LEAN * involved + _SWAY_PITCH * _sway(generator, frames))
        - _BREATH_PITCH * (resting + spoken / _BREATH_RISE),
        roll=energy * _SWAY_ROLL * _sway(generator, frames),
        rise=_BREATH_RISE * resting + spoken,
    )


def trunk_from_sway(
    sway: np.ndarray, speaking: np.ndarray, lean: np.ndarray, energy: float, generator: np.random.Generator
) -> TrunkAngles:
    """One person's trunk where an engine says how the base of the neck sways, breath and leaning into a turn included.

    `sway` [T, 3] metres to the person's left, up and ahead; the trunk tips about the hip as far as that takes. The rest
    as in `synthesised_trunk`.
    """
    return TrunkAngles(
        yaw=energy * _SWAY_YAW * _sway(generator, len(speaking)),
        forward=lean + np.arctan(sway[:, 2] / HIP_TO_NECK),
        roll=-np.arctan(sway[:, 0] / HIP_TO_NECK),
        rise=sway[:, 1] + _SHARPER * chest_rise(inhalations(speaking), len(speaking)),
    )


def trunk_orientation(angles: TrunkAngles) -> np.ndarray:
    """[..., T, 3, 3]: turned, then leant, then tilted."""
    matrices: np.ndarray = about_y(angles.yaw) @ about_x(angles.forward) @ about_z(angles.roll)
    return matrices


def root_position(hip: np.ndarray, orientation: np.ndarray, rise: np.ndarray) -> np.ndarray:
    """`hip` [..., 1, 3], `orientation` [..., T, 3, 3], `rise` [..., T] metres → [..., T, 3], the base of the neck."""
    root: np.ndarray = hip + HIP_TO_NECK * orientation[..., :, 1] + rise[..., None] * np.array([0.0, 1.0, 0.0])
    return root


def _sway(generator: np.random.Generator, frames: int) -> np.ndarray:
    """[T] of about unit size: slow shifts of weight with a little quicker motion on top."""
    return 0.8 * slow_noise(generator, frames, _SHIFT_SECONDS) + 0.35 * slow_noise(generator, frames, _SWAY_SECONDS)


def _breath(speaking: np.ndarray, rate: float, generator: np.random.Generator) -> np.ndarray:
    """[T] from 0 (breathed out) to 1 (breathed in).

    Speakers breathe in quickly and out slowly. Each breath differs in length.
    """
    per_minute = _BREATHS_RESTING + (_BREATHS_SPEAKING - _BREATHS_RESTING) * speaking
    wander = np.exp(0.15 * slow_noise(generator, len(speaking), 3.0))
    phase = generator.uniform() + np.cumsum(rate * per_minute * wander) / (60.0 * FRAME_RATE)
    inhaling = _INHALING_RESTING + (_INHALING_SPEAKING - _INHALING_RESTING) * speaking
    cycle = phase % 1.0
    ramp = np.where(cycle < inhaling, cycle / inhaling, 1.0 - (cycle - inhaling) / (1.0 - inhaling))
    return 0.5 - 0.5 * np.cos(np.pi * ramp)
