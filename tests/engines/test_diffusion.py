"""The sampler: the schedule, one seed one result, and what is kept."""

import numpy as np
import pytest
import torch

from backend.engines.colocated.diffusion import LAST_LEVEL, alpha_sigma, noised, sample
from backend.engines.colocated.model import WINDOW


def test_signal_and_noise_share_one_variance_at_every_level():
    alpha, sigma = alpha_sigma(torch.linspace(0, 1, 11))

    assert torch.allclose(alpha**2 + sigma**2, torch.ones(11))
    assert alpha[0] == pytest.approx(1.0)
    assert alpha[-1] == pytest.approx(0.0, abs=1e-6)


def test_what_lasts_for_a_whole_window_is_drowned_before_the_noise_is_alone():
    alpha, sigma = alpha_sigma(torch.tensor(0.8))

    seen_through_the_noise = WINDOW**0.5 * alpha / sigma  # of a mean over all frames, in units of its error

    assert seen_through_the_noise < 1.0


def test_noising_keeps_the_signal_at_level_zero_and_loses_it_at_one():
    clean, noise = torch.randn(2, 5, 3), torch.randn(2, 5, 3)

    found = noised(clean, noise, torch.tensor([0.0, 1.0]))

    assert torch.allclose(found[0], clean[0])
    assert torch.allclose(found[1], noise[1], atol=1e-6)


def test_a_network_that_knows_the_answer_is_believed():
    answer = torch.randn(2, 7, 3)

    found = sample(lambda _noisy, _level: answer, torch.randn(2, 7, 3), steps=4)

    assert torch.allclose(found, answer, atol=1e-5)


def test_noise_passes_through_to_the_end():
    # An answer that leans on the noisy signal differs from noise to noise.
    found = [sample(lambda noisy, _level: 0.5 * noisy, torch.full((1, 4, 1), size), steps=6) for size in (1.0, 2.0)]

    assert torch.allclose(2 * found[0], found[1], atol=1e-5)


def test_levels_fall_from_noise_to_signal():
    seen = []

    def denoise(noisy, level):
        seen.append(level)
        return noisy

    sample(denoise, torch.randn(1, 4, 1), steps=5)

    assert seen == pytest.approx(np.linspace(1.0, LAST_LEVEL, 5).tolist())


def test_what_is_kept_comes_out_as_it_was_and_is_seen_on_the_way():
    kept, mask = torch.randn(2, 8, 3), torch.zeros(2, 8, 1)
    mask[0] = 1
    nearest = []

    def denoise(noisy, level):
        nearest.append(float((noisy[0] - kept[0]).abs().max()))
        return torch.zeros_like(noisy)

    found = sample(denoise, torch.randn(2, 8, 3), steps=8, kept=(kept, mask))

    assert torch.allclose(found[0], kept[0], atol=1e-5)
    assert torch.allclose(found[1], torch.zeros(8, 3), atol=1e-5)
    assert nearest[-1] < nearest[0]  # the kept one comes out of the noise step by step
