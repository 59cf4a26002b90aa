"""The official DualTalk checkpoint: `DualTalk.pth` as it is, and the same weights as half-precision safetensors.

Nothing in a file is run: `.pth` is read with torch's `weights_only`. A file is either taken whole or refused with a
sentence that names what is wrong.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import torch
from safetensors import safe_open
from torch import Tensor

from ...contract.errors import DuologueError, ExitCode
from ...contract.reading import explained_read_errors, is_file
from .model import OfficialConfig, OfficialDualTalk
from .speech_encoders import FeatureShape, Wav2Vec2Shape

FORMAT: Final = "dualtalk-official"
"""What a converted file's metadata says it is."""

_NAMED: Final = 4
"""So many names are listed; of the others the number."""
_PREFIX: Final = re.compile(r"^(?:(?:module|model|_orig_mod)\.)+")
_WRAPPERS: Final = ("state_dict", "model_state_dict", "model")
_OLD_NAMES: Final = {"weight_g": "parametrizations.weight.original0", "weight_v": "parametrizations.weight.original1"}
"""Weight normalisation's tensors as torch 1.12 calls them, and as torch since 2.1 does."""
_FIX: Final = "Choose the DualTalk.pth that DualTalk's authors published, or download it again."


def load_checkpoint(path: Path, *, device: str = "cpu", config: OfficialConfig | None = None) -> OfficialDualTalk:
    """The model with the weights of `path` (`.safetensors`, else torch's format) in float32, ready to run.

    `config` None is what a converted file says of itself, and the official sizes for any other.
    Raises DuologueError (WEIGHTS_INVALID) for a file that is not there, is truncated or damaged, asks to run something,
    lacks tensors or has others, belongs to another model, or holds numbers that are not finite.
    """
    state, noted = read_checkpoint(path)
    return assembled(state, config or noted or OfficialConfig(), str(path)).to(device)


def read_checkpoint(path: Path) -> tuple[dict[str, Tensor], OfficialConfig | None]:
    """The tensors in `path` under the official names, and the sizes it notes, if it does. Raises as `load_checkpoint`.

    The tensors stay in the file until they are used, where the format allows it.
    """
    if not is_file(path):
        raise _invalid(f"There is no checkpoint at {path}", "Choose the file DualTalk.pth.")
    damaged = f"{path} is damaged or no checkpoint"
    with explained_read_errors(lambda reason: _invalid(f"{damaged}; nothing of it was run ({reason})")):
        if path.suffix == ".safetensors":
            with safe_open(path, framework="pt", device="cpu") as file:
                metadata = file.metadata() or {}
                config = config_from_json(metadata["config"]) if metadata.get("format") == FORMAT else None
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  (no mapping)
            return _tensors_of(tensors, path), config
        # A whole file in torch's present format is a zip archive, which can stay on disk; older files cannot.
        content = torch.load(path, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(path))
        return _tensors_of(content, path), None


def assembled(state: Mapping[str, Tensor], config: OfficialConfig, what: str) -> OfficialDualTalk:
    """The model of `config` with the weights `state`, by official names; `what` says in errors where they are from.

    Raises DuologueError (WEIGHTS_INVALID) where names, shapes or numbers do not fit.
    """
    model = without_memory(config, what)
    check_fit(state, official_state(model), what)
    check_finite(state, what)
    weights = {_present_name(name): tensor.detach().float() for name, tensor in state.items()}
    model.load_state_dict(weights, strict=True, assign=True)
    return model.requires_grad_(False).eval()


def without_memory(config: OfficialConfig, what: str) -> OfficialDualTalk:
    """A model of `config` whose tensors have shapes alone. Raises DuologueError (WEIGHTS_INVALID) for other sizes."""
    with (
        explained_read_errors(lambda reason: _invalid(f"{what} asks for sizes that fit no model ({reason})")),
        torch.device("meta"),
    ):
        return OfficialDualTalk(config)


def official_state(model: OfficialDualTalk) -> dict[str, Tensor]:
    """The state of `model` under the names of the official file."""
    return {official_name(name): tensor for name, tensor in model.state_dict().items()}


def official_name(name: str) -> str:
    """A tensor's name as the official file has it: no wrapper's prefix, weight normalisation named as in torch 1.12."""
    name = _PREFIX.sub("", name)
    for old, present in _OLD_NAMES.items():
        name = name.replace(present, old)
    return name


