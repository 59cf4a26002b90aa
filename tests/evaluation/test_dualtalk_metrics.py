"""DualTalk's metrics: the reference implementation's numbers, and what each must say of simple motions."""

import builtins
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.contract.errors import ExitCode
from lab.__main__ import main as lab_main
from lab.evaluation.measures.dualtalk_metrics import (
    Compared,
    clip_metrics,
    diversity,
    frechet_distance,
    residual_correlation,
    similarity_of_changes,
)
from tests.support.examples import examples
from tests.support.refusals import refused

FIXTURE = Path(__file__).parents[1] / "data" / "dualtalk_metrics.npz"


def _changed(tmp_path: Path, **changes: np.ndarray) -> Path:
    with np.load(FIXTURE, allow_pickle=False) as archive:
        arrays = dict(archive) | changes
    path = tmp_path / "changed.npz"
    np.savez(path, **arrays)
    return path


def test_every_metric_matches_the_reference_implementation(capsys: pytest.CaptureFixture[str]) -> None:
    code = lab_main(["verify-metrics", str(FIXTURE)])

    assert code == ExitCode.OK
    assert len(capsys.readouterr().out.splitlines()) == 1 + 27


@pytest.mark.parametrize("column", [0, 9, 15, 24])
def test_a_difference_of_one_in_a_thousand_is_told(
    column: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with np.load(FIXTURE, allow_pickle=False) as archive:
        values, names = archive["values"].copy(), json.loads(archive["meta"].item())["names"]
    values[1, column] *= 1.001

    code = lab_main(["verify-metrics", str(_changed(tmp_path, values=values))])

    assert code == ExitCode.ASSET_CORRUPT
    assert names[column] in capsys.readouterr().err


def test_a_file_that_holds_no_expected_values_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "other.npz"
    np.savez(path, values=np.zeros(3))

    assert lab_main(["verify-metrics", str(path)]) == ExitCode.BAD_REQUEST
    assert "other.npz" in capsys.readouterr().err


@settings(max_examples=examples(25), deadline=None)
@given(seed=st.integers(0, 1000), shift=st.floats(-3, 3), columns=st.integers(1, 5))
def test_a_shifted_motion_is_its_shift_away(seed: int, shift: float, columns: int) -> None:
    motion = np.random.default_rng(seed).standard_normal((50, columns))

    assert frechet_distance(motion, motion) == pytest.approx(0, abs=1e-9)
    assert frechet_distance(motion, motion + shift) == pytest.approx(columns * shift**2, rel=1e-6, abs=1e-9)


def test_a_parameter_that_never_moves_does_no_harm() -> None:
    still = np.zeros((50, 3))

    assert frechet_distance(still, still) == 0
    assert np.isfinite(frechet_distance(still, np.random.default_rng(0).standard_normal((50, 3))))


def test_a_frozen_prediction_has_no_diversity_and_changes_unlike_the_truth() -> None:
    truth = np.random.default_rng(1).standard_normal((200, 3))

    assert diversity(truth, np.zeros((200, 3)), 10) == pytest.approx(0, abs=1e-5)
    assert diversity(truth, truth, 10) > 2.5
    assert similarity_of_changes(truth, truth) == 0
    assert similarity_of_changes(np.zeros((200, 3)), truth) > 50


def test_following_the_partner_as_the_truth_does_leaves_no_residue() -> None:
    rng = np.random.default_rng(2)
    partner = rng.standard_normal((300, 3))
    truth = partner + rng.standard_normal((300, 3))

    assert residual_correlation(truth, truth, partner) == 0
    assert residual_correlation(rng.standard_normal((300, 3)), truth, partner) > 0.5


def test_lengths_are_cut_to_the_shortest() -> None:
    rng = np.random.default_rng(3)
    long, short = rng.standard_normal((90, 3)), rng.standard_normal((60, 3))

    cut = clip_metrics({"jaw": Compared(long, short, long)})

    assert cut == clip_metrics({"jaw": Compared(long[:60], short, long[:60])})


def test_fewer_frames_than_clusters_are_refused() -> None:
    few = np.random.default_rng(4).standard_normal((39, 2))

    with refused(ExitCode.PERFORMANCE_INVALID, "39"):
        clip_metrics({"exp": Compared(few, few, few)})


def test_without_scikit_learn_the_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: object) -> object:
        if name.startswith("sklearn"):
            raise ImportError("no module of that name")
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)

    with refused(ExitCode.DEPENDENCY_MISSING, "scikit-learn"):
        diversity(np.zeros((50, 3)), np.zeros((50, 3)), 10)
