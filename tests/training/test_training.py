"""Both fits learn on made-up material, from the same seed the same."""

import numpy as np
import pytest
import torch

from backend.engines.dualtalk.model import DualTalk, DualTalkConfig
from backend.engines.lip_reader.model import LipConfig, LipReader
from lab.simulation.event_targets import event_targets
from lab.training.dualtalk.training import motion_scale, train_behaviour
from lab.training.examples import Material
from lab.training.fit_log import FitLog, draw_curves
from lab.training.lip_reader.training import train_lips
from lab.training.schedule import FitConfig

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


def test_lips_learn(material: list[Material]) -> None:
    torch.manual_seed(0)
    reader = LipReader(LipConfig(width=32))
    seen: list[dict[str, float]] = []

    train_lips(reader, material, 0, lambda _step, terms: seen.append(terms), FitConfig(40, 2, 40, 1e-2, 0.0))

    assert sum(seen[-1].values()) < 0.4 * sum(seen[0].values())


def test_behaviour_learns_when_people_blink(material: list[Material]) -> None:
    network = _network()
    seen: list[dict[str, float]] = []

    train_behaviour(network, material, 0, lambda _step, terms: seen.append(terms), FitConfig(20, 1, 100, 1e-2, 0.0))

    assert seen[-1]["events"] < 0.8 * seen[0]["events"]
    assert {"expression", "jaw", "neck", "velocity", "eyes", "blinks", "tongue"} < set(seen[0])


def test_the_mean_motion_learns_what_can_be_heard(material: list[Material]) -> None:
    network, seen = _network(), []

    train_behaviour(network, material, 0, lambda _step, terms: seen.append(terms), FitConfig(60, 1, 100, 1e-2, 0.0))

    assert seen[-1]["jaw"] < 0.5 * seen[0]["jaw"]


def test_the_network_speaks_in_the_units_of_its_material(material: list[Material]) -> None:
    material[0].motion[..., 7] = 0.25
    network = _network()

    train_behaviour(network, material, 0, lambda _step, _terms: None, FitConfig(1, 1, 60, 1e-9, 0.0))
    scale = motion_scale(material)

    torch.testing.assert_close(network.synthesis_module.motion_mean, scale.mean)
    assert float(scale.mean[7]) == pytest.approx(0.25)
    assert float(scale.spread[7]) == pytest.approx(1e-3)
    assert float(scale.spread[8]) == pytest.approx(1.0, abs=0.2)
    assert scale.pace == pytest.approx(2.0, abs=0.2)


def test_the_same_seed_trains_the_same_network(material: list[Material]) -> None:
    trained = []
    for _ in range(2):
        torch.manual_seed(0)
        network = _network()
        train_behaviour(network, material, 5, lambda _step, _terms: None, FitConfig(3, 1, 60, 1e-3, 0.0))
        trained.append(network.synthesis_module.out.weight.detach())

    torch.testing.assert_close(trained[0], trained[1], atol=1e-6, rtol=0)


def test_a_fit_leaves_a_table_and_a_picture(tmp_path) -> None:
    log = FitLog(tmp_path / "lips.csv")
    for step in range(3):
        log(step, {"jaw": 1.0 / (step + 1), "gap": 2.0})

    draw_curves(log.path, tmp_path / "lips.png")

    assert log.path.read_text().splitlines()[0] == "step,jaw,gap"
    assert (tmp_path / "lips.png").stat().st_size > 1000
