"""`train dualtalk`: DualTalk on a data set in its published layout."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from backend.contract.errors import DuologueError, ExitCode

from ...cache import CACHE
from ...progress import counter
from ..flags import add_training_flags, bad_flag, check_training_flags

if TYPE_CHECKING:
    from backend.engines.dualtalk_official.model import OfficialDualTalk

    from ..distributed import ProcessGroup
    from .config import OfficialCadence, TrainingSettings
    from .data import Dataset
    from .windows import CachedClips

_RUN: Final = CACHE / "training-dualtalk"
_WEIGHTS: Final = "dualtalk.safetensors"


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `train dualtalk`."""
    from .config import TrainingSettings

    usual = TrainingSettings()
    texts = {
        "data": "holds train/, test/ and ood/",
        "start": "a DualTalk checkpoint to start from",
        "window": "frames, 25 a second",
        "rate": "Adam's, a fifth less every 50 epochs",
    }
    learning, machine = add_training_flags(parser, usual, _RUN, _WEIGHTS, texts)
    model = parser.add_argument_group("model")
    model.add_argument("--encoder", choices=("wav2vec2", "whisper"), default="wav2vec2", help="of speech")
    model.add_argument("--wav2vec2", type=Path, metavar="DIR", help="a wav2vec 2.0 of transformers' form to start from")
    model.add_argument("--sizes", type=Path, metavar="JSON", help="sizes that are not the official ones")
    learning.add_argument("--epochs", type=int, default=usual.epochs)
    learning.add_argument("--validation", type=float, default=usual.validation, help="share of the training clips")
    learning.add_argument("--group", metavar="PATTERN", help="clips in whose names it finds the same stay together")
    machine.add_argument("--windows-at-once", type=int, default=0, help="of a batch, to save memory; 0 is all")
    machine.add_argument("--validate-epochs", type=int, default=1)


def check(arguments: argparse.Namespace) -> None:
    """Raises DuologueError (BAD_REQUEST)."""
    check_training_flags(arguments, {"epochs": 1, "window": 2, "windows_at_once": 0, "validate_epochs": 1})
    if not 0.0 <= arguments.validation < 1.0:
        raise bad_flag(f"--validation is {arguments.validation}", "Give a share from 0 to below 1.")
    if arguments.start is not None and (arguments.sizes is not None or arguments.wav2vec2 is not None):
        raise bad_flag("--start brings its own sizes and speech encoders", "Leave out --sizes and --wav2vec2.")
    if arguments.wav2vec2 is not None and arguments.encoder != "wav2vec2":
        raise bad_flag("--wav2vec2 belongs to --encoder wav2vec2", "Leave out one of the two.")


def run(arguments: argparse.Namespace, group: ProcessGroup) -> None:
    """Everything, from the data set to the measures. Raises DuologueError."""
    from .config import TrainingSettings
    from .data import TRAIN, divided
    from .task import Material, official_trainer

    dataset = _surveyed(arguments, counter(group.report, "clips checked", 100)) if group.writes else None
    model = _model(arguments)
    names = ("epochs", "batch", "window", "rate", "seed", "validation", "group")
    settings = TrainingSettings(model.config, **{name: getattr(arguments, name) for name in names})
    cadence = _cadence(arguments)
    _check_writable(_out(arguments))
    cached = _cached(arguments, dataset, settings, group)
    if dataset is None:  # now that another process has read everything
        dataset = _surveyed(arguments, lambda _done, _total: None)
    learned, validated = divided(dataset.of(TRAIN), arguments.validation, arguments.group)
    if group.writes:
        _tell_start(arguments, dataset, len(learned), len(validated), model)
    trainer, task = official_trainer(
        model, Material(learned, validated, cached, dataset.fingerprint()), arguments.run, group, settings, cadence
    )
    if group.writes and trainer.step:
        print(f"going on after step {trainer.step}, in epoch {trainer.step // task.epoch_steps + 1}")
    trainer.fit()
    trainer.draw()
    if group.writes:
        _finish(arguments, dataset, task.finished(), cached, group)


def _surveyed(arguments: argparse.Namespace, progress: Callable[[int, int], None]) -> Dataset:
    """Raises DuologueError (DATASET_INVALID, BAD_REQUEST), nothing being written yet."""
    from .data import TRAIN, divided, survey
    from .windows import read_index

    known = read_index(arguments.run)
    dataset = survey(arguments.data, known, leave_out_bad=arguments.leave_out_bad, progress=progress)
    divided(dataset.of(TRAIN), arguments.validation, arguments.group)
    return dataset


def _model(arguments: argparse.Namespace) -> OfficialDualTalk:
    """Raises DuologueError (BAD_REQUEST, WEIGHTS_INVALID)."""
    from backend.engines.dualtalk_official.checkpoint import load_checkpoint

    from .start import check_trainable, fresh_model, sizes

    if arguments.start is not None:
        model = load_checkpoint(arguments.start).requires_grad_(True)
        check_trainable(model.config)
        return model
    config = sizes(arguments.encoder, arguments.sizes, arguments.wav2vec2)
    check_trainable(config)
    return fresh_model(config, arguments.seed, arguments.wav2vec2)


def _cadence(arguments: argparse.Namespace) -> OfficialCadence:
    from .config import OfficialCadence

    return OfficialCadence(
        checkpoint_steps=arguments.checkpoint_steps,
        validate_epochs=arguments.validate_epochs,
        windows_at_once=arguments.windows_at_once,
    )


def _cached(
    arguments: argparse.Namespace, dataset: Dataset | None, settings: TrainingSettings, group: ProcessGroup
) -> CachedClips:
    """Made by the process that has the data set, while the others wait. Raises DuologueError."""
    from backend.assets import assets_folder
    from backend.engines.dualtalk_official.speech_encoders import whisper_features

    from .windows import CachedClips, write_cache

    if dataset is not None:
        on_features = settings.on_features
        features_of = whisper_features(assets_folder(arguments.assets), group.device) if on_features else None
        write_cache(dataset, arguments.run, features_of, counter(group.report, "clips prepared", 100))
    group.wait()
    return CachedClips(arguments.data, arguments.run, settings.on_features)


def _finish(
    arguments: argparse.Namespace, dataset: Dataset, model: OfficialDualTalk, cached: CachedClips, group: ProcessGroup
) -> None:
    """Write the weights, and measure them where nothing was learned from. Raises DuologueError."""
    from backend.contract.files import write_text_whole

    from .data import SPLITS, TRAIN
    from .measures import all_measures
    from .task import save_trained

    save_trained(_out(arguments), model)
    print(_out(arguments))
    found = {}
    for split in SPLITS:
        if split != TRAIN and dataset.of(split):
            progress = counter(group.report, f"{split} measured", 100)
            found[split] = all_measures(model, cached, dataset.of(split), group.device, progress)
            for name, value in found[split].items():
                print(f"{split:5} {name:18} {value:.6g}")
    write_text_whole(arguments.run / "measures.json", json.dumps(found, indent=1))


def _out(arguments: argparse.Namespace) -> Path:
    """Path to which the weights are written."""
    return Path(arguments.out or arguments.run / _WEIGHTS)


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
    print(f"{sum(weight.numel() for weight in model.parameters()):,} weights")
    if arguments.encoder == "wav2vec2" and arguments.start is None and arguments.wav2vec2 is None:
        print("wav2vec 2.0 learns to hear from nothing; --wav2vec2 names one that was trained before")
