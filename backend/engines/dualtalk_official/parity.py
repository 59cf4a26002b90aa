"""A parity fixture: the inputs, weights and values of one pass of the reference model, to compare this one with.

The layout is described in docs/developers/dualtalk-official.md.
"""

from __future__ import annotations

import math
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor

from ...contract.constants import FRAME_RATE, SAMPLE_RATE, SAMPLES_PER_FRAME
from ...contract.errors import DuologueError, ExitCode
from ...contract.reading import explained_read_errors, is_file, parsed_json, read_arrays, text_of
from .checkpoint import assembled, official_name, speech_shape
from .model import OfficialConfig, OfficialDualTalk, OfficialPass
from .speech_encoders import Wav2Vec2Shape

TOLERANCE: Final = 1e-4
"""The largest difference in float32 that is rounding."""

_LARGEST_BYTES: Final = 8 << 30
"""The official weights take 2.6 GB in it."""
_STATE: Final = "state/"
_PROJECTION: Final = "joint_encoder.audio_projection.bias"
_PREDICTOR: Final = "synthesis_module.blendshape_predictor.bias"
_INPUTS: Final = ("audio1", "audio2", "blendshape2")
_VALUES: Final = OfficialPass._fields


@dataclass(frozen=True)
class ParityFixture:
    """One pass of the reference: `inputs` and `values` by name without a batch axis, the weights and their sizes.

    Inputs: `audio1`, `audio2` [N] normalised, `blendshape2` [T', 56]. Values: those of `OfficialPass`, [T, …].
    """

    path: Path
    inputs: dict[str, np.ndarray]
    values: dict[str, np.ndarray]
    state: dict[str, Tensor]
    config: OfficialConfig

    @property
    def frames(self) -> int:
        """T."""
        return len(self.values["output"])


def load_fixture(path: Path) -> ParityFixture:
    """Read and check `path`. Raises DuologueError (BAD_REQUEST) where it is no such file or its arrays do not fit."""
    arrays = _arrays(path)
    missing = [name for name in (*_INPUTS, *_VALUES, "wav2vec2_config") if name not in arrays]
    if not any(name.startswith(_STATE) for name in arrays):
        missing.append(f"{_STATE}…")
    if missing:
        raise _bad(f"{path} is no parity fixture: it lacks {', '.join(missing)}")
    state = {
        official_name(name.removeprefix(_STATE)): torch.from_numpy(np.atleast_1d(array))
        for name, array in arrays.items()
        if name.startswith(_STATE) and _is_float(array)
    }
    inputs, values = ({name: arrays[name] for name in names} for names in (_INPUTS, _VALUES))
    fixture = ParityFixture(path, inputs, values, state, _config(arrays, path))
    _check_shapes(fixture)
    return fixture


def run_fixture(fixture: ParityFixture) -> dict[str, np.ndarray]:
    """What this model makes of the fixture's inputs, by the names of the values.

    Raises DuologueError (WEIGHTS_INVALID) where the weights do not fit the sizes.
    """
    model: OfficialDualTalk = assembled(fixture.state, fixture.config, str(fixture.path))
    audio, partner, motion = (torch.from_numpy(fixture.inputs[name]).float()[None] for name in _INPUTS)
    with torch.inference_mode():
        made: OfficialPass = model(audio, partner, motion, fixture.frames)
    return {name: tensor[0].numpy() for name, tensor in made._asdict().items()}


def largest_differences(fixture: ParityFixture) -> dict[str, float]:
    """The largest absolute difference of each value, NaN where the model gives NaN. Raises as `run_fixture`."""
    made = run_fixture(fixture)
    return {
        name: float(np.abs(np.subtract(made[name], fixture.values[name], dtype=np.float64)).max()) for name in _VALUES
    }


