"""The installation of a packed backend, in this process."""

import sys

import pytest

from backend.contract.errors import DuologueError
from backend.installation.installing import install

PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


def run(wish, check=lambda: None):
    return install(wish, lambda *_: None, lambda _: None, check)


def failing(wish):
    """The code of the failure."""
    with pytest.raises(DuologueError) as caught:
        run(wish)
    return caught.value.code
