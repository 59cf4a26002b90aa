"""`train colocated`: Talking Together's model on a folder of recordings, rehearsals or one's own."""

from __future__ import annotations

import argparse
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ...cache import CACHE
from ...progress import counter
from ..flags import add_training_flags, bad_flag, check_training_flags
from ..trainer import Trainer

if TYPE_CHECKING:
    from backend.contract.face import Face

    from ..distributed import ProcessGroup
    from .config import ColocatedSettings
    from .windows import Material

_RUN: Final = CACHE / "training-colocated"
_WEIGHTS: Final = "colocated.safetensors"


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `train colocated`."""
    from .config import ColocatedSettings

    usual = ColocatedSettings()
    texts = {
        "data": "a folder a recording; see the docs",
        "start": "weights to begin with, as the shipped ones",
        "window": "frames, 25 a second; a multiple of 8",
        "rate": "AdamW's in the first stage",
    }
    learning, machine = add_training_flags(parser, usual, _RUN, _WEIGHTS, texts)
    parser.add_argument("--held-out", type=int, metavar="N", help="the last N are not learned from; default a tenth")
    parser.add_argument("--features", type=Path, metavar="DIR", help="speech features are kept here; default in --run")
    parser.add_argument("--mouths", type=Path, metavar="DIR", help="lips read off them too; default in --run")
    learning.add_argument("--steps", type=int, default=usual.steps, help="on dialogues")
    learning.add_argument("--stage-two-steps", type=int, default=usual.dubbing_steps, help="on synthetic dubbing")
    without = parser.add_argument_group("without", "parts left out, to see what each of them is good for")
    without.add_argument("--without-roles", action="store_true", help="no role embedding")
    without.add_argument("--without-attention", action="store_true", help="people do not see each other")
    without.add_argument("--without-gaze-loss", action="store_true")
    without.add_argument("--alone", action="store_true", help="one person of each dialogue at a time")
    machine.add_argument("--single", action="store_true", help="float32 throughout, not bfloat16 where it is faster")


def check(arguments: argparse.Namespace) -> None:
    """Raises DuologueError (BAD_REQUEST)."""
    check_training_flags(arguments, {"steps": 1, "stage_two_steps": 0, "window": 16})
    if arguments.held_out is not None and arguments.held_out < 0:
        raise bad_flag(f"--held-out is {arguments.held_out}", "Give 0 or more.")
    if arguments.window % 8:
        raise bad_flag(f"--window is {arguments.window}", "Give a multiple of 8: the model halves it three times.")
    if arguments.batch < arguments.devices:
        raise bad_flag(f"--batch is {arguments.batch} for {arguments.devices} devices", "Give each of them a window.")


def run(arguments: argparse.Namespace, group: ProcessGroup) -> None:
    """Everything, from the recordings to the weights. Raises DuologueError."""
    from backend.contract.files import write_text_whole
    from backend.engines.weights import write_weights

    from .task import ColocatedCadence, ColocatedTask

    settings, face = _settings(arguments), _face(arguments)
    material = _material(arguments, settings, face, group)
    cadence = ColocatedCadence(checkpoint_steps=arguments.checkpoint_steps)
    task = ColocatedTask(material, face, arguments.run, group.device, settings, cadence, arguments.start)
    trainer = Trainer(task, arguments.run, group, cadence)
    if group.writes:
        write_text_whole(arguments.run / "settings.json", settings.as_json())
        print(f"{len(material.learned)} recordings to learn from, {len(material.held_out)} held out")
        print(f"{sum(weight.numel() for weight in task.model.parameters()):,} weights")
        if trainer.step:
            print(f"going on after step {trainer.step} of {settings.all_steps}")
    trainer.fit()
    trainer.draw()
    if group.writes:
        out = arguments.out or arguments.run / _WEIGHTS
        write_weights(out, trainer.result)
        print(out)


def _settings(arguments: argparse.Namespace) -> ColocatedSettings:
    from backend.engines.colocated.model import ColocatedConfig

    from .config import ColocatedSettings

    model = ColocatedConfig(role_embedding=not arguments.without_roles, cross_attention=not arguments.without_attention)
    return ColocatedSettings(
        model=model,
        steps=arguments.steps,
        dubbing_steps=arguments.stage_two_steps,
        gaze_loss=not arguments.without_gaze_loss,
        half=not arguments.single,
        **{name: getattr(arguments, name) for name in ("batch", "window", "rate", "alone", "seed")},
    )


def _face(arguments: argparse.Namespace) -> Face:
    """The open head. Raises DuologueError (FACE_NOT_FOUND, FACE_INVALID)."""
    from backend.assets import assets_folder
    from backend.contract.constants import OPEN_HEAD
    from backend.contract.face import load_face

    return load_face(assets_folder(arguments.assets) / "faces" / f"{OPEN_HEAD}.npz")


def _material(arguments: argparse.Namespace, settings: ColocatedSettings, face: Face, group: ProcessGroup) -> Material:
    """The audio features are computed by the process that writes, while the others wait. Raises DuologueError."""
    from backend.assets import assets_folder
    from backend.engines.lip_reader.model import load_lips
    from backend.speech.encoder import load_encoder

    from .audio_features import compute_audio_features
    from .data import divided, fingerprint, read_recordings
    from .windows import Dialogue, Material, turning_limit

    first = group.writes
    recordings, faults = read_recordings(
        arguments.data,
        face,
        settings.window,
        leave_out_bad=arguments.leave_out_bad,
        progress=counter(group.report, "recordings checked", 20, shown=first),
    )
    for fault in faults if first else ():
        print(f"left out: {fault}")
    held_out = arguments.held_out if arguments.held_out is not None else len(recordings) // 10
    learned, held = divided(recordings, held_out)
    if not first:
        group.wait()
    features = compute_audio_features(
        recordings,
        arguments.features or arguments.run / "features",
        arguments.mouths or arguments.run / "mouths",
        cache(lambda: load_encoder(assets_folder(arguments.assets) / "speech" / "whisper-base-encoder-4.safetensors")),
        cache(load_lips),
        counter(group.report, "audio features", 20, shown=first),
    )
    if first:
        group.wait()
    dialogues = [Dialogue(*pair) for pair in zip(recordings, features, strict=True)]
    turning = turning_limit(learned, settings.window)
    return Material(
        dialogues[: len(learned)], dialogues[len(dialogues) - len(held) :], turning, fingerprint(recordings)
    )
