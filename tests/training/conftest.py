"""Data and sizes that DualTalk trains on in seconds."""

import pytest

from backend.engines.dualtalk_official.checkpoint import config_as_json
from tests.support.dualtalk_data import TINY_SOUND, write_clip


@pytest.fixture(scope="module")
def unmeasured(tmp_path_factory):
    """Two clips to train on and none to measure, which would take longer than the training."""
    folder = tmp_path_factory.mktemp("unmeasured")
    for index in range(2):
        write_clip(folder, "train", f"clip{index}", 60, seed=index)
    return folder


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """A file of sizes."""
    path = tmp_path_factory.mktemp("sizes") / "tiny.json"
    path.write_text(config_as_json(TINY_SOUND))
    return path
