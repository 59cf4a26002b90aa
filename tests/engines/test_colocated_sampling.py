"""Dialogues of any length: windows leave no seam, seeds repeat, what is kept stays."""

import numpy as np
import pytest
import torch

from backend.engines.colocated import sampler as colocated_sampling
from backend.engines.colocated.conditioning import MOUTH, Condition
from backend.engines.colocated.model import Colocated, ColocatedConfig
from backend.engines.colocated.sampler import (
    DENOISER_WINDOWS,
    DialogueConditions,
    Guidance,
    _context,
    perform_dialogue,
)
from backend.engines.colocated.stream import MOUTH_IN_STREAM, STREAM

SMALL = ColocatedConfig(widths=(16, 16, 16, 16), condition=16, role=4, heads=2)


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(5)
    made = Colocated(SMALL).eval()
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.add_(0.05 * torch.randn_like(parameter))
    return made


def conditions(frames, seed=6):
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape):
        return torch.randn(2, *shape, generator=generator)

    audio_features = draw(frames, 16).half()
    return DialogueConditions(audio_features, Condition(draw(frames), draw(frames, MOUTH), draw(8), draw(10), draw(7)))


@pytest.mark.parametrize("frames", [3, 256, 700])
def test_one_seed_gives_one_performance_of_the_right_length(network, frames):
    given = conditions(frames)

    first, again, other = (perform_dialogue(network, given, seed, steps=3) for seed in (1, 1, 2))

    assert first.shape == (2, frames, STREAM)
    assert torch.equal(first, again)
    assert (first - other).abs().max() > 1e-3


def test_the_context_of_a_long_dialogue_does_not_depend_on_its_pieces(network, monkeypatch):
    given = conditions(1300)

    whole = _context(network, given.audio_features, given.given)
    monkeypatch.setattr(colocated_sampling, "_PIECE", 256)
    in_pieces = _context(network, given.audio_features, given.given)

    assert whole.shape == given.audio_features.shape
    assert torch.allclose(in_pieces.float(), whole.float(), atol=2e-3)


def test_a_windows_edge_leaves_no_seam(network):
    frames = 4 * DENOISER_WINDOWS.step + DENOISER_WINDOWS.length
    stream = perform_dialogue(network, conditions(frames), seed=1, steps=6).numpy()
    jumps = np.abs(np.diff(stream, axis=1)).mean(axis=(0, 2))  # [T - 1]
    seams = [seam - 1 for seam in DENOISER_WINDOWS.seams(frames)]

    assert jumps[seams].max() < np.quantile(np.delete(jumps, seams), 0.99)


def test_what_is_kept_stays_and_the_rest_differs_from_what_it_was(network):
    frames = 400
    given = conditions(frames)
    before = perform_dialogue(network, given, seed=1, steps=4)
    mask = torch.zeros(2, frames, 1)
    mask[0] = 1

    after = perform_dialogue(network, given, seed=2, steps=4, kept=(before, mask))

    assert torch.allclose(after[0], before[0], atol=1e-4)
    assert (after[1] - before[1]).abs().max() > 1e-3


def test_guidance_moves_everything_but_the_mouth(network):
    given = conditions(300)
    head = [index for index in range(STREAM) if index not in MOUTH_IN_STREAM]

    plain, sound, place = (
        perform_dialogue(network, given, 1, guidance, steps=1)
        for guidance in (Guidance(1.0, 1.0), Guidance(3.0, 1.0), Guidance(1.0, 3.0))
    )

    for guided in (sound, place):
        assert torch.equal(guided[..., MOUTH_IN_STREAM], plain[..., MOUTH_IN_STREAM])
        assert (guided - plain)[..., head].abs().max() > 1e-3
    assert (sound - place).abs().max() > 1e-3


def test_progress_counts_every_window_of_every_step(network):
    seen = []

    perform_dialogue(network, conditions(2000), 1, steps=2, progress=lambda done, of: seen.append((done, of)))

    windows = len(DENOISER_WINDOWS.starts(2000))
    assert seen[0] == (0, 2 * windows)
    assert all(done < 2 * windows for done, _ in seen)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
