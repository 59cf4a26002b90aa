"""`train colocated`: Talking Together's model on a folder of recordings, rehearsals or one's own."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from backend.contract.errors import DuologueError, ExitCode
from backend.job.failures import run_explained
from backend.job.reporting import print_failure

from ...cache import CACHE

if TYPE_CHECKING:
    from backend.contract.face import Face

    from ..distributed import Crew
    from .config import ColocatedSettings
    from .windows import Material

_RUN: Final = CACHE / "training-colocated"
_WEIGHTS: Final = "colocated.safetensors"
_LARGEST_SEED: Final = 2**32 - 1


def main(words: Sequence[str]) -> int:
    """The exit code."""
    arguments = _parser().parse_args(words)
    status = [0]

    def work() -> None:
        _check(arguments)
        from ..distributed import launch, launched

        if arguments.devices > 1 and not launched():
            status[0] = launch(words, arguments.devices, "colocated")
        else:
            _train(arguments)

    return int(run_explained(work, print_failure)) or status[0]


def _parser() -> argparse.ArgumentParser:
    from .config import ColocatedSettings

    usual = ColocatedSettings()
    parser = argparse.ArgumentParser(prog="python -m lab train colocated", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="a folder a recording; see the docs")
    parser.add_argument("--run", type=Path, default=_RUN, metavar="DIR", help="checkpoints, curves; found again")
    parser.add_argument("--resume", action="store_true", help="go on; an error where --run has nothing to go on from")
    parser.add_argument("--out", type=Path, metavar="FILE", help=f"the weights; default {_WEIGHTS} in --run")
    parser.add_argument("--start", type=Path, metavar="FILE", help="weights to begin with, as the shipped ones")
    parser.add_argument("--leave-out-bad", action="store_true", help="train without the recordings that have a fault")
    parser.add_argument("--held-out", type=int, metavar="N", help="the last N are not learned from; default a tenth")
    parser.add_argument("--features", type=Path, metavar="DIR", help="speech features are kept here; default in --run")
    parser.add_argument("--mouths", type=Path, metavar="DIR", help="lips read off them too; default in --run")
    learning = parser.add_argument_group("learning")
    learning.add_argument("--steps", type=int, default=usual.steps, help="on dialogues")
    learning.add_argument("--stage-two-steps", type=int, default=usual.dubbing_steps, help="on synthetic dubbing")
    learning.add_argument("--batch", type=int, default=usual.batch, help="windows")
    learning.add_argument("--window", type=int, default=usual.window, help="frames, 25 a second; a multiple of 8")
    learning.add_argument("--rate", type=float, default=usual.rate, help="AdamW's in the first stage")
    learning.add_argument("--seed", type=int, default=usual.seed)
    without = parser.add_argument_group("without", "parts left out, to see what each of them is good for")
    without.add_argument("--without-roles", action="store_true", help="no role embedding")
    without.add_argument("--without-attention", action="store_true", help="people do not see each other")
    without.add_argument("--without-gaze-loss", action="store_true")
    without.add_argument("--alone", action="store_true", help="one person of each dialogue at a time")
    machine = parser.add_argument_group("machine")
    machine.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1, mps")
    machine.add_argument("--devices", type=int, default=1, help="more than one needs the library accelerate")
    machine.add_argument("--single", action="store_true", help="float32 throughout, not bfloat16 where it is faster")
    machine.add_argument("--checkpoint-steps", type=int, default=200, help="what a kill loses at most")
    machine.add_argument("--assets", type=Path, help="the assets folder")
    return parser


def _check(arguments: argparse.Namespace) -> None:
    """Raises DuologueError (BAD_REQUEST)."""
    least = {"steps": 1, "stage_two_steps": 0, "batch": 1, "window": 16, "devices": 1, "seed": 0, "checkpoint_steps": 1}
    for name, smallest in least.items():
        if getattr(arguments, name) < smallest:
            raise _bad(f"--{name.replace('_', '-')} is {getattr(arguments, name)}", f"Give {smallest} or more.")
    if arguments.held_out is not None and arguments.held_out < 0:
        raise _bad(f"--held-out is {arguments.held_out}", "Give 0 or more.")
    if arguments.window % 8:
        raise _bad(f"--window is {arguments.window}", "Give a multiple of 8: the model halves it three times.")
    if arguments.seed > _LARGEST_SEED:
        raise _bad(f"--seed is {arguments.seed}", f"Give {_LARGEST_SEED} or less.")
    if not 0.0 < arguments.rate < 1.0:
        raise _bad(f"--rate is {arguments.rate}", "Give a learning rate between 0 and 1.")
    if arguments.batch < arguments.devices:
        raise _bad(f"--batch is {arguments.batch} for {arguments.devices} devices", "Give each of them a window.")
    if arguments.resume and not (arguments.run / "checkpoint.pt").is_file():
        raise _bad(f"{arguments.run} has no checkpoint to go on from", "Leave out --resume to begin.")


def _train(arguments: argparse.Namespace) -> None:
    """Everything, from the recordings to the weights. Raises DuologueError."""
    from backend.job.device import choose_device

    from ..distributed import crew_for
    from .training import ColocatedTraining, Pace, write_settings

    crew = crew_for(choose_device(arguments.device), arguments.devices)
    settings, face = _settings(arguments), _face(arguments)
    material = _material(arguments, settings, face, crew)
    pace = Pace(checkpoint_steps=arguments.checkpoint_steps)
    training = ColocatedTraining(material, face, arguments.run, crew, settings, pace, arguments.start)
    if crew.index == 0:
        write_settings(arguments.run, settings)
        print(f"{len(material.learned)} recordings to learn from, {len(material.held_out)} held out")
        print(f"{sum(one.numel() for one in training.model.parameters()):,} weights")
        if training.step:
            print(f"going on after step {training.step} of {settings.all_steps}")
    training.fit()
    training.draw()
    if crew.index == 0:
        out = arguments.out or arguments.run / _WEIGHTS
        training.save(out)
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


def _material(arguments: argparse.Namespace, settings: ColocatedSettings, face: Face, crew: Crew) -> Material:
    """What is heard is made by the process that writes, while the others wait. Raises DuologueError."""
    from backend.assets import assets_folder
    from backend.engines.lip_reader.checkpoint import load_lips
    from backend.speech.encoder import load_encoder

    from .dataset import divided, fingerprint, read_recordings
    from .hearing import hear_recordings
    from .windows import Heard, Material, turning_limit

    first = crew.index == 0
    recordings, faults = read_recordings(
        arguments.data,
        face,
        settings.window,
        leave_out_bad=arguments.leave_out_bad,
        progress=_counter("recordings checked", told=first),
    )
    for fault in faults if first else ():
        print(f"left out: {fault}")
    held_out = arguments.held_out if arguments.held_out is not None else len(recordings) // 10
    learned, held = divided(recordings, held_out)
    if not first:
        crew.wait()
    hearings = hear_recordings(
        recordings,
        arguments.features or arguments.run / "features",
        arguments.mouths or arguments.run / "mouths",
        cache(lambda: load_encoder(assets_folder(arguments.assets) / "speech" / "whisper-base-encoder-4.safetensors")),
        cache(load_lips),
        _counter("recordings heard", told=first),
    )
    if first:
        crew.wait()
    heard = [Heard(*pair) for pair in zip(recordings, hearings, strict=True)]
    turning = turning_limit(learned, settings.window)
    return Material(heard[: len(learned)], heard[len(heard) - len(held) :], turning, fingerprint(recordings))


def _counter(what: str, *, told: bool) -> Callable[[int, int], None]:
    def count(done: int, total: int) -> None:
        if told and (done == total or done % 20 == 0):
            print(f"{what}: {done} of {total}", flush=True)

    return count


def _bad(problem: str, fix: str) -> DuologueError:
    return DuologueError(ExitCode.BAD_REQUEST, f"{problem}.", fix)
