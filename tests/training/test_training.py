"""Both fits learn on made-up material, from the same seed the same."""

import numpy as np
import pytest
import torch

from backend.contract.errors import ExitCode
from backend.engines.dualtalk.model import DualTalk, DualTalkConfig
from backend.engines.lip_reader.model import LipConfig, LipReader
from backend.job.reporting import QuietReporter, cancelled
from lab.simulation.event_targets import event_targets
from lab.training.distributed import ProcessGroup
from lab.training.dualtalk.data import draw_batch
from lab.training.dualtalk.task import behaviour_losses, behaviour_task, motion_scale, perform
from lab.training.examples import Material
from lab.training.lip_reader import lip_task
from lab.training.logging import CurveTable, draw_curves, read_columns
from lab.training.stages import CADENCE, FitConfig
from lab.training.trainer import Trainer
from tests.support.refusals import refused

FRAMES = 120


@pytest.fixture
def material() -> list[Material]:
    """Twenty seconds in which one feature says that the lips are shut and another how far the jaw is open."""
    rng = np.random.default_rng(0)
    closure = (rng.random((2, FRAMES)) < 0.2).astype(np.float32)
    jaw = rng.random((2, FRAMES)).astype(np.float32) * 0.2
    features = (0.05 * rng.standard_normal((3, 2 * FRAMES, 512))).astype(np.float16)
    for who in range(2):
        features[who, :, 0] = np.repeat(closure[who], 2) * 8 - 4
        features[who, :, 1] = np.repeat(jaw[who], 2) * 40 - 4
    events = {
        name: np.zeros((2, FRAMES), np.float32)
        for name in ("blink", "gaze_away", "gaze_shift", "nod", "shake", "brow_raise", "smile")
    }
    events["blink"][:, ::20] = 1
    events["gaze_target"] = np.zeros((2, FRAMES, 2), np.float32)
    none = np.zeros((2, FRAMES, 3), np.float32)
    motion = rng.standard_normal((2, FRAMES, 61)).astype(np.float32)
    motion[..., 50:53] = jaw[..., None] * (1, 0, 0)
    return [
        Material(
            features=features,
            speaking=np.ones((2, FRAMES), np.float32),
            expression=np.zeros((2, FRAMES, 52), np.float32),
            jaw=jaw,
            closure=closure,
            touch=np.zeros((2, FRAMES), np.float32),
            viseme=np.zeros((2, FRAMES), np.int64),
            motion=motion,
            beats=none,
            posture=none,
            traits=np.zeros((2, 8), np.float32),
            targets=event_targets(events),
        )
    ]


def _network() -> DualTalk:
    torch.manual_seed(0)
    return DualTalk(DualTalkConfig(width=32, interaction_layers=1))


def _fitted(task, folder):
    """The curves of the whole fit."""
    Trainer(task, folder, ProcessGroup("cpu"), CADENCE).fit()
    return read_columns(folder / "train.csv")


def test_a_fit_that_is_cancelled_keeps_its_step_and_is_resumed_from_it(material: list[Material], tmp_path) -> None:
    class Cancelling(QuietReporter):
        """Wants to stop after ten steps."""

        def __init__(self):
            self.asked, self.steps = 0, []

        def progress(self, _stage, done, total):
            self.steps.append((done, total))

        def check_cancel(self):
            self.asked += 1
            if self.asked == 10:
                raise cancelled("Enough.")

    def fit(report):
        torch.manual_seed(0)
        task = lip_task(LipReader(LipConfig(width=32)), material, 0, FitConfig(20, 2, 40, 1e-2, 0.0))
        trainer = Trainer(task, tmp_path, ProcessGroup("cpu", report=report), CADENCE)
        begun = trainer.step
        trainer.fit()
        return begun

    with refused(ExitCode.CANCELLED):
        fit(Cancelling())
    later = Cancelling()
    later.asked = 10

    assert fit(later) == 10
    assert later.steps[-1] == (20, 20)


def test_lips_learn(material: list[Material], tmp_path) -> None:
    torch.manual_seed(0)
    reader = LipReader(LipConfig(width=32))

    seen = _fitted(lip_task(reader, material, 0, FitConfig(40, 2, 40, 1e-2, 0.0)), tmp_path)

    assert seen.pop("step").tolist() == [0, 39]
    assert sum(column[-1] for column in seen.values()) < 0.4 * sum(column[0] for column in seen.values())


def test_behaviour_learns_when_people_blink(material: list[Material], tmp_path) -> None:
    network = _network()

    seen = _fitted(behaviour_task(network, material, 0, FitConfig(20, 1, 100, 1e-2, 0.0)), tmp_path)

    assert seen["events"][-1] < 0.8 * seen["events"][0]
    assert {"expression", "jaw", "neck", "velocity", "eyes", "blinks", "tongue"} < set(seen)


def test_the_mean_motion_learns_what_the_audio_determines(material: list[Material], tmp_path) -> None:
    seen = _fitted(behaviour_task(_network(), material, 0, FitConfig(60, 1, 100, 1e-2, 0.0)), tmp_path)

    assert seen["jaw"][-1] < 0.5 * seen["jaw"][0]


def test_the_network_speaks_in_the_units_of_its_material(material: list[Material]) -> None:
    material[0].motion[..., 7] = 0.25
    network = _network()

    behaviour_task(network, material, 0)
    scale = motion_scale(material)

    torch.testing.assert_close(network.synthesis_module.motion_mean, scale.mean)
    assert float(scale.mean[7]) == pytest.approx(0.25)
    assert float(scale.spread[7]) == pytest.approx(1e-3)
    assert float(scale.spread[8]) == pytest.approx(1.0, abs=0.2)
    assert scale.velocity == pytest.approx(2.0, abs=0.2)


def test_the_same_seed_trains_the_same_network(material: list[Material], tmp_path) -> None:
    trained = []
    for run in ("first", "second"):
        torch.manual_seed(0)
        network = _network()
        _fitted(behaviour_task(network, material, 5, FitConfig(3, 1, 60, 1e-3, 0.0)), tmp_path / run)
        trained.append(network.synthesis_module.out.weight.detach())

    torch.testing.assert_close(trained[0], trained[1], atol=1e-6, rtol=0)


def test_windows_without_a_glance_have_a_loss_that_is_a_number(material: list[Material]) -> None:
    network = _network()
    batch = draw_batch(np.random.default_rng(0), material, 1, 60)

    terms = behaviour_losses(perform(network, batch, motion_known=True), network.event_ages, batch)

    assert int((batch.directions >= 0).sum()) == 0
    assert terms["direction"].item() == 0.0
    assert np.isfinite([term.item() for term in terms.values()]).all()


def test_a_fit_leaves_a_table_and_a_picture(tmp_path) -> None:
    log = CurveTable(tmp_path / "lips.csv")
    for step in range(3):
        log.append(step, {"jaw": 1.0 / (step + 1), "gap": 2.0})

    draw_curves(log.path, tmp_path / "lips.png")

    assert log.path.read_text().splitlines()[0] == "step,jaw,gap"
    assert (tmp_path / "lips.png").stat().st_size > 1000