def _arrays(path: Path) -> dict[str, np.ndarray]:
    if not is_file(path):
        raise _bad(f"There is no file {path}")
    if not zipfile.is_zipfile(path):
        raise _bad(f"{path} is no npz archive, or a truncated one")
    with explained_read_errors(lambda reason: _bad(f"{path} cannot be read as an npz archive of arrays ({reason})")):
        return read_arrays(path, _LARGEST_BYTES)


def _config(arrays: dict[str, np.ndarray], path: Path) -> OfficialConfig:
    """The sizes: of the speech encoders as noted, of the rest by two weights' shapes."""
    with explained_read_errors(lambda reason: _bad(f"{path} has a wav2vec2_config that cannot be read ({reason})")):
        shape: Wav2Vec2Shape = speech_shape(parsed_json(text_of(arrays["wav2vec2_config"])))
    state_of = {name: arrays.get(f"{_STATE}{name}", np.empty(0)) for name in (_PROJECTION, _PREDICTOR)}
    width, motion_width = (len(np.atleast_1d(array)) for array in state_of.values())
    if not width or not motion_width:
        raise _bad(f"{path} lacks {_STATE}{_PROJECTION} or {_STATE}{_PREDICTOR}, which tell the model's width")
    return OfficialConfig(shape, feature_dim=width, blendshape_dim=motion_width)


def _check_shapes(fixture: ParityFixture) -> None:
    """Raises DuologueError (BAD_REQUEST)."""
    width, motion_width = fixture.config.feature_dim, fixture.config.blendshape_dim
    _check_arrays(
        fixture,
        {"audio1": (None,), "audio2": (None,), "blendshape2": (None, motion_width), "output": (None, motion_width)},
    )
    _check_lengths(fixture)
    frames, partner_frames = fixture.frames, len(fixture.inputs["blendshape2"])
    wanted: dict[str, tuple[int | None, ...]] = {
        "audio_feat1": (frames, width),
        "audio_feat2": (frames, width),
        "blendshape_feat": (partner_frames, width),
        "temporal_feat": (frames, width),
        "interaction_feat": (frames, 2 * width),
    }
    _check_arrays(fixture, wanted)


def _check_arrays(fixture: ParityFixture, wanted: Mapping[str, tuple[int | None, ...]]) -> None:
    """Raises DuologueError (BAD_REQUEST) unless every array named has its shape, None being any size, and numbers."""
    for name, shape in wanted.items():
        array = (fixture.inputs | fixture.values)[name]
        fits = array.ndim == len(shape) and all(
            there > 0 and size in {None, there} for there, size in zip(array.shape, shape, strict=True)
        )
        if not fits:
            needed = ", ".join("any" if size is None else str(size) for size in shape)
            raise _bad(f"{fixture.path} has {name} of shape {array.shape}, not ({needed})")
        if not _is_float(array) or not np.isfinite(array).all():
            raise _bad(f"{fixture.path} has numbers in {name} that are not finite, or not floating point")


def _check_lengths(fixture: ParityFixture) -> None:
    """Raises DuologueError (BAD_REQUEST) where the sound is too short, or gives another number of frames."""
    shortest = fixture.config.speech.shortest_samples
    for name in ("audio1", "audio2"):
        if len(fixture.inputs[name]) < shortest:
            raise _bad(
                f"{fixture.path} has {len(fixture.inputs[name])} samples in {name}; the encoder needs {shortest}"
            )
    samples = len(fixture.inputs["audio1"])
    # Of a whole number of frames the reference's floating point makes one more for some lengths; both are right.
    right = {-(-samples // SAMPLES_PER_FRAME), math.ceil(samples / SAMPLE_RATE * FRAME_RATE)}
    if fixture.frames not in right:
        raise _bad(f"{fixture.path} has {fixture.frames} frames of output for {samples} samples in audio1")


def _is_float(array: np.ndarray) -> bool:
    return bool(np.issubdtype(array.dtype, np.floating))


def _bad(problem: str) -> DuologueError:
    return DuologueError(
        ExitCode.BAD_REQUEST, f"{problem}.", "Give a parity fixture; docs/developers/dualtalk-official.md tells."
    )
