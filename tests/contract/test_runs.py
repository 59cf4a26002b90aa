"""Runs cover exactly what is true, and lie apart."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from backend.contract.segments import runs_of


@given(st.lists(st.booleans(), max_size=60))
def test_runs_cover_exactly_what_is_true_and_never_touch(flags):
    covered = np.zeros(len(flags), bool)

    found = runs_of(np.array(flags, bool))

    for first, last in found:
        covered[first:last] = True
    assert covered.tolist() == flags
    assert all(before[1] < after[0] for before, after in pairwise(found))
