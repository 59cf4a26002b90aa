"""Engines: from the dialogue's audio to the motion of both heads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from ..contract.constants import COLOCATED_ENGINE, DUALTALK_ENGINE, OFFICIAL_ENGINE
from ..contract.errors import DuologueError, ExitCode
from .motion import DialogueAudio, KeptMotion, KnownPerson, Motion
from .scene import ORDINARY_SCENE, Scene

ENGINES: Final = (COLOCATED_ENGINE, DUALTALK_ENGINE)
"""The names that `generate` knows."""

_ENCODER: Final = "speech/whisper-base-encoder-4.safetensors"


def generate(
    name: str,
    audio: DialogueAudio,
    *,
    seed: int,
    habits: tuple[Mapping[str, float], Mapping[str, float]],
    device: str,
    assets: Path | None = None,
    scene: Scene | None = None,
    known: KnownPerson | None = None,
    kept: KeptMotion | None = None,
    progress: Callable[[str, int, int], None] = lambda _stage, _done, _total: None,
    check_cancel: Callable[[], None] = lambda: None,
) -> Motion:
    """The motion of both people by the engine `name`.

    `habits` of each person by the names of `contract.character.HABITS`; what is not given is ordinary, and names that
    no engine knows are passed over. `scene` is the place that the colocated engine makes its motion for, None for an
    ordinary one; the other engine makes it for any. With `known`, of as many frames as the sound has, that person does
    so and the other one reacts. `kept`, of as many frames, stays as it is where its mask is true, and the colocated
    engine makes the rest so that it fits. `progress(stage, done, total)` with the stages “features” and “model”;
    `check_cancel()` is called at every window and may raise. `assets` None means the default folder.
    The same arguments give the same motion. Raises DuologueError (ENGINE_UNKNOWN, ASSET_MISSING, ASSET_CORRUPT,
    WEIGHTS_INVALID) and ValueError for `known` or `kept` of another length.
    """
    _check_name(name)
    # Only now: torch takes seconds to import, and a wrong name should not.
    from ..assets import assets_folder

    encoder = assets_folder(assets) / _ENCODER
    if name == COLOCATED_ENGINE:
        from .colocated import engine as colocated_engine
        from .keeping import keeping

        return colocated_engine.run(
            audio,
            encoder,
            seed,
            habits,
            device,
            progress=progress,
            check_cancel=check_cancel,
            scene=scene or ORDINARY_SCENE,
            kept=keeping(known, kept),
        )
    from .dualtalk import engine as dualtalk_engine
    from .keeping import keep

    made = dualtalk_engine.run(audio, encoder, seed, habits, device, progress, check_cancel, known)
    return made if kept is None else keep(made, kept)


def weights_sha256(name: str) -> str:
    """The hash of the engine's weights. Raises DuologueError (ENGINE_UNKNOWN, WEIGHTS_INVALID)."""
    _check_name(name)
    from .weights import weights_hash

    if name == COLOCATED_ENGINE:
        from .colocated.checkpoint import COLOCATED_WEIGHTS

        return weights_hash(COLOCATED_WEIGHTS)
    from .dualtalk.checkpoint import WEIGHTS

    return weights_hash(WEIGHTS)


def weights_files(name: str) -> dict[str, str]:
    """File name → sha256 of all weights that the engine's motion depends on: its own and the lip reader's.

    Raises DuologueError (ENGINE_UNKNOWN, WEIGHTS_INVALID).
    """
    _check_name(name)
    from .colocated.checkpoint import COLOCATED_WEIGHTS
    from .dualtalk.checkpoint import WEIGHTS
    from .lip_reader.checkpoint import LIP_WEIGHTS
    from .weights import weights_hash

    paths = [COLOCATED_WEIGHTS if name == COLOCATED_ENGINE else WEIGHTS, LIP_WEIGHTS]
    return {path.name: weights_hash(path) for path in paths}


def _check_name(name: str) -> None:
    if name not in ENGINES:
        raise DuologueError(
            ExitCode.ENGINE_UNKNOWN,
            f"There is no engine called “{name}”.",
            f"Choose one of: {', '.join((*ENGINES, OFFICIAL_ENGINE))}.",
        )
