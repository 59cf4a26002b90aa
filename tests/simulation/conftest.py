"""One rehearsal for every test of this folder: speaking it takes a second."""

import pytest

from lab.simulation.rehearsal import Rehearsal, make_rehearsal


@pytest.fixture(scope="session")
def rehearsal() -> Rehearsal:
    return make_rehearsal(7, seconds=40.0)


@pytest.fixture(scope="session")
def rehearsals(rehearsal) -> list[Rehearsal]:
    return [rehearsal, *(make_rehearsal(seed, seconds=60.0) for seed in range(500, 508))]
