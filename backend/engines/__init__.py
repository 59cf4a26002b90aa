"""Engines: from the dialogue's audio to the motion of both heads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from ..contract.constants import DEFAULT_ENGINE, OFFICIAL_ENGINE
from ..contract.errors import DuologueError, ExitCode
from .motion import DialogueAudio, KnownPerson, Motion

ENGINES: Final = (DEFAULT_ENGINE,)
"""The names that `generate` knows."""


def generate(
    name: str,
    audio: DialogueAudio,
    *,
    seed: int,
    habits: tuple[Mapping[str, float], Mapping[str, float]],
    device: str,
    assets: Path | None = None,
    known: KnownPerson | None = None,
    progress: Callable[[str, int, int], None] = lambda _stage, _done, _total: None,
    check_cancel: Callable[[], None] = lambda: None,
) -> Motion:
    """The motion of both people by the engine `name`.

    `habits` of each person by the names of `contract.character.HABITS`; what is not given is ordinary, and names that
    no engine knows are passed over. With `known`, of as many frames as the sound has, that person does so and the
    other one reacts. `progress(stage, done, total)` with the stages “features” and “model”;
    `check_cancel()` is called at every window and may raise. `assets` None means the default folder.
    The same arguments give the same motion. Raises DuologueError (ENGINE_UNKNOWN, ASSET_MISSING, ASSET_CORRUPT,
    WEIGHTS_INVALID).
    """
    _check_name(name)
    # Only now: torch takes seconds to import, and a wrong name should not.
    from ..assets import assets_folder
    from .dualtalk_engine import run

    encoder = assets_folder(assets) / "speech" / "whisper-base-encoder-4.safetensors"
    return run(audio, encoder, seed, habits, device, progress, check_cancel, known)


def weights_sha256(name: str) -> str:
    """The hash of the engine's weights. Raises DuologueError (ENGINE_UNKNOWN, WEIGHTS_INVALID)."""
    _check_name(name)
    from .weights import weights_hash

    return weights_hash()


def _check_name(name: str) -> None:
    if name not in ENGINES:
        raise DuologueError(
            ExitCode.ENGINE_UNKNOWN,
            f"There is no engine called “{name}”.",
            f"Choose one of: {', '.join((*ENGINES, OFFICIAL_ENGINE))}.",
        )
