"""A performance survives its file; whatever is wrong with one is reported before anyone uses it."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.contract.errors import DuologueError, ExitCode
from backend.contract.performance import Performance, load_performance, save_performance
from tests.support.examples import examples
from tests.support.refusals import refused


def performance(frames=5, expressions=52, seed=0):
    rng = np.random.default_rng(seed)
    return Performance(
        fps=25.0,
        face="open-head-1",
        speakers=("Anna", "Ben"),
        expression=rng.random((2, frames, expressions), np.float32),
        pose=rng.random((2, frames, 5, 3), np.float32),
        translation=rng.random((2, frames, 3), np.float32),
        speaking=rng.random((2, frames), np.float32),
        meta={"seed": seed, "prompt": "œuvre"},
    )


@settings(max_examples=examples(20), deadline=None)
@given(
    frames=st.integers(1, 40),
    expressions=st.integers(0, 60),
    names=st.tuples(st.text(max_size=20), st.text(max_size=20)).filter(lambda two: not any("\0" in n for n in two)),
)
def test_a_performance_survives_its_file(tmp_path_factory, frames, expressions, names):
    path = tmp_path_factory.mktemp("performance") / "p.npz"
    written = replace(performance(frames, expressions), speakers=names)

    save_performance(path, written)
    read = load_performance(path)

    assert (read.fps, read.face, read.speakers, read.meta) == (25.0, "open-head-1", names, written.meta)
    for name in ("expression", "pose", "translation", "speaking"):
        np.testing.assert_array_equal(getattr(read, name), getattr(written, name))
        assert getattr(read, name).dtype == np.float32


def test_seconds_count_frames():
    assert performance(frames=50).seconds == 2.0


@pytest.mark.parametrize("name", ["expression", "pose", "translation", "speaking"])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_numbers_that_are_none_are_refused(name, bad):
    values = getattr(performance(), name).copy()
    values.flat[-1] = bad

    with refused(ExitCode.PERFORMANCE_INVALID, name):
        replace(performance(), **{name: values})


@pytest.mark.parametrize(
    "change",
    [
        {"fps": 0.0},
        {"fps": float("nan")},
        {"pose": np.zeros((2, 5, 4, 3))},
        {"pose": np.zeros((2, 0, 5, 3))},
        {"pose": np.zeros((1, 5, 5, 3))},
        {"expression": np.zeros((2, 6, 52))},
        {"translation": np.zeros((2, 5, 2))},
        {"speaking": np.zeros((2, 4))},
    ],
)
def test_shapes_that_do_not_fit_are_refused(change):
    with refused(ExitCode.PERFORMANCE_INVALID):
        replace(performance(), **change)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "p.npz"
    save_performance(path, performance())
    return path


def is_refused(path):
    with pytest.raises(DuologueError) as caught:
        load_performance(path)
    assert str(path) in caught.value.message
    return caught.value.code == ExitCode.PERFORMANCE_INVALID


def rewritten(file, **changes):
    with np.load(file) as archive:
        arrays = {name: archive[name] for name in archive.files} | changes
    np.savez(file, **{name: value for name, value in arrays.items() if value is not None})


def test_a_missing_file_is_refused(tmp_path):
    assert is_refused(tmp_path / "none.npz")


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04", b"\x93NUMPY"])
def test_a_file_that_is_no_archive_is_refused(file, content):
    file.write_bytes(content)
    assert is_refused(file)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_half_a_file_is_refused(file, share):
    data = file.read_bytes()
    file.write_bytes(data[: int(len(data) * share)])
    assert is_refused(file)


@pytest.mark.parametrize("name", ["schema", "fps", "face", "speakers", "expression", "pose", "speaking", "meta"])
def test_a_missing_array_is_refused(file, name):
    rewritten(file, **{name: None})
    with refused(ExitCode.PERFORMANCE_INVALID, name):
        load_performance(file)


@pytest.mark.parametrize(
    "changes",
    [
        {"schema": np.int64(2)},
        {"speakers": np.array(["Anna"])},
        {"meta": np.str_("{half")},
        {"pose": np.full((2, 5, 5, 3), np.nan)},
        {"expression": np.array(["a", "b"])},
    ],
)
def test_an_archive_of_something_else_is_refused(file, changes):
    rewritten(file, **changes)
    with refused(ExitCode.PERFORMANCE_INVALID):
        load_performance(file)


def test_pickled_objects_are_never_loaded(file, tmp_path):
    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "sprung"), "w"))

    rewritten(file, meta=np.array([Trap()], dtype=object))

    with refused(ExitCode.PERFORMANCE_INVALID):
        load_performance(file)
    assert not (tmp_path / "sprung").exists()


def test_meta_that_json_cannot_hold_is_never_written(tmp_path):
    with pytest.raises(ValueError, match="JSON compliant"):
        save_performance(tmp_path / "p.npz", replace(performance(), meta={"x": float("nan")}))
    assert json.dumps([path.name for path in tmp_path.iterdir()]) == "[]"
