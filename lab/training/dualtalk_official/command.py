"""`train dualtalk`: DualTalk on a data set in its published layout."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from backend.contract.errors import DuologueError, ExitCode
from backend.job.failures import run_explained
from backend.job.reporting import print_failure

from ...cache import CACHE

if TYPE_CHECKING:
    from backend.engines.dualtalk_official.model import OfficialDualTalk

    from ..distributed import Crew
    from .cache import CachedClips
    from .config import Pace, TrainingSettings
    from .dataset import Dataset

_RUN: Final = CACHE / "training-dualtalk"
_LARGEST_SEED: Final = 2**32 - 1


def main(words: Sequence[str]) -> int:
    """The exit code."""
    arguments = _parser().parse_args(words)
    status = [0]

    def work() -> None:
        _check(arguments)
        from ..distributed import launch, launched

        if arguments.devices > 1 and not launched():
            status[0] = launch(words, arguments.devices)
        else:
            _train(arguments)

    return int(run_explained(work, print_failure)) or status[0]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lab train dualtalk", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="holds train/, test/ and ood/")
    parser.add_argument("--run", type=Path, default=_RUN, metavar="DIR", help="checkpoints, curves; found again")
    parser.add_argument("--out", type=Path, metavar="FILE", help="the weights; default dualtalk.safetensors in --run")
    parser.add_argument("--leave-out-bad", action="store_true", help="train without the clips that have a fault")
    model = parser.add_argument_group("model")
    model.add_argument("--encoder", choices=("wav2vec2", "whisper"), default="wav2vec2", help="of speech")
    model.add_argument("--wav2vec2", type=Path, metavar="DIR", help="a wav2vec 2.0 of transformers' form to start from")
    model.add_argument("--start", type=Path, metavar="FILE", help="a DualTalk checkpoint to start from")
    model.add_argument("--sizes", type=Path, metavar="JSON", help="sizes that are not the official ones")
    learning = parser.add_argument_group("learning")
    learning.add_argument("--epochs", type=int, default=200)
    learning.add_argument("--batch", type=int, default=32, help="windows")
    learning.add_argument("--window", type=int, default=200, help="frames, 25 a second")
    learning.add_argument("--rate", type=float, default=1e-4, help="Adam's, a fifth less every 50 epochs")
    learning.add_argument("--seed", type=int, default=7)
    learning.add_argument("--validation", type=float, default=0.1, help="share of the training clips")
    learning.add_argument("--group", metavar="PATTERN", help="clips in whose names it finds the same stay together")
    machine = parser.add_argument_group("machine")
    machine.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1, mps")
    machine.add_argument("--devices", type=int, default=1, help="more than one needs the library accelerate")
    machine.add_argument("--windows-at-once", type=int, default=0, help="of a batch, to save memory; 0 is all")
    machine.add_argument("--checkpoint-steps", type=int, default=200, help="what a kill loses at most")
    machine.add_argument("--validate-epochs", type=int, default=1)
    machine.add_argument("--assets", type=Path, help="the assets folder, for --encoder whisper")
    return parser


def _check(arguments: argparse.Namespace) -> None:
    """Raises DuologueError (BAD_REQUEST)."""
    least = {"epochs": 1, "batch": 1, "window": 2, "devices": 1, "windows_at_once": 0, "seed": 0}
    least |= {"checkpoint_steps": 1, "validate_epochs": 1}
    for name, smallest in least.items():
        if getattr(arguments, name) < smallest:
            raise _bad(f"--{name.replace('_', '-')} is {getattr(arguments, name)}", f"Give {smallest} or more.")
    if arguments.seed > _LARGEST_SEED:
        raise _bad(f"--seed is {arguments.seed}", f"Give {_LARGEST_SEED} or less.")
    if not 0.0 <= arguments.validation < 1.0:
        raise _bad(f"--validation is {arguments.validation}", "Give a share from 0 to below 1.")
    if not 0.0 < arguments.rate < 1.0:
        raise _bad(f"--rate is {arguments.rate}", "Give a learning rate between 0 and 1.")
    if arguments.start is not None and (arguments.sizes is not None or arguments.wav2vec2 is not None):
        raise _bad("--start brings its own sizes and speech encoders", "Leave out --sizes and --wav2vec2.")
    if arguments.wav2vec2 is not None and arguments.encoder != "wav2vec2":
        raise _bad("--wav2vec2 belongs to --encoder wav2vec2", "Leave out one of the two.")


def _train(arguments: argparse.Namespace) -> None:
    """Everything, from the data set to the measures. Raises DuologueError."""
    from backend.job.device import choose_device

    from ..distributed import crew_for
    from .dataset import TRAIN, divided
    from .training import Material, Training

    crew = crew_for(choose_device(arguments.device), arguments.devices)
    dataset = _surveyed(arguments, _counter("clips checked")) if crew.index == 0 else None
    model = _model(arguments)
    settings, pace = _settings(arguments, model), _pace(arguments)
    _check_writable(_out(arguments))
    cached = _cached(arguments, dataset, settings, crew)
    if dataset is None:  # now that another process has read everything
        dataset = _surveyed(arguments, lambda _done, _total: None)
    learned, validated = divided(dataset.of(TRAIN), arguments.validation, arguments.group)
    if crew.index == 0:
        _tell_start(arguments, dataset, len(learned), len(validated), model)
    training = Training(
        model, Material(learned, validated, cached, dataset.fingerprint()), arguments.run, crew, settings, pace
    )
    if crew.index == 0 and training.place.step:
        print(f"going on after step {training.place.step}, in epoch {training.place.epoch + 1}")
    training.fit()
    training.draw()
    if crew.index == 0:
        _finish(arguments, dataset, training.finished(), cached, crew.device)


def _surveyed(arguments: argparse.Namespace, progress: Callable[[int, int], None]) -> Dataset:
    """Raises DuologueError (DATASET_INVALID, BAD_REQUEST), nothing being written yet."""
    from .cache import read_index
    from .dataset import TRAIN, divided, survey

    known = read_index(arguments.run)
    dataset = survey(arguments.data, known, leave_out_bad=arguments.leave_out_bad, progress=progress)
    divided(dataset.of(TRAIN), arguments.validation, arguments.group)
    return dataset


def _model(arguments: argparse.Namespace) -> OfficialDualTalk:
    """Raises DuologueError (BAD_REQUEST, WEIGHTS_INVALID)."""
    from .start import check_trainable, fresh_model, model_to_go_on_from, sizes

    if arguments.start is not None:
        model = model_to_go_on_from(arguments.start)
        check_trainable(model.config)
        return model
    config = sizes(arguments.encoder, arguments.sizes, arguments.wav2vec2)
    check_trainable(config)
    return fresh_model(config, arguments.seed, arguments.wav2vec2)


def _settings(arguments: argparse.Namespace, model: OfficialDualTalk) -> TrainingSettings:
    from .config import TrainingSettings

    names = ("epochs", "batch", "window", "rate", "seed", "validation", "group")
    return TrainingSettings(model.config, **{name: getattr(arguments, name) for name in names})


def _pace(arguments: argparse.Namespace) -> Pace:
    from .config import Pace

    return replace(
        Pace(),
        checkpoint_steps=arguments.checkpoint_steps,
        validate_epochs=arguments.validate_epochs,
        windows_at_once=arguments.windows_at_once,
    )


def _cached(
    arguments: argparse.Namespace, dataset: Dataset | None, settings: TrainingSettings, crew: Crew
) -> CachedClips:
    """Made by the process that has the data set, while the others wait. Raises DuologueError."""
    from backend.assets import assets_folder
    from backend.engines.dualtalk_official.framed_features import whisper_hearing

    from .cache import CachedClips, write_cache

    if dataset is not None:
        on_features = settings.on_features
        hear = whisper_hearing(assets_folder(arguments.assets), crew.device) if on_features else None
        write_cache(dataset, arguments.run, hear, _counter("clips prepared"))
    crew.wait()
    return CachedClips(arguments.data, arguments.run, settings.on_features)


def _finish(
    arguments: argparse.Namespace, dataset: Dataset, model: OfficialDualTalk, cached: CachedClips, device: str
) -> None:
    """Write the weights, and measure them where nothing was learned from. Raises DuologueError."""
    from backend.contract.files import write_text_whole

    from .dataset import SPLITS, TRAIN
    from .measures import all_measures
    from .progress import save_trained

    save_trained(_out(arguments), model)
    print(_out(arguments))
    found = {}
    for split in SPLITS:
        if split != TRAIN and dataset.of(split):
            found[split] = all_measures(model, cached, dataset.of(split), device, _counter(f"{split} measured"))
            for name, value in found[split].items():
                print(f"{split:5} {name:18} {value:.6g}")
    write_text_whole(arguments.run / "measures.json", json.dumps(found, indent=1))


def _out(arguments: argparse.Namespace) -> Path:
    """Where the weights go."""
    return Path(arguments.out or arguments.run / "dualtalk.safetensors")


def _check_writable(path: Path) -> None:
    """So that days of training do not end in an error. Raises DuologueError (OUTPUT_NOT_WRITABLE, DISK_FULL)."""
    from backend.contract.files import explained_write_errors, write_whole

    if path.is_dir():
        raise DuologueError(ExitCode.OUTPUT_NOT_WRITABLE, f"{path} is a folder.", "Name a file after --out.")
    trial = path.with_name(f"{path.name}.{os.getpid()}.trial")
    write_whole(trial, lambda file: file.write(b""))
    with explained_write_errors(trial):
        trial.unlink()


def _tell_start(
    arguments: argparse.Namespace, dataset: Dataset, learned: int, validated: int, model: OfficialDualTalk
) -> None:
    for fault in dataset.faults:
        print(f"left out: {fault}")
    others = ", ".join(f"{len(dataset.of(split))} {split}" for split in ("test", "ood"))
    print(f"{learned} clips to learn from, {validated} to validate on; {others}")
    print(f"{sum(one.numel() for one in model.parameters()):,} weights")
    if arguments.encoder == "wav2vec2" and arguments.start is None and arguments.wav2vec2 is None:
        print("wav2vec 2.0 learns to hear from nothing; --wav2vec2 names one that was trained before")


def _counter(what: str) -> Callable[[int, int], None]:
    def count(done: int, total: int) -> None:
        if done == total or done % 100 == 0:
            print(f"{what}: {done} of {total}")

    return count


def _bad(problem: str, fix: str) -> DuologueError:
    return DuologueError(ExitCode.BAD_REQUEST, f"{problem}.", fix)
