"""Training the colocated model learns one clip by heart, and goes on after a kill as if nothing had happened."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from backend.contract.errors import ExitCode
from backend.engines.colocated.model import Colocated
from backend.engines.weights import read_weights, write_weights
from lab.training.checkpoint import CHECKPOINT
from lab.training.colocated.config import ColocatedSettings, LossWeights
from lab.training.colocated.task import (
    LEAST_LEVEL,
    STAGE_ONE,
    ColocatedCadence,
    colocated_trainer,
    is_dubbing,
    rate_in,
)
from lab.training.colocated.windows import draw_dialogue, without_partner
from lab.training.distributed import ProcessGroup
from lab.training.trainer import STOP
from tests.support.colocated_data import SETTINGS, made_up_face, made_up_material
from tests.support.colocated_data import TINY as TINY_MODEL
from tests.support.killed_training import killed_after
from tests.support.refusals import refused

CADENCE = ColocatedCadence(log_steps=1, checkpoint_steps=2, validate_steps=4, validated_windows=3)


def begun(run, settings=SETTINGS, material=None, cadence=CADENCE, start=None):
    return colocated_trainer(
        material or made_up_material(), made_up_face(), run, ProcessGroup("cpu"), settings, cadence, start
    )


def weights_of(training):
    averaged = training.result.state_dict()
    return {**training.task.model.state_dict(), **{f"averaged {name}": tensor for name, tensor in averaged.items()}}


def test_one_clip_is_learned_by_heart(tmp_path):
    material = made_up_material(count=1, frames=40, held_out=0)
    settings = ColocatedSettings(
        model=replace(TINY_MODEL, widths=(48, 48, 48, 48), condition=48),
        steps=300,
        dubbing_steps=0,
        batch=4,
        window=40,
        rate=4e-3,
        averaging=0.95,
        half=False,
        without_audio=0.0,
        without_staging=0.0,
        weights=LossWeights(velocity=0.0, gaze=0.0, lips=0.0),
    )
    training = begun(tmp_path, settings, material, ColocatedCadence(log_steps=100, checkpoint_steps=10_000))

    training.fit()

    lines = [line.split(",") for line in (tmp_path / "train.csv").read_text().splitlines()]
    first, last = (float(lines[row][lines[0].index("total")]) for row in (1, -1))
    assert last < 0.06 * first


@pytest.mark.parametrize("steps", [1, 5, 6, 9])
def test_a_killed_training_goes_on_as_if_it_had_never_stopped(tmp_path, steps):
    settings = replace(SETTINGS, model=replace(TINY_MODEL, dropout=0.1))
    whole, stopped = tmp_path / "whole", tmp_path / "stopped"
    uninterrupted = begun(whole, settings)
    uninterrupted.fit()

    killed_after(begun(stopped, settings), steps)
    resumed = begun(stopped, settings)
    lost = steps - resumed.step
    resumed.fit()

    assert 0 <= lost < CADENCE.checkpoint_steps
    for table in ("train.csv", "validation.csv"):
        assert (stopped / table).read_text() == (whole / table).read_text()
    for (name, tensor), other in zip(weights_of(uninterrupted).items(), weights_of(resumed).values(), strict=True):
        assert torch.equal(tensor, other), name


def test_a_checkpoint_of_the_first_version_is_resumed(tmp_path):
    whole, stopped = begun(tmp_path / "whole"), tmp_path / "stopped"
    whole.fit()
    killed_after(begun(stopped), 6)
    path = stopped / CHECKPOINT
    content = torch.load(path, weights_only=True)
    first = {name: content[name] for name in ("step", "model", "averaged", "optimiser")}
    for group in first["optimiser"]["param_groups"]:
        del group["initial_lr"]
        group["lr"] = rate_in(SETTINGS, content["step"] - 1)
    torch.save(first | {"version": 1, "told": content["record"]}, path)

    resumed = begun(stopped)
    assert resumed.step == 6
    resumed.fit()

    for (name, tensor), other in zip(weights_of(whole).items(), weights_of(resumed).values(), strict=True):
        assert torch.equal(tensor, other), name


def test_a_file_named_stop_ends_a_training_that_can_be_resumed(tmp_path):
    whole, stopped = begun(tmp_path / "whole"), begun(tmp_path / "stopped")
    whole.fit()
    (tmp_path / "stopped" / STOP).touch()

    with refused(ExitCode.CANCELLED):
        stopped.fit()
    resumed = begun(tmp_path / "stopped")
    first = resumed.step
    resumed.fit()

    assert first == stopped.step == 1
    for (name, tensor), other in zip(weights_of(whole).items(), weights_of(resumed).values(), strict=True):
        assert torch.equal(tensor, other), name


def test_a_training_leaves_tables_a_picture_and_weights_that_can_be_read(tmp_path):
    training = begun(tmp_path)

    training.fit()
    training.draw()
    write_weights(tmp_path / "out.safetensors", training.result)

    lines = (tmp_path / "train.csv").read_text().splitlines()
    assert lines[0] == "step,expression,rotation,translation,velocity,gaze,lips,total,stage,rate"
    assert len(lines) == 1 + SETTINGS.all_steps
    assert len((tmp_path / "validation.csv").read_text().splitlines()) > 2
    assert (tmp_path / "train.png").stat().st_size > 10_000
    for name in ("out.safetensors", STAGE_ONE):
        read = read_weights(tmp_path / name, lambda config: Colocated(TINY_MODEL), "cpu", "train colocated")
        assert read.config == TINY_MODEL
        assert float(read.scale.min()) > 0.0


def test_batches_are_the_same_whoever_draws_them(tmp_path):
    training = begun(tmp_path, replace(SETTINGS, batch=4))

    whole = training.task.batch(3, range(4))
    second = training.task.batch(3, range(1, 4, 2))

    torch.testing.assert_close(second.noise, whole.noise[1::2])
    torch.testing.assert_close(second.features, whole.features[1::2])


def test_noise_levels_of_a_batch_reach_from_least_to_most_and_favour_the_small(tmp_path):
    training = begun(tmp_path, replace(SETTINGS, batch=8))

    for step in range(5):
        levels = np.sort(training.task.batch(step, range(8)).level.numpy())
        assert levels[0] >= LEAST_LEVEL
        assert levels[-1] <= 1.0
        shares = np.cbrt((levels - LEAST_LEVEL) / (1 - LEAST_LEVEL))
        np.testing.assert_allclose(np.diff(shares), 1 / 8, atol=1e-4)


def test_a_training_may_begin_with_given_weights(tmp_path):
    first = begun(tmp_path / "first")
    write_weights(tmp_path / "first.safetensors", first.result)

    second = begun(tmp_path / "second", start=tmp_path / "first.safetensors")

    for name, tensor in first.result.state_dict().items():
        torch.testing.assert_close(second.result.state_dict()[name], tensor, atol=2e-3, rtol=2e-3)
    second.fit()
    assert second.step == SETTINGS.all_steps


def test_weights_of_another_shape_are_no_beginning(tmp_path):
    write_weights(tmp_path / "first.safetensors", begun(tmp_path / "first").result)
    other = replace(SETTINGS, model=replace(SETTINGS.model, cross_attention=False))

    with refused(ExitCode.BAD_REQUEST):
        begun(tmp_path / "run", other, start=tmp_path / "first.safetensors")


def test_audio_and_staging_are_sometimes_withheld():
    material = made_up_material()
    rng = np.random.default_rng(0)
    settings = replace(SETTINGS, without_audio=0.1, without_staging=0.3)

    drawn = [draw_dialogue(rng, material.learned, material.turning, settings, 0.5) for _ in range(400)]

    assert 0.05 < np.mean([float(example.audio_drop_mask) for example in drawn]) < 0.16
    assert 0.22 < np.mean([float(example.staging_drop_mask) for example in drawn]) < 0.38


def test_both_people_of_a_mix_hear_the_same_and_of_tracks_their_own():
    material = made_up_material()
    rng = np.random.default_rng(0)
    mixed = draw_dialogue(rng, material.learned, 1.0, replace(SETTINGS, mix_share=1.0), 0.5)
    apart = draw_dialogue(rng, material.learned, 1.0, replace(SETTINGS, mix_share=0.0), 0.5)

    assert torch.equal(mixed.features[0], mixed.features[1])
    assert not torch.equal(apart.features[0], apart.features[1])


def test_alone_nothing_of_the_partner_is_seen():
    material = made_up_material()
    drawn = draw_dialogue(np.random.default_rng(0), material.learned, 1.0, replace(SETTINGS, alone=True), 0.5)
    other = int(drawn.people.argmin())

    assert drawn.people.sum() == 1.0
    hidden = (drawn.clean, drawn.noise, drawn.features, drawn.given.mouth, drawn.given.speaking)
    assert all(float(mask[other].abs().max()) == 0.0 for mask in hidden)
    assert float(drawn.clean[1 - other].abs().max()) > 0.0
    assert torch.equal(without_partner(drawn).clean, drawn.clean)


def test_the_second_stage_dubs_in_half_of_its_steps():
    settings = replace(SETTINGS, steps=10, dubbing_steps=20)

    dubbing = [is_dubbing(settings, step) for step in range(30)]

    assert not any(dubbing[:10])
    assert sum(dubbing[10:]) == 10
    assert all(is_dubbing(replace(settings, dialogues_while_dubbing=0.0), step) for step in range(10, 30))


def test_both_kinds_of_steps_are_logged_in_the_second_stage(tmp_path):
    settings = replace(SETTINGS, steps=4, dubbing_steps=8)

    begun(tmp_path, settings, cadence=replace(CADENCE, log_steps=4)).fit()

    lines = [line.split(",") for line in (tmp_path / "train.csv").read_text().splitlines()]
    stages = [float(line[lines[0].index("stage")]) for line in lines[1:]]
    assert set(stages[-4:]) == {1.0, 2.0}


def test_the_rate_rises_and_falls_in_each_stage():
    settings = ColocatedSettings(steps=1000, dubbing_steps=200)
    rates = [rate_in(settings, step) for step in range(settings.all_steps)]

    assert max(rates[:1000]) == pytest.approx(settings.rate, rel=0.05)
    assert max(rates[1000:]) == pytest.approx(settings.dubbing_rate, rel=0.1)
    assert rates[0] < 0.05 * settings.rate
    assert rates[999] < 0.06 * settings.rate


@pytest.mark.parametrize("other", [{"batch": 3}, {"rate": 1e-4}, {"seed": 8}, {"gaze_loss": False}, {"alone": True}])
def test_a_training_is_not_gone_on_with_other_settings(tmp_path, other):
    begun(tmp_path).fit()

    with refused(ExitCode.BAD_REQUEST, "settings"):
        begun(tmp_path, replace(SETTINGS, **other))


def test_a_training_is_not_gone_on_with_other_data(tmp_path):
    begun(tmp_path).fit()

    with refused(ExitCode.BAD_REQUEST, "data"):
        begun(tmp_path, material=made_up_material(count=4))


@pytest.mark.parametrize("damage", [lambda whole: whole[:2000], lambda whole: b"", lambda whole: b"no checkpoint"])
def test_a_damaged_checkpoint_is_named(tmp_path, damage):
    begun(tmp_path).fit()
    path = tmp_path / CHECKPOINT
    path.write_bytes(damage(path.read_bytes()))

    with refused(ExitCode.WEIGHTS_INVALID):
        begun(tmp_path)


def test_a_loss_that_is_no_number_ends_the_training_before_it_is_saved(tmp_path):
    training = begun(tmp_path)
    with torch.no_grad():
        training.task.model.out.bias.fill_(np.nan)

    with refused(ExitCode.WEIGHTS_INVALID):
        training.fit()
    assert not (tmp_path / CHECKPOINT).exists()


@pytest.mark.parametrize(
    "other",
    [
        {"model": replace(TINY_MODEL, role_embedding=False)},
        {"model": replace(TINY_MODEL, cross_attention=False)},
        {"gaze_loss": False},
        {"dubbing_steps": 0},
        {"alone": True},
    ],
)
def test_each_part_can_be_left_out(tmp_path, other):
    training = begun(tmp_path, replace(SETTINGS, **other))

    training.fit()

    assert training.step == training.task.steps
