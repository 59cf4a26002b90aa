"""The basis transfer's file: what is written is read, what is broken is refused by name, the fitting one is found."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.contract.errors import ExitCode
from backend.contract.transfer import (
    BasisTransfer,
    faces_of_transfer,
    load_transfer,
    matching_transfer,
    save_transfer,
    transfer_expression,
    transfer_file,
)
from tests.support.examples import examples
from tests.support.refusals import refused


def _transfer(sources=4, targets=3, seed=0, **changes):
    random = np.random.default_rng(seed)
    directions = random.normal(size=(30, targets + 1))
    fields = {
        "source": "flame-0123abcd",
        "target": "open-head-1",
        "gram": directions.T @ directions + 0.01 * np.eye(targets + 1),
        "cross": directions.T @ random.normal(size=(30, sources + 3)),
        "lower": np.array([0.0] * targets + [-np.inf]),
        "upper": np.array([1.0] * targets + [np.inf]),
        "source_joints": random.normal(size=(5, 3)),
        "target_joints": random.normal(size=(5, 3)),
        "source_identity": ("wide", "tall"),
        "source_joint_directions": random.normal(size=(5, 3, 2)),
        "jaw_gain": 0.9,
        "residual_millimetres": 0.4,
    }
    return BasisTransfer(**(fields | changes))


def test_what_is_written_is_read(tmp_path):
    transfer = _transfer()
    path = transfer_file(tmp_path, transfer.source, transfer.target)

    save_transfer(path, transfer)
    read = load_transfer(path)

    assert path.name == "flame-0123abcd--open-head-1.npz"
    for name, value in vars(transfer).items():
        assert np.array_equal(getattr(read, name), value), name
    assert (read.source_components, read.target_components) == (4, 3)


def test_a_transfer_s_name_tells_both_faces_and_a_face_s_name_none(tmp_path):
    path = transfer_file(tmp_path, "flame-0123abcd", "open-head-1")

    assert faces_of_transfer(path) == ("flame-0123abcd", "open-head-1")
    assert faces_of_transfer(tmp_path / "flame-0123abcd.npz") is None


def test_a_file_that_is_not_there_is_told(tmp_path):
    with refused(ExitCode.FACE_NOT_FOUND):
        load_transfer(tmp_path / "no.npz")


@pytest.mark.parametrize(
    "changes",
    [
        {"gram": np.ones((4, 3))},
        {"gram": np.zeros((4, 4))},
        {"gram": np.full((4, 4), np.nan)},
        {"cross": np.zeros((4, 2))},
        {"cross": np.zeros((3, 7))},
        {"lower": np.ones(3)},
        {"lower": np.full(4, 2.0)},
        {"upper": np.full(4, np.nan)},
        {"source_joints": np.zeros((4, 3))},
        {"source_joint_directions": np.zeros((5, 3, 1))},
        {"jaw_gain": np.inf},
    ],
)
def test_arrays_that_cannot_be_are_refused(tmp_path, changes):
    save_transfer(tmp_path / "one.npz", _transfer(**changes))

    with refused(ExitCode.FACE_INVALID):
        load_transfer(tmp_path / "one.npz")


@settings(max_examples=examples(40), deadline=None)
@given(cut=st.integers(0, 3000), noise=st.binary(min_size=1, max_size=30))
def test_a_damaged_file_is_refused_or_reads_as_it_was(tmp_path_factory, cut, noise):
    path = tmp_path_factory.mktemp("damaged") / "one.npz"
    save_transfer(path, _transfer())
    whole = path.read_bytes()
    path.write_bytes(whole[: cut % len(whole)] + noise)

    with refused(ExitCode.FACE_INVALID):
        load_transfer(path)


def test_the_exact_transfer_comes_first(tmp_path):
    transfer = _transfer(source="flame", residual_millimetres=3.0)
    save_transfer(transfer_file(tmp_path, "flame", "open-head-1"), transfer)
    save_transfer(transfer_file(tmp_path, "flame-1", "open-head-1"), _transfer(source="flame-1"))

    assert matching_transfer(tmp_path, "flame", 4, "open-head-1") == tmp_path / "flame--open-head-1.npz"


def test_plain_flame_is_any_flame_that_knows_enough_components(tmp_path):
    for name, sources, residual in (("flame-a", 4, 0.5), ("flame-b", 6, 0.7), ("flame-c", 6, 0.6), ("other", 9, 0.1)):
        transfer = _transfer(sources, source=name, residual_millimetres=residual)
        save_transfer(transfer_file(tmp_path, name, "open-head-1"), transfer)
    (tmp_path / "flame-d--open-head-1.npz").write_bytes(b"nothing")

    assert matching_transfer(tmp_path, "flame", 3, "open-head-1") == tmp_path / "flame-a--open-head-1.npz"
    assert matching_transfer(tmp_path, "flame", 6, "open-head-1") == tmp_path / "flame-c--open-head-1.npz"
    assert matching_transfer(tmp_path, "flame", 7, "open-head-1") is None
    assert matching_transfer(tmp_path, "flame-x", 3, "open-head-1") is None
    assert matching_transfer(tmp_path, "flame", 3, "flame-a") is None
    assert matching_transfer(tmp_path / "nowhere", "flame", 3, "open-head-1") is None


def test_fewer_components_are_the_first_ones():
    transfer = _transfer(sources=6)
    random = np.random.default_rng(1)
    expression, jaw, eyes = random.normal(size=(9, 4)), random.normal(size=9), random.normal(size=(9, 2))

    short = transfer_expression(transfer, expression, jaw, eyes)
    padded = transfer_expression(transfer, np.concatenate([expression, np.zeros((9, 2))], axis=1), jaw, eyes)

    assert short[0] == pytest.approx(padded[0], abs=1e-7)
    assert short[1] == pytest.approx(padded[1], abs=1e-7)


def test_more_components_than_the_source_has_are_refused():
    with pytest.raises(ValueError, match="knows 4"):
        transfer_expression(_transfer(sources=4), np.zeros((1, 5)), np.zeros(1))


def test_without_bounds_a_transfer_is_linear():
    endless = np.full(4, np.inf)
    transfer = replace(_transfer(), lower=-endless, upper=endless)
    random = np.random.default_rng(2)
    expression, jaw = random.normal(size=(5, 4)), random.normal(size=5)

    once, twice = (
        transfer_expression(transfer, expression, jaw),
        transfer_expression(transfer, 2.0 * expression, 2.0 * jaw),
    )

    assert twice[0] == pytest.approx(2.0 * once[0])
    assert twice[1] == pytest.approx(2.0 * once[1])
