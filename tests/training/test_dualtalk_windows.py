"""Windows are pieces of their own, in an order that only seed and epoch decide; shares of a batch are the batch."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.engines.dualtalk_official.model import OfficialDualTalk
from lab.training.distributed import ProcessGroup
from lab.training.dualtalk_official.data import Clip, survey
from lab.training.dualtalk_official.losses import dualtalk_losses, losses_of
from lab.training.dualtalk_official.task import pieces
from lab.training.dualtalk_official.tracks import Sound
from lab.training.dualtalk_official.windows import epoch_batches, fixed_windows, load_batch, write_cache
from tests.support.dualtalk_data import TINY_FEATURES, loudness, write_dataset
from tests.support.examples import examples

SOUND = Sound(1, 0.0, 1.0, "")


def clip(name, frames):
    return Clip("train", name, frames, (SOUND, SOUND), ())


@pytest.fixture(scope="module")
def cached(tmp_path_factory):
    folder = tmp_path_factory.mktemp("windows")
    dataset = survey(write_dataset(folder / "data"))
    return dataset, write_cache(dataset, folder / "sound", None), write_cache(dataset, folder / "features", loudness)


@given(st.lists(st.integers(25, 900), min_size=1, max_size=6), st.integers(1, 9), st.integers(0, 50))
@settings(max_examples=examples(60), deadline=None)
def test_windows_do_not_overlap_and_leave_less_than_a_window(lengths, batch, epoch):
    clips = [clip(str(index), frames) for index, frames in enumerate(lengths)]

    batches = epoch_batches(clips, 200, batch, 7, epoch)

    windows = [window for group in batches for window in group]
    for source in clips:
        for target in range(2):
            own = sorted(w.start for w in windows if w.clip == source and w.target == target)
            length = min(200, source.frames)
            assert len(own) == source.frames // length
            assert all(after - before == length for before, after in pairwise(own))
            assert own[0] >= 0
            assert own[-1] + length <= source.frames
    assert all(len({window.frames for window in group}) == 1 and len(group) <= batch for group in batches)


def test_every_frame_is_learned_from_in_some_epoch():
    seen = np.zeros(390, bool)

    for epoch in range(60):
        for group in epoch_batches([clip("one", 390)], 200, 4, 7, epoch):
            for window in group:
                seen[window.start : window.start + window.frames] = True

    assert seen[10:380].all()


def test_an_epoch_is_shuffled_differently_each_time_and_found_again():
    clips = [clip(str(index), 800) for index in range(8)]

    first, again, second = (epoch_batches(clips, 200, 4, 7, epoch) for epoch in (0, 0, 1))

    assert first == again
    assert first != second
    assert Counter(w.target for group in first for w in group) == {0: 32, 1: 32}
    in_order = [(w.clip.name, w.target) for group in first for w in group]
    assert in_order != sorted(in_order)


def test_each_window_holds_its_own_piece_of_the_clip(cached):
    dataset, sound, _ = cached
    windows = fixed_windows(dataset.of("train")[:1], 20)

    batch = load_batch(windows, sound)

    motion = sound.motion(dataset.of("train")[0])
    assert [window.start for window in windows] == [0, 20, 40, 0, 20, 40]
    for row, window in enumerate(windows):
        piece = motion[:, window.start : window.start + 20]
        np.testing.assert_array_equal(batch.motion[row], piece[window.target])
        np.testing.assert_array_equal(batch.partner_motion[row], piece[1 - window.target])
    assert batch.audio.shape == (6, 20 * 640)
    assert len(np.unique(batch.audio[:, 0])) == 6
    torch.testing.assert_close(batch.audio[:3], batch.partner_audio[3:])


def test_features_are_cut_where_the_motion_is(cached):
    dataset, _, features = cached
    windows = fixed_windows(dataset.of("train")[:1], 20)

    batch = load_batch(windows, features)

    assert batch.audio.shape == (6, 20, 6)
    np.testing.assert_allclose(batch.audio[1, :, 3], np.sin(np.arange(20, 40) / 25 * 1.1), atol=1e-3)


def test_losses_are_four_mean_squares():
    rng = np.random.default_rng(0)
    made, truth = rng.standard_normal((2, 3, 10, 56))
    off = made - truth

    terms = dualtalk_losses(torch.from_numpy(made), torch.from_numpy(truth))

    expected = [(off[..., :50] ** 2).mean(), (off[..., 50:53] ** 2).mean(), (off[..., 53:] ** 2).mean()]
    expected.append((np.diff(off, axis=1) ** 2).mean())
    assert list(terms) == ["expression", "jaw", "neck", "velocity"]
    np.testing.assert_allclose([float(term) for term in terms.values()], expected)


@given(st.integers(1, 40), st.integers(1, 5), st.integers(0, 12))
def test_shares_take_every_window_once_and_all_processes_as_many_pieces(windows, count, at_once):
    batch = list(range(windows))

    shares = [pieces(batch, index, count, at_once) for index in range(count)]

    assert len({len(share) for share in shares}) == 1
    taken = [window for share in shares for piece, weight in share if weight for window in piece]
    assert sorted(taken) == batch
    assert sum(weight for share in shares for _, weight in share) == pytest.approx(1.0)
    assert not at_once or max(len(piece) for share in shares for piece, _ in share) <= at_once


class OneOf(ProcessGroup):
    """A process among several, whose gradients are averaged by hand."""

    def __init__(self, index, count):
        super().__init__("cpu")
        self.index, self.count = index, count


@pytest.mark.parametrize(("count", "at_once"), [(1, 2), (2, 0), (3, 1)])
def test_a_batch_in_shares_and_pieces_teaches_what_the_whole_batch_teaches(cached, count, at_once):
    dataset, _, features = cached
    windows = fixed_windows(dataset.of("train")[:1], 12)[:7]
    torch.manual_seed(0)
    model = OfficialDualTalk(replace(TINY_FEATURES, feature_dim=16))

    def gradients(index, of, held):
        model.zero_grad()
        group, share = OneOf(index, of), torch.zeros(4)
        for piece, weight in pieces(windows, index, of, held):
            terms = weight * losses_of(model, load_batch(piece, features))
            group.backward(terms.sum())
            share += terms.detach()
        return share, [weight.grad.clone() for weight in model.parameters() if weight.grad is not None]

    whole, expected = gradients(0, 1, 0)
    shares, found = zip(*(gradients(index, count, at_once) for index in range(count)), strict=True)

    torch.testing.assert_close(torch.stack(shares).sum(0), whole)
    for expected_part, parts in zip(expected, zip(*found, strict=True), strict=True):
        torch.testing.assert_close(torch.stack(parts).mean(0), expected_part, atol=1e-6, rtol=1e-4)
