"""Training DualTalk learns one clip by heart, and goes on after a kill as if nothing had happened."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from backend.contract.errors import ExitCode
from backend.engines.dualtalk_official.checkpoint import load_checkpoint
from backend.engines.dualtalk_official.model import OfficialDualTalk
from lab.training.checkpoint import CHECKPOINT
from lab.training.distributed import ProcessGroup
from lab.training.dualtalk_official.config import OfficialCadence, TrainingSettings
from lab.training.dualtalk_official.data import divided, survey
from lab.training.dualtalk_official.measures import animate_clip
from lab.training.dualtalk_official.task import Material, official_trainer, save_trained
from lab.training.dualtalk_official.windows import write_cache
from lab.training.logging import CurveTable
from tests.support.dualtalk_data import TINY_FEATURES, TINY_SOUND, loudness, write_clip, write_dataset
from tests.support.killed_training import killed_after
from tests.support.refusals import refused

SETTINGS = TrainingSettings(model=TINY_SOUND, epochs=3, batch=2, window=30, rate=1e-3, validation=0.3)
CADENCE = OfficialCadence(log_steps=1, checkpoint_steps=4)


def prepared(data, run, settings):
    dataset = survey(data)
    cached = write_cache(dataset, run, loudness if settings.on_features else None)
    learned, validated = divided(dataset.of("train"), settings.validation)
    return Material(learned, validated, cached, dataset.fingerprint())


def begun(data, run, settings=SETTINGS, cadence=CADENCE):
    torch.manual_seed(settings.seed)
    model = OfficialDualTalk(settings.model)
    return official_trainer(model, prepared(data, run, settings), run, ProcessGroup("cpu"), settings, cadence)[0]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return write_dataset(tmp_path_factory.mktemp("data"))


def test_one_clip_is_learned_by_heart(tmp_path):
    write_clip(tmp_path / "data", "train", "only", 50, seed=3)
    settings = TrainingSettings(
        model=TINY_FEATURES, epochs=300, batch=2, window=50, rate=1e-3, rate_decay=1.0, validation=0.0
    )
    training = begun(
        tmp_path / "data", tmp_path / "run", settings, OfficialCadence(log_steps=100, checkpoint_steps=10_000)
    )

    training.fit()

    clip, cached = training.task.material.learned[0], training.task.material.cached
    for target in range(2):
        truth = cached.motion(clip)[target]
        made = animate_clip(training.task.finished(), cached, clip, target, "cpu")
        assert ((made - truth) ** 2).mean() < 0.01 * truth.var()


@pytest.mark.parametrize("steps", [2, 4, 11])
def test_a_killed_training_goes_on_as_if_it_had_never_stopped(data, tmp_path, steps):
    whole, stopped = tmp_path / "whole", tmp_path / "stopped"
    uninterrupted = begun(data, whole)
    uninterrupted.fit()

    killed_after(begun(data, stopped), steps)
    resumed = begun(data, stopped)
    lost = steps - resumed.step
    resumed.fit()

    assert 0 <= lost <= CADENCE.checkpoint_steps
    for table in ("train.csv", "validation.csv"):
        assert (stopped / table).read_text() == (whole / table).read_text()
    for (name, one), other in zip(
        uninterrupted.task.model.state_dict().items(), resumed.task.model.state_dict().values(), strict=True
    ):
        assert torch.equal(one, other), name


def test_a_table_goes_on_without_what_a_kill_left_half_written(tmp_path):
    path = tmp_path / "train.csv"
    path.write_text("step,jaw\n1,0.5\n2,0.4\n3,0.3\n4,0.")

    log = CurveTable(path, resumed_at=2)
    log.append(3, {"jaw": 0.25})

    assert path.read_text().splitlines() == ["step,jaw", "1,0.5", "2,0.4", "3,0.25"]


def test_a_training_leaves_tables_a_picture_and_weights(data, tmp_path):
    training = begun(data, tmp_path)

    training.fit()
    training.draw()
    save_trained(tmp_path / "trained.safetensors", training.task.finished())

    lines = (tmp_path / "train.csv").read_text().splitlines()
    assert lines[0] == "step,epoch,expression,jaw,neck,velocity,total,rate"
    assert len(lines) == 1 + training.step
    assert (tmp_path / "validation.csv").read_text().startswith("step,epoch,expression,jaw,neck,velocity,total,fid_exp")
    assert (tmp_path / "curves.png").stat().st_size > 10_000
    assert load_checkpoint(tmp_path / "trained.safetensors").config == TINY_SOUND


def test_the_convolutions_stay_as_they_are_and_the_rest_learns(data, tmp_path):
    training = begun(data, tmp_path, replace(SETTINGS, epochs=1))
    before = {name: tensor.clone() for name, tensor in training.task.model.state_dict().items()}

    training.fit()

    changed = {
        name for name, tensor in training.task.model.state_dict().items() if not torch.equal(tensor, before[name])
    }
    assert not [name for name in changed if "feature_extractor" in name]
    assert any("audio_encoder1.encoder" in name for name in changed)
    assert any("audio_encoder2.encoder" in name for name in changed)
    assert "synthesis_module.blendshape_predictor.weight" in changed


def test_the_rate_falls_by_a_fifth_every_fifty_epochs(data, tmp_path):
    training = begun(data, tmp_path, replace(SETTINGS, rate=1e-4))
    schedule, steps = training._schedule, training.task.epoch_steps

    rates = [schedule.base_lrs[0] * schedule.lr_lambdas[0](epoch * steps) for epoch in (0, 49, 50, 100)]

    assert rates == pytest.approx([1e-4, 1e-4, 8e-5, 6.4e-5])


def test_a_checkpoint_of_the_first_version_is_resumed(data, tmp_path):
    settings = replace(SETTINGS, decay_epochs=1)
    whole, stopped = begun(data, tmp_path / "whole", settings), tmp_path / "stopped"
    whole.fit()
    killed_after(begun(data, stopped, settings), 9)
    path = stopped / CHECKPOINT
    content = torch.load(path, weights_only=True)
    epoch, batch = divmod(content["step"], whole.task.epoch_steps)
    first = {name: content[name] for name in ("model", "optimiser")}
    for group in first["optimiser"]["param_groups"]:
        del group["initial_lr"]
        group["lr"] = 0.5
    place = {"epoch": epoch, "batch": batch, "step": content["step"], "best": content["task"]["best"]}
    torch.save(first | {"version": 1, "place": place} | content["record"], path)

    resumed = begun(data, stopped, settings)
    assert resumed.step == 8
    resumed.fit()

    assert (stopped / "validation.csv").read_text() == (tmp_path / "whole" / "validation.csv").read_text()
    for (name, tensor), other in zip(
        whole.task.model.state_dict().items(), resumed.task.model.state_dict().values(), strict=True
    ):
        assert torch.equal(tensor, other), name


@pytest.mark.parametrize(
    "other", [{"batch": 3}, {"rate": 1e-4}, {"seed": 8}, {"window": 20}, {"validation": 0.6}, {"group": "x"}]
)
def test_a_training_is_not_gone_on_with_other_settings(data, tmp_path, other):
    begun(data, tmp_path, replace(SETTINGS, epochs=1)).fit()

    with refused(ExitCode.BAD_REQUEST, "settings"):
        begun(data, tmp_path, replace(SETTINGS, **other))


def test_more_epochs_may_be_added(data, tmp_path):
    begun(data, tmp_path / "twice", replace(SETTINGS, epochs=1)).fit()
    begun(data, tmp_path / "twice").fit()

    begun(data, tmp_path / "once").fit()

    assert (tmp_path / "twice" / "train.csv").read_text() == (tmp_path / "once" / "train.csv").read_text()


def test_a_training_is_not_gone_on_with_other_data(data, tmp_path):
    begun(data, tmp_path / "run", replace(SETTINGS, epochs=1)).fit()
    other = write_dataset(tmp_path / "other", train=4)

    with refused(ExitCode.BAD_REQUEST, "data"):
        begun(other, tmp_path / "run")


@pytest.mark.parametrize("damage", [lambda whole: whole[:2000], lambda whole: b"", lambda whole: b"no checkpoint"])
def test_a_damaged_checkpoint_is_named(data, tmp_path, damage):
    begun(data, tmp_path, replace(SETTINGS, epochs=1)).fit()
    path = tmp_path / CHECKPOINT
    path.write_bytes(damage(path.read_bytes()))

    with refused(ExitCode.WEIGHTS_INVALID):
        begun(data, tmp_path)


def test_a_loss_that_is_no_number_ends_the_training_before_it_is_saved(data, tmp_path):
    training = begun(data, tmp_path)
    with torch.no_grad():
        training.task.model.synthesis_module.blendshape_predictor.bias.fill_(np.nan)

    with refused(ExitCode.WEIGHTS_INVALID):
        training.fit()
    assert not (tmp_path / CHECKPOINT).exists()
