"""Files that something has happened to: a sentence and a code, or the sound that is left; never anything else."""

import random

import numpy as np
import pytest
from made_sound import KINDS, make

from backend.audio.recording import read_recording
from backend.contract.errors import DuologueError, ExitCode

TRIES = 20
FORESEEN = {
    ExitCode.AUDIO_UNREADABLE,
    ExitCode.AUDIO_EMPTY,
    ExitCode.AUDIO_TOO_SHORT,
    ExitCode.AUDIO_TOO_LONG,
    ExitCode.AUDIO_NOT_FINITE,
}


def damaged(content, chance):
    """`content` with a few bytes changed, left out or put in, often in its header, or cut off."""
    data = bytearray(content)
    for _ in range(chance.choice((1, 2, 5, 20))):
        at = chance.randrange(min(len(data), 600)) if chance.random() < 0.6 else chance.randrange(len(data))
        kind = chance.randrange(5)
        if kind == 0:
            data[at] = chance.randrange(256)
        elif kind == 1:
            data[at : at + 4] = chance.choice((b"\xff\xff\xff\xff", bytes(4), b"\x7f\xff\xff\xff"))
        elif kind == 2:
            del data[at : at + chance.randrange(1, 64)]
        elif kind == 3:
            data[at:at] = chance.randbytes(chance.randrange(1, 64))
        else:
            del data[max(1, chance.randrange(len(data))) :]
        if not data:
            return b"\x00"
    return bytes(data)


def told(path):
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
        path.write_bytes(damaged(whole, random.Random(f"{name} {number}")))

        found = told(path)

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