def check_fit(state: Mapping[str, Tensor], wanted: Mapping[str, Tensor], what: str) -> None:
    """Raises DuologueError (WEIGHTS_INVALID) unless names, shapes and types of `state` are those `wanted`."""
    missing = [name for name in wanted if name not in state]
    unexpected = [name for name in state if name not in wanted]
    if len(missing) == len(wanted):
        raise _invalid(
            f"{what} is a checkpoint of another model: none of DualTalk's {len(wanted)} tensors is in it, but "
            f"{_listed(unexpected)}"
        )
    shared = [name for name in wanted if name in state]
    reshaped = [
        f"{name} is {list(state[name].shape)} instead of {list(wanted[name].shape)}"
        for name in shared
        if state[name].shape != wanted[name].shape
    ]
    retyped = [f"{name} is {state[name].dtype}" for name in shared if not state[name].is_floating_point()]
    faults = {"missing": missing, "unexpected": unexpected, "of another shape": reshaped, "of another type": retyped}
    parts = [f"{len(names)} {kind} ({_listed(names)})" for kind, names in faults.items() if names]
    if parts:
        raise _invalid(f"{what} does not fit DualTalk's {len(wanted)} tensors: {'; '.join(parts)}")


def check_finite(state: Mapping[str, Tensor], what: str) -> None:
    """Raises DuologueError (WEIGHTS_INVALID) where a number is NaN or infinite."""
    # The extremes carry a NaN along, and are found a hundred times faster than every number is looked at.
    broken = [
        name for name, tensor in state.items() if not bool(torch.isfinite(torch.stack(torch.aminmax(tensor))).all())
    ]
    if broken:
        raise _invalid(f"{what} holds numbers that are not finite in {len(broken)} tensors ({_listed(broken)})")


def config_as_json(config: OfficialConfig) -> str:
    """The sizes as `config_from_json` reads them."""
    return json.dumps(asdict(config), sort_keys=True)


def config_from_json(text: str) -> OfficialConfig:
    """Raises ValueError, TypeError, KeyError or AttributeError where `text` is not what `config_as_json` gives."""
    fields: dict[str, Any] = json.loads(text)
    speech = fields["speech"]
    shape = FeatureShape(**speech) if set(speech) == {"width"} else speech_shape(speech)
    return OfficialConfig(**fields | {"speech": shape})


def speech_shape(fields: Mapping[str, Any]) -> Wav2Vec2Shape:
    """The sizes among `fields`, of which `transformers` writes many more. Raises KeyError, TypeError or ValueError."""
    numbers = {name: fields[name] for name in Wav2Vec2Shape.__dataclass_fields__}
    for name in ("conv_dim", "conv_kernel", "conv_stride"):
        numbers[name] = tuple(int(size) for size in numbers[name])
    return Wav2Vec2Shape(**numbers)


def _tensors_of(content: Any, path: Path) -> dict[str, Tensor]:
    """The state dict that `content` is or wraps, under the official names."""
    for wrapper in _WRAPPERS:
        if isinstance(content, Mapping) and isinstance(content.get(wrapper), Mapping):
            content = content[wrapper]
    if not isinstance(content, Mapping) or not content:
        raise _invalid(f"{path} holds no named weights but {type(content).__name__}")
    others = [str(name) for name, value in content.items() if not isinstance(value, Tensor)]
    if others:
        raise _invalid(f"{path} is a checkpoint of another model: not a tensor are {_listed(others)}")
    tensors = {official_name(str(name)): tensor for name, tensor in content.items()}
    if len(tensors) != len(content):
        raise _invalid(f"{path} names {len(content) - len(tensors)} tensors twice")
    return tensors


def _present_name(name: str) -> str:
    """An official name as the torch that runs calls it."""
    head, _, last = name.rpartition(".")
    return f"{head}.{_OLD_NAMES.get(last, last)}"


def _listed(names: Iterable[str]) -> str:
    """The first few, and how many more."""
    listed = list(names)
    more = len(listed) - _NAMED
    return ", ".join(listed[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _invalid(problem: str, fix: str = _FIX) -> DuologueError:
    return DuologueError(ExitCode.WEIGHTS_INVALID, f"{problem}.", fix)
