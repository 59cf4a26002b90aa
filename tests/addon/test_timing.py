from types import SimpleNamespace

import numpy as np
import pytest
from duologue.addon.keys.timing import frame_of, frames_a_second, key_frames, seconds_of
from hypothesis import given
from hypothesis import strategies as st

RATES = {
    "23.976": (24, 1.001),
    "24": (24, 1.0),
    "25": (25, 1.0),
    "29.97": (30, 1.001),
    "30": (30, 1.0),
    "50": (50, 1.0),
    "59.94": (60, 1.001),
    "60": (60, 1.0),
}


@pytest.fixture(params=RATES.values(), ids=RATES)
def render(request):
    return SimpleNamespace(fps=request.param[0], fps_base=request.param[1])


def test_no_drift_after_an_hour(render):
    frames = key_frames(3600.0, 25.0, render, start=1)

    error = seconds_of(frames[-1:], render, 1)[0] - (3600.0 - 1 / 25)

    assert abs(error) <= 0.5 / frames_a_second(render) + 1e-9


def test_keys_are_on_whole_frames_once_each(render):
    frames = key_frames(20.0, 25.0, render, start=-7)

    assert frames.dtype == np.int64
    assert np.all(np.diff(frames) >= 1)
    assert frames[0] == -7
    assert len(frames) <= 500


def test_every_moment_has_a_key_within_half_a_frame(render):
    frames = key_frames(10.0, 25.0, render, start=1)
    moments = np.arange(250) / 25.0

    distances = np.abs(moments[:, None] - seconds_of(frames, render, 1)[None]).min(axis=1)

    assert distances.max() <= 0.5 / frames_a_second(render) + 1e-9


def test_models_own_rate_keys_every_frame():
    render = SimpleNamespace(fps=25, fps_base=1.0)

    np.testing.assert_array_equal(key_frames(2.0, 25.0, render, 101), np.arange(101, 151))


def test_cut_lands_on_the_nearest_frame():
    assert frame_of(2.0, SimpleNamespace(fps=30, fps_base=1.001), 1) == 61


@given(
    rate=st.sampled_from(list(RATES.values())),
    start=st.one_of(st.integers(-1000, 1_048_574), st.floats(-1000.0, 100_000.0)),
    moments=st.integers(1, 2000),
)
def test_keys_of_any_take_at_any_rate_go_from_its_first_to_its_last_moment(rate, start, moments):
    render = SimpleNamespace(fps=rate[0], fps_base=rate[1])
    half = 0.5 / frames_a_second(render) + 1e-6

    frames = key_frames(moments / 25.0, 25.0, render, start)

    seconds = seconds_of(frames, render, start)
    assert np.all(np.diff(frames) >= 1)
    assert len(frames) <= moments
    assert abs(seconds[0]) <= half
    assert abs(seconds[-1] - (moments - 1) / 25.0) <= half
    assert np.abs(seconds[None] - np.arange(moments)[:, None] / 25.0).min(axis=1).max() <= half
    assert np.float32(frames[-1]) == frames[-1]
