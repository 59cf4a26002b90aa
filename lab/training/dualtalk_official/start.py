"""What a training starts from: sizes, speech encoders that were trained before, a whole checkpoint to go on from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor

from backend.contract.errors import DuologueError, ExitCode
from backend.contract.reading import explained_read_errors, read_errors_as, read_json
from backend.engines.dualtalk_official.checkpoint import (
    check_finite,
    check_fit,
    official_name,
    read_checkpoint,
    speech_shape,
)
from backend.engines.dualtalk_official.model import OfficialConfig, OfficialDualTalk
from backend.engines.dualtalk_official.speech_encoders import WHISPER_WIDTH, FeatureShape, Wav2Vec2Speech

from .tracks import MOTION_WIDTH

_WEIGHT_FILES: Final = ("model.safetensors", "pytorch_model.bin")
_PREFIX: Final = "wav2vec2."


def sizes(encoder: str, file: Path | None, pretrained: Path | None) -> OfficialConfig:
    """The sizes to train, from `file` where there is one: JSON with what is not to be official.

    `encoder` is wav2vec2 or whisper; `pretrained` a folder whose config.json says how large its encoder is.
    Raises DuologueError (BAD_REQUEST).
    """
    changes: dict[str, Any] = {} if file is None else _json(file)
    config = OfficialConfig()
    if encoder == "whisper":
        config = replace(config, speech=FeatureShape(WHISPER_WIDTH))
    fix = "Correct the file after --sizes; docs/developers/training-dualtalk.md lists what may be in it."
    with read_errors_as(ExitCode.BAD_REQUEST, "The sizes asked for make no model", fix):
        if pretrained is not None and (pretrained / "config.json").is_file():
            config = replace(config, speech=speech_shape(_json(pretrained / "config.json")))
        if "speech" in changes:
            speech = changes.pop("speech")
            given: dict[str, Any] = {
                name: (tuple(value) if isinstance(value, list) else value) for name, value in speech.items()
            }
            config = replace(config, speech=replace(config.speech, **given))
        config = replace(config, **changes)
        with torch.device("meta"):
            OfficialDualTalk(config)
    return config


def check_trainable(config: OfficialConfig) -> None:
    """Raises DuologueError (BAD_REQUEST) for a model that takes or makes other numbers than the data have."""
    if config.blendshape_dim != MOTION_WIDTH:
        problem = f"The model makes {config.blendshape_dim} numbers a frame; the data have {MOTION_WIDTH}"
    elif isinstance(config.speech, FeatureShape) and config.speech.width != WHISPER_WIDTH:
        problem = f"The model takes speech features of {config.speech.width} numbers; Whisper's have {WHISPER_WIDTH}"
    else:
        return
    raise DuologueError(ExitCode.BAD_REQUEST, f"{problem}.", "Correct --sizes, or start from another checkpoint.")


def fresh_model(config: OfficialConfig, seed: int, pretrained: Path | None = None) -> OfficialDualTalk:
    """Random weights, the speech encoders' from `pretrained` where it is given.

    `pretrained` is a wav2vec 2.0 in `transformers`' form: a folder, or its model.safetensors or pytorch_model.bin.
    Raises DuologueError (WEIGHTS_INVALID) where it cannot be read or has other sizes.
    """
    torch.manual_seed(seed)
    model = OfficialDualTalk(config)
    if pretrained is not None:
        weights = _speech_weights(pretrained)
        for encoder in (model.joint_encoder.audio_encoder1, model.joint_encoder.audio_encoder2):
            if isinstance(encoder, Wav2Vec2Speech):
                _fill(encoder, weights, str(pretrained))
    return model


def _speech_weights(path: Path) -> dict[str, Tensor]:
    """A wav2vec 2.0's tensors by the names of its parts. Raises DuologueError (WEIGHTS_INVALID)."""
    if path.is_dir():
        file = next((path / name for name in _WEIGHT_FILES if (path / name).is_file()), path / _WEIGHT_FILES[0])
    else:
        file = path
    state, _ = read_checkpoint(file)
    inner = {name.removeprefix(_PREFIX): tensor for name, tensor in state.items() if name.startswith(_PREFIX)}
    return inner or state


def _fill(encoder: Wav2Vec2Speech, weights: dict[str, Tensor], what: str) -> None:
    """Raises DuologueError (WEIGHTS_INVALID); tensors that the encoder has no use for are left out."""
    own = encoder.state_dict()
    wanted = {official_name(name): tensor for name, tensor in own.items()}
    # Published encoders that were tuned for recognition may lack the vector that only masking uses.
    optional = {"masked_spec_embed": wanted["masked_spec_embed"]}
    given = optional | {name: tensor for name, tensor in weights.items() if name in wanted}
    check_fit(given, wanted, what)
    check_finite(given, what)
    encoder.load_state_dict({name: given[official_name(name)].float() for name in own})


def _json(path: Path) -> dict[str, Any]:
    """Raises DuologueError (BAD_REQUEST)."""
    with explained_read_errors(
        lambda reason: DuologueError(ExitCode.BAD_REQUEST, f"{path} cannot be read ({reason}).", "Name a JSON file.")
    ):
        content = read_json(path)
    if not isinstance(content, dict):
        raise DuologueError(ExitCode.BAD_REQUEST, f"{path} holds no JSON object.", "Write {…} into it.")
    return content
