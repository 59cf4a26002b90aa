"""Nothing that is printed fails a job: consoles of other encodings, closed ones, full ones, pipes that nobody reads."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from backend.contract.console import ForgivingStream, forgiven_printing
from backend.contract.errors import ExitCode

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("Ольга", "健二 \udcff")
ENCODINGS = (
    {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0"},
    {"PYTHONIOENCODING": "ascii"},
    {"PYTHONIOENCODING": "cp1252"},
)
STAGE = [sys.executable, "-m", "backend", "stage", "Zwei streiten sich – „naïve“ 健二", "--names", *NAMES]


def run(words, shell="", **environment):
    command = ["sh", "-c", f'"$@" {shell}', "sh", *words] if shell else words
    return subprocess.run(
        [os.fsencode(word) for word in command],
        cwd=ROOT, env=os.environ | environment, capture_output=True, check=False, timeout=120,
    )  # fmt: skip


@pytest.mark.parametrize("environment", ENCODINGS, ids=str)
@pytest.mark.parametrize("more", [[], ["--json"]], ids=["table", "json"])
def test_names_that_a_console_lacks_are_written_as_escapes(environment, more):
    finished = run([*STAGE, *more], **environment)

    assert finished.returncode == ExitCode.OK, finished.stderr
    assert finished.stdout


@pytest.mark.parametrize("shell", [">&-", "2>&-", "0<&- >&- 2>&-", ">/dev/full 2>/dev/full"])
def test_a_console_that_is_closed_or_full_changes_no_exit_code(shell):
    if "/dev/full" in shell and not Path("/dev/full").exists():
        pytest.skip("this system has no device that is always full")

    assert run(STAGE, shell).returncode == ExitCode.OK


def test_a_pipe_that_nobody_reads_changes_no_exit_code():
    finished = run(STAGE, '; echo "code $?" >&2', PYTHONUNBUFFERED="1")
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as pipe:
        broken = subprocess.run([os.fsencode(w) for w in STAGE], cwd=ROOT, stdout=pipe, stderr=pipe, check=False)

    assert b"code 0" in finished.stderr
    assert broken.returncode == ExitCode.OK


def test_a_failure_keeps_its_code_when_it_cannot_be_told():
    words = [sys.executable, "-m", "backend", "animate", "--mix", "нет.wav", "--out", "нет.npz"]

    assert run(words, "2>&-", PYTHONIOENCODING="ascii").returncode == ExitCode.AUDIO_NOT_FOUND


def test_the_streams_of_the_program_around_come_back():
    before = sys.stdout, sys.stderr

    with forgiven_printing():
        print("健二", file=sys.stderr)
        assert sys.stdout is not before[0]

    assert (sys.stdout, sys.stderr) == before


def test_a_closed_stream_takes_everything():
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    forgiving = ForgivingStream(stream)
    forgiving.write("é")
    forgiving.flush()
    written = stream.buffer.getvalue()
    stream.close()

    forgiving.writelines(["more", "still"])
    forgiving.flush()

    assert written == b"\\xe9"


def test_a_closed_stream_is_no_terminal_and_has_no_file():
    """Python 3.14's argparse asks both before it prints."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    stream.close()
    forgiving = ForgivingStream(stream)

    assert not forgiving.isatty()
    with pytest.raises(OSError, match="file"):
        forgiving.fileno()
