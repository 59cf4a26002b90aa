"""A dialogue of any length by the official DualTalk: windows, cross-fades, and a partner whose motion is not known.

The model attends to everything at once, so its cost grows with the square of the length. Here sound goes through the
speech encoders, 97% of the model, in windows; what two windows share is faded from one to the next. The light part then
sees up to a minute where the partner's motion is known, and windows of 8 s, its training length, in a roll-out. So cost
is linear, and memory is constant beside the features: 100 kB a second of dialogue, less than its sound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import torch
from torch import Tensor

from ...contract.constants import SAMPLES_PER_FRAME
from ...contract.errors import DuologueError, ExitCode
from ...windows import FadedWindows
from .model import OfficialDualTalk
from .speech_encoders import FeatureEncoder, FeatureShape, normalised

_BOTH: Final = 2


@dataclass(frozen=True)
class Windows:
    """How every part of the model cuts a dialogue."""

    speech: FadedWindows = field(default=FadedWindows(750, 200))
    """30 s for the speech encoders, as long as the clips of the official test set; each frame has 3 s on both sides."""
    reaction: FadedWindows = field(default=FadedWindows(1500, 250))
    """A minute for the light part, where the partner's motion is known."""
    roll_out: FadedWindows = field(default=FadedWindows(200, 50))
    """8 s, what the official model was trained on; each head sees the other's last."""
    settling: int = 12
    """Roll-out: how often the first window is made again, each head from the other's, before it counts. Each time they
    go half of the way, because two people who only answer each other's last answer may swing for ever."""
    resettling: int = 2
    """The same for every later window, which begins from the window before it."""


WINDOWS: Final = Windows()


@dataclass(frozen=True)
class GivenMotion:
    """What one person does: `person` 0 or 1, `motion` [T, 56] as the model has it (expression, jaw, neck)."""

    person: int
    motion: np.ndarray


