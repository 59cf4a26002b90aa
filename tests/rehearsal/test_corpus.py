"""Rehearsals on disk."""

import numpy as np

from backend.rehearsal.corpus import load_rehearsal, save_rehearsal, write_corpus


def test_a_saved_rehearsal_comes_back(rehearsal, tmp_path):
    save_rehearsal(tmp_path / "one.npz", rehearsal)

    back = load_rehearsal(tmp_path / "one.npz")

    assert back.phones == rehearsal.phones
    assert back.habits == rehearsal.habits
    assert np.allclose(back.motion.expression, rehearsal.motion.expression, atol=1e-3)
    assert np.allclose(back.audio, rehearsal.audio, atol=1e-4)
    assert np.array_equal(back.events["closure"], rehearsal.events["closure"])
    assert set(back.events) == set(rehearsal.events)


def test_a_corpus_that_was_interrupted_is_continued(tmp_path):
    first = write_corpus(tmp_path, hours=2 * 8 / 3600, seed=1, workers=1, seconds=8.0)
    kept = first[0].stat().st_mtime_ns
    first[1].unlink()

    again = write_corpus(tmp_path, hours=2 * 8 / 3600, seed=1, workers=1, seconds=8.0)

    assert again == first
    assert first[0].stat().st_mtime_ns == kept
    assert first[1].is_file()
