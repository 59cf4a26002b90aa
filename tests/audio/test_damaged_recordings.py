"""Files that something has happened to: a sentence and a code, or the sound that is left; never anything else."""

import random

import numpy as np
import pytest

from backend.audio.recording import read_recording
from backend.contract.errors import DuologueError, ExitCode
from tests.support.damaged_files import damaged_recording
from tests.support.made_sound import KINDS, make

TRIES = 20
FORESEEN = {
    ExitCode.AUDIO_UNREADABLE,
    ExitCode.AUDIO_EMPTY,
    ExitCode.AUDIO_TOO_SHORT,
    ExitCode.AUDIO_TOO_LONG,
    ExitCode.AUDIO_NOT_FINITE,
}


def outcome(path):
    """The failure that reading `path` ends with, or the sound."""
    try:
        return read_recording(path)
    except DuologueError as error:
        return error


@pytest.mark.parametrize("name", KINDS)
def test_a_damaged_file_is_read_or_refused(tmp_path, name):
    whole = make(tmp_path, name).read_bytes()
    path = tmp_path / f"damaged {name}"
    for number in range(TRIES):
        path.write_bytes(damaged_recording(whole, random.Random(f"{name} {number}")))

        found = outcome(path)

        if isinstance(found, DuologueError):
            assert found.code in FORESEEN
            assert str(path) in found.message
        else:
            assert np.isfinite(found.samples).all()


@pytest.mark.parametrize("name", ["film.mp4", "a.flac", "a.opus", "a.mp3"])
@pytest.mark.parametrize("size", [1, 4, 12, 40])
def test_the_first_bytes_of_a_file_are_no_recording(tmp_path, name, size):
    path = make(tmp_path, name)
    path.write_bytes(path.read_bytes()[:size])

    with pytest.raises(DuologueError) as caught:
        read_recording(path)

    assert caught.value.code in {ExitCode.AUDIO_UNREADABLE, ExitCode.AUDIO_EMPTY}