def official_motion(
    model: OfficialDualTalk,
    tracks: np.ndarray,
    known: GivenMotion | None = None,
    windows: Windows = WINDOWS,
    step: Callable[[str, int, int], None] = lambda _stage, _done, _total: None,
    encode_features: FeatureEncoder | None = None,
) -> np.ndarray:
    """The motion of both people, [2, T, 56] float32: expression 0:50, jaw 50:53 and neck 53:56 in radians.

    `tracks` [2, N] float32 at 16 kHz, a person each; T = ⌈N / 640⌉. With `known` that person's motion is returned as it
    is and the other reacts to it. Without, both heads are rolled out: every window of one is made with the last window
    of the other, from neutral faces, the first one once that has settled. `step(stage, done, total)`, with the
    stages “features” and “model”, is called before every window and may raise. `encode_features` is used by models that
    were trained on features, and by no others.
    Raises DuologueError (BAD_REQUEST, AUDIO_MISMATCH, AUDIO_TOO_SHORT, AUDIO_NOT_FINITE).
    """
    check_tracks(model, tracks)
    frames = -(-tracks.shape[1] // SAMPLES_PER_FRAME)
    if known is not None:
        _check_given(known, frames, model.config.blendshape_dim)
    made = (0, 1) if known is None else (1 - known.person,)  # who is animated
    width = model.config.blendshape_dim

    def step_of(stage: str) -> Callable[[int, int], None]:
        return lambda done, total: step(stage, done, total)

    with torch.inference_mode():
        own, partner = sound_features(model, tracks, made, windows.speech, step_of("features"), encode_features)
        if known is None:
            pieces = _rolled_out(model, own, partner, windows, step_of("model"))
            return windows.roll_out.join(pieces, _BOTH, frames, width)
        given = np.asarray(known.motion, np.float32)  # [T, 56]
        pieces = _reacting(model, own, partner, given, windows.reaction, step_of("model"))
        reaction = windows.reaction.join(pieces, 1, frames, width)[0]  # [T, 56]
    return np.stack((given, reaction) if known.person == 0 else (reaction, given))


def sound_features(
    model: OfficialDualTalk,
    tracks: np.ndarray,
    made: Sequence[int],
    windows: FadedWindows,
    step: Callable[[int, int], None] = lambda _done, _total: None,
    encode_features: FeatureEncoder | None = None,
) -> tuple[Tensor, Tensor]:
    """Audio features of each of the B people in `made`, and of their partners; both [B, T, F].

    The sound `tracks` [2, N] is normalised over the whole recording, as in training. `step(done, total)` before every
    window.
    """
    device = next(model.parameters()).device
    frames = -(-tracks.shape[1] // SAMPLES_PER_FRAME)
    inputs = _encoder_inputs(model, tracks, encode_features).to(device)
    unit = SAMPLES_PER_FRAME if inputs.ndim == 2 else 1  # noqa: PLR2004  (sound, not features)
    cuts = windows.spans(frames)
    passes = [(model.joint_encoder.own_sound, person) for person in made]
    passes += [(model.joint_encoder.partner_sound, 1 - person) for person in made]

    def encoded(encoder: Callable[[Tensor, int], Tensor], person: int, done: int) -> Iterator[tuple[int, np.ndarray]]:
        for index, (start, stop) in enumerate(cuts):
            step(done + index, len(passes) * len(cuts))
            piece = inputs[[person], start * unit : stop * unit]  # [1, n] or [1, t, F']
            yield start, encoder(piece, stop - start).cpu().numpy()  # [1, t, F]

    # One track and one encoder at a time: the memory of one window.
    features = [
        windows.join(encoded(encoder, person, index * len(cuts)), 1, frames, model.config.feature_dim)
        for index, (encoder, person) in enumerate(passes)
    ]
    step(len(passes) * len(cuts), len(passes) * len(cuts))
    both = torch.from_numpy(np.concatenate(features)).to(device)  # [2B, T, F]
    return both[: len(made)], both[len(made) :]


def _encoder_inputs(model: OfficialDualTalk, tracks: np.ndarray, encode_features: FeatureEncoder | None) -> Tensor:
    """Inputs of the speech encoders: the normalised sound [2, N], or features of it [2, T, F'].

    Raises DuologueError (WEIGHTS_INVALID) where the model was trained on other features, or there is nothing to make
    them with.
    """
    speech = model.config.speech
    if not isinstance(speech, FeatureShape):
        return normalised(torch.from_numpy(np.ascontiguousarray(tracks, np.float32)))
    padded = np.pad(np.asarray(tracks, np.float32), ((0, 0), (0, -tracks.shape[1] % SAMPLES_PER_FRAME)))
    features = [] if encode_features is None else [encode_features(track) for track in padded]
    if not features or features[0].shape[1] != speech.width:
        raise DuologueError(
            ExitCode.WEIGHTS_INVALID,
            f"The checkpoint was trained on speech features of {speech.width} numbers, which are not to be had here.",
            "Use one that was trained with `--encoder wav2vec2` or `--encoder whisper`.",
        )
    return torch.from_numpy(np.stack(features).astype(np.float32))


def check_tracks(model: OfficialDualTalk, tracks: np.ndarray) -> None:
    """Raises DuologueError (AUDIO_MISMATCH, AUDIO_TOO_SHORT, AUDIO_NOT_FINITE) unless they are two tracks of sound."""
    if tracks.ndim != 2 or len(tracks) != _BOTH:  # noqa: PLR2004  (axes)
        raise DuologueError(
            ExitCode.AUDIO_MISMATCH,
            f"The official DualTalk needs a track for each of two people, not sound of shape {tracks.shape}.",
            "Give two tracks of one take.",
        )
    shortest = max(model.config.speech.shortest_samples, SAMPLES_PER_FRAME)
    if tracks.shape[1] < shortest:
        raise DuologueError(
            ExitCode.AUDIO_TOO_SHORT,
            f"The tracks hold {tracks.shape[1]} samples; the speech encoder needs {shortest}.",
            "Choose a longer recording.",
        )
    if not np.isfinite(tracks).all():
        raise DuologueError(
            ExitCode.AUDIO_NOT_FINITE,
            "A track holds samples that are not numbers.",
            "Export it again as 16-bit wav or flac.",
        )


def _reacting(
    model: OfficialDualTalk,
    own: Tensor,
    partner: Tensor,
    given: np.ndarray,
    windows: FadedWindows,
    step: Callable[[int, int], None],
) -> Iterator[tuple[int, np.ndarray]]:
    """For every window its first frame and the motion [1, t, 56] of the one person, whose partner does `given`."""
    seen = torch.from_numpy(given).to(own.device)  # [T, 56]
    cuts = windows.spans(own.shape[1])
    for index, (start, stop) in enumerate(cuts):
        step(index, len(cuts))
        made = model.interact(own[:, start:stop], partner[:, start:stop], seen[None, start:stop])
        yield start, made.output.cpu().numpy()
    step(len(cuts), len(cuts))


def _rolled_out(
    model: OfficialDualTalk, own: Tensor, partner: Tensor, windows: Windows, step: Callable[[int, int], None]
) -> Iterator[tuple[int, np.ndarray]]:
    """For every window its first frame and both people's motion, [2, t, 56]."""
    cuts = windows.roll_out.spans(own.shape[1])
    first = cuts[0][1]
    motion = torch.zeros(_BOTH, first, model.config.blendshape_dim, device=own.device)  # [2, t, 56] neutral faces
    for index, (start, stop) in enumerate(cuts):
        step(index, len(cuts))
        for _ in range(windows.settling if index == 0 else windows.resettling):
            answer = model.interact(own[:, start:stop], partner[:, start:stop], motion.flip(0)).output
            motion = 0.5 * (motion + answer)
        motion = model.interact(own[:, start:stop], partner[:, start:stop], motion.flip(0)).output
        yield start, motion.cpu().numpy()
    step(len(cuts), len(cuts))


def _check_given(known: GivenMotion, frames: int, width: int) -> None:
    """Raises DuologueError (BAD_REQUEST)."""
    if known.person not in {0, 1}:
        raise DuologueError(
            ExitCode.BAD_REQUEST, f"There is no person {known.person} in a dialogue of two.", "Say 0 or 1."
        )
    if known.motion.shape != (frames, width):
        raise DuologueError(
            ExitCode.BAD_REQUEST,
            f"The partner's motion has shape {known.motion.shape}; the sound needs {(frames, width)}.",
            "Give the motion of the same take, at 25 frames a second.",
        )
    if not np.isfinite(known.motion).all():
        raise DuologueError(
            ExitCode.BAD_REQUEST, "The partner's motion holds numbers that are not finite.", "Correct the motion."
        )
