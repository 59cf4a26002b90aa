"""Block-by-block resampling is the same as resampling the whole."""

import numpy as np
import pytest
from scipy.signal import resample_poly

from backend.audio.filters import resampled


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 44_100, 48_000, 96_000])
def test_blocks_join_to_the_whole_resampled_recording(rate):
    samples = np.random.default_rng(rate).standard_normal((rate * 19 + 7, 2)).astype(np.float32)
    blocks = (samples[start : start + 10_007] for start in range(0, len(samples), 10_007))

    joined = np.concatenate(list(resampled(blocks, rate, 16_000)))

    whole = resample_poly(samples, *_up_down(rate), axis=0)
    assert joined.shape == whole.shape
    np.testing.assert_allclose(joined, whole, atol=1e-5)


def test_equal_rates_pass_through_unchanged():
    block = np.ones((100, 1), np.float32)

    assert next(iter(resampled([block], 16_000, 16_000))) is block


def test_no_blocks_give_no_blocks():
    assert list(resampled([], 44_100, 16_000)) == []


def test_a_rate_that_shares_no_factor_keeps_the_length():
    samples = np.sin(np.arange(2 * 44_099) / 44_099 * 2 * np.pi * 440).astype(np.float32)[:, None]

    joined = np.concatenate(list(resampled([samples], 44_099, 16_000)))

    assert len(joined) == 32_000
    expected = np.sin(np.arange(32_000) / 16_000 * 2 * np.pi * 440)
    np.testing.assert_allclose(joined[500:-500, 0], expected[500:-500], atol=0.01)


def _up_down(rate):
    divisor = np.gcd(rate, 16_000)
    return int(16_000 // divisor), int(rate // divisor)
