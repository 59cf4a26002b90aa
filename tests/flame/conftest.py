"""FLAME's arrays, and a way to load them from a file."""

import pytest

from backend.flame.flame_file import load_flame
from tests.support.flame_arrays import flame_arrays


@pytest.fixture(scope="module")
def arrays():
    return flame_arrays()


@pytest.fixture(scope="module")
def small():
    """A quick file of few components, for what is about a file and not about a face."""
    return flame_arrays(identities=6, expressions=4)


@pytest.fixture
def flame(tmp_path):
    """Load a file of these bytes."""

    def load(data, name="generic_model.pkl"):
        path = tmp_path / name
        path.write_bytes(data)
        return load_flame(path)

    return load
