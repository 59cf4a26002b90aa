"""A file is whole or not there."""

import errno

import pytest

from backend.contract.errors import ExitCode
from backend.contract.files import write_text_whole, write_whole
from tests.support.refusals import refused


def fail_with(number):
    def write(file):
        file.write(b"half")
        raise OSError(number, "as if")

    return write


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, ExitCode.DISK_FULL),
        (errno.EDQUOT, ExitCode.DISK_FULL),
        (errno.EFBIG, ExitCode.DISK_FULL),
        (errno.EACCES, ExitCode.OUTPUT_NOT_WRITABLE),
        (errno.EROFS, ExitCode.OUTPUT_NOT_WRITABLE),
    ],
)
def test_a_failed_write_leaves_what_was_there_and_no_part(tmp_path, number, code):
    path = tmp_path / "file.bin"
    path.write_bytes(b"before")

    with refused(code):
        write_whole(path, fail_with(number))
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_an_interrupted_write_leaves_no_part(tmp_path):
    def interrupt(file):
        file.write(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "file.bin", interrupt)

    assert list(tmp_path.iterdir()) == []


def test_missing_folders_are_made(tmp_path):
    path = tmp_path / "one" / "two" / "file.txt"

    write_text_whole(path, "ä")

    assert path.read_text(encoding="utf-8") == "ä"


def test_a_folder_in_the_way_is_told(tmp_path):
    (tmp_path / "file").touch()

    with refused(ExitCode.OUTPUT_NOT_WRITABLE):
        write_text_whole(tmp_path / "file" / "text", "ä")
