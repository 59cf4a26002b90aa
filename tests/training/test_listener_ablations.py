"""The whole model and its parts, measured as listeners on rehearsals that none was fitted on."""

import json
from itertools import product

import numpy as np
import pytest
import torch

from backend.contract.errors import ExitCode
from backend.engines.dualtalk.model import EVENTS, DualTalk, DualTalkConfig
from backend.engines.dualtalk.motion_numbers import NUMBERS
from backend.engines.lip_reader.model import LipConfig, LipReader
from lab.__main__ import main as lab_main
from lab.evaluation.measures.listener import PARTS, Estimate
from lab.simulation.event_targets import event_targets
from lab.training.dualtalk import ablations as listener_ablations
from lab.training.dualtalk.ablations import listener_clips, listener_table
from lab.training.examples import Material

FRAMES = 300


def _material(seed: int) -> Material:
    rng = np.random.default_rng(seed)
    names = ("blink", "gaze_away", "gaze_shift", "nod", "shake", "brow_raise", "smile")
    events = {name: np.zeros((2, FRAMES), np.float32) for name in names}
    events["blink"][:, ::40] = 1
    events["gaze_target"] = np.zeros((2, FRAMES, 2), np.float32)
    speaking = np.zeros((2, FRAMES), np.float32)
    speaking[0, :150] = speaking[1, 150:] = 1
    none = np.zeros((2, FRAMES, 3), np.float32)
    return Material(
        features=rng.standard_normal((3, 2 * FRAMES, 512)).astype(np.float16),
        speaking=speaking,
        expression=np.zeros((2, FRAMES, 52), np.float32),
        jaw=np.zeros((2, FRAMES), np.float32),
        closure=np.zeros((2, FRAMES), np.float32),
        touch=np.zeros((2, FRAMES), np.float32),
        viseme=np.zeros((2, FRAMES), np.int64),
        motion=0.1 * rng.random((2, FRAMES, NUMBERS)).astype(np.float32),
        beats=none,
        posture=none,
        traits=np.zeros((2, 8), np.float32),
        targets=event_targets(events),
    )


def _network(**parts: bool) -> DualTalk:
    torch.manual_seed(0)
    config = DualTalkConfig(width=32, interaction_layers=1, **parts)
    return DualTalk(config).requires_grad_(False).eval()


def _lips() -> LipReader:
    torch.manual_seed(0)
    return LipReader(LipConfig(width=32)).requires_grad_(False).eval()


def test_listeners_are_measured_on_the_frames_on_which_they_listen():
    material = [_material(0)]

    (clips,) = listener_clips(
        material, _lips(), {"full": _network(), "blind": _network(partner_motion=False)}, seeds=(0, 1)
    )

    full = clips["full"]
    assert [len(listener.made) for listener in full.expected] == [150, 150]
    np.testing.assert_array_equal(full.expected[0].truth, material[0].motion[0, 150:])
    np.testing.assert_array_equal(full.expected[0].partner, material[0].motion[1, 150:])
    assert len(full.drawn) == 2
    assert np.abs(full.drawn[0][0].made - full.drawn[1][0].made).max() > 0.01
    assert np.abs(full.expected[0].made - clips["blind"].expected[0].made).max() > 1e-5
    assert full.predicted_events[1].chances.shape == (150, 8)


def test_every_measure_has_a_number_and_the_whole_is_compared_with(tmp_path):
    networks = {"full": _network(), "no partner audio": _network(partner_audio=False)}
    clips = list(listener_clips([_material(seed) for seed in range(3)], _lips(), networks, seeds=(0,)))

    measured = {name: listener_ablations.measures_of([clip[name] for clip in clips]) for name in networks}
    data, table = listener_ablations.write_measures(tmp_path, measured, "full")

    numbers = json.loads(data.read_text())
    assert numbers["full"]["expected_p_fd_exp"]["over_full"] == 0.0
    other = numbers["no partner audio"]["expected_p_fd_exp"]
    assert other["over_full"] == pytest.approx(other["value"] - numbers["full"]["expected_p_fd_exp"]["value"])
    assert table.read_text().startswith("| | full | no partner audio |")


def test_a_row_is_bold_where_a_variant_is_surely_worse():
    def measured(p_fd: float, bits: float) -> dict[str, Estimate]:
        rest = np.linspace(-0.01, 0.01, 5)
        values = {name: bits if name.startswith("bits") else p_fd for name in _names()}
        return {name: Estimate(value, value + rest) for name, value in values.items()}

    variants = {"full": measured(1.0, 2.0), "worse": measured(1.5, 1.0), "better": measured(0.5, 3.0)}

    lines = listener_table(variants, "full")

    row = next(line for line in lines.splitlines() if line.startswith("| nod"))
    assert row.count("**") == 2
    assert "**1.00" in row


def _names() -> list[str]:
    kinds = product(("expected", "drawn"), ("p_fd", "rpcc", "rpcc_pooled", "explained"), PARTS)
    return [*map("_".join, kinds), *(f"bits_{name}" for name in (*EVENTS, "all"))]


def test_too_few_rehearsals_are_reported_before_anything_is_fitted(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(listener_ablations, "rehearse", lambda _plan: [_material(0)] * 12)
    monkeypatch.setattr(listener_ablations, "fit_network", lambda *_: pytest.fail("it was fitted"))

    code = lab_main(["train", "ablations", "--work", str(tmp_path)])

    assert code == ExitCode.BAD_REQUEST
    assert "12 rehearsals" in capsys.readouterr().err
