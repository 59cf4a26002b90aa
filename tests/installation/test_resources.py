"""What the machine lacks is told with a number before anything is done."""

import errno
import os
import select
import socket
import subprocess
import sys
import time

import pytest

from backend.contract.errors import DuologueError, ExitCode
from backend.installation import resources
from backend.installation.children import Children
from building.paths import ROOT


def code_of(work):
    with pytest.raises(DuologueError) as caught:
        work()
    return caught.value.code


def test_a_disk_without_room_is_told(tmp_path):
    assert code_of(lambda: resources.require_room(tmp_path / "not" / "there", 1 << 60)) == ExitCode.DISK_FULL
    resources.require_room(tmp_path, 1)


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").touch()

    assert code_of(lambda: resources.require_writable(tmp_path / "file" / "folder")) == ExitCode.OUTPUT_NOT_WRITABLE


@pytest.mark.parametrize(("free", "warned"), [(None, False), (8e9, False), (2e9, True)])
def test_short_memory_is_a_warning(free, warned):
    assert bool(resources.require_memory(free)) is warned


def test_too_little_memory_is_an_error():
    assert code_of(lambda: resources.require_memory(5e8)) == ExitCode.OUT_OF_MEMORY


def test_free_memory_is_a_sensible_number_or_unknown():
    free = resources.free_memory()

    assert free is None or 1e6 < free < 1e14


def test_a_second_installation_is_kept_out_until_the_first_one_ends(tmp_path):
    code = (
        "import sys, time, pathlib\n"
        "from backend.installation.resources import one_at_a_time\n"
        "with one_at_a_time(pathlib.Path(sys.argv[1])):\n"
        "    print('in', flush=True); time.sleep(60)\n"
    )
    first = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert first.stdout.readline() == "in\n"

        def enter():
            with resources.one_at_a_time(tmp_path):
                pass

        assert code_of(enter) == ExitCode.INSTALLATION_RUNNING
    finally:
        first.kill()  # as a Blender that crashes
        first.wait()
    enter()


def fake_smi(folder, words, monkeypatch):
    program = folder / "nvidia-smi"
    program.write_text(f"#!/bin/sh\n{words}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.parametrize(
    ("printed", "name", "usable"),
    [
        ("NVIDIA GeForce RTX 4080, 581.42, 8.9", "NVIDIA GeForce RTX 4080", True),
        ("NVIDIA GeForce RTX 4080, 535.10, 8.9", "NVIDIA GeForce RTX 4080", False),
        ("NVIDIA GeForce GTX 1080, 581.42, 6.1", "NVIDIA GeForce GTX 1080", False),
    ],
)
def test_a_card_is_what_its_driver_says(tmp_path, monkeypatch, printed, name, usable):
    fake_smi(tmp_path, f'echo "{printed}"', monkeypatch)

    card = resources.nvidia_card()

    assert card.name == name
    assert (card.lacking == "") is usable


@pytest.mark.parametrize("words", ["exit 9", "echo nonsense", "exit 0"])
def test_a_driver_that_does_not_answer_is_no_card(tmp_path, monkeypatch, words):
    fake_smi(tmp_path, words, monkeypatch)

    assert resources.nvidia_card() is None


def children(tmp_path, check=lambda: None):
    return Children(tmp_path / "log", check, tmp_path)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("raise OSError(28, 'No space left on device')", ExitCode.DISK_FULL),
        ("raise MemoryError", ExitCode.OUT_OF_MEMORY),
        ("import os; os.kill(os.getpid(), 9)", ExitCode.OUT_OF_MEMORY),
        ("raise PermissionError(13, 'Permission denied')", ExitCode.OUTPUT_NOT_WRITABLE),
        ("raise SystemExit(3)", ExitCode.INSTALLATION_FAILED),
    ],
)
def test_a_program_that_fails_is_told_by_what_it_said(tmp_path, words, code):
    assert code_of(lambda: children(tmp_path).run([sys.executable, "-c", words], "A step")) == code


def test_what_an_earlier_program_said_is_not_taken_for_the_reason(tmp_path):
    shared = children(tmp_path)
    shared.run([sys.executable, "-c", "print('No space left on device')"], "A step")

    assert code_of(lambda: shared.run([sys.executable, "-c", "exit(1)"], "Another")) == ExitCode.INSTALLATION_FAILED


def test_a_program_that_is_not_there_is_told(tmp_path):
    assert code_of(lambda: children(tmp_path).run(["a-program-that-is-not-there"], "A step")) == (
        ExitCode.INSTALLATION_FAILED
    )


def test_stopping_ends_the_program_at_once(tmp_path):
    def stop():
        raise DuologueError(ExitCode.CANCELLED, "Cancelled.", "")

    began = time.monotonic()
    code = code_of(
        lambda: children(tmp_path, stop).run([sys.executable, "-c", "import time; time.sleep(60)"], "A step")
    )

    assert code == ExitCode.CANCELLED
    assert time.monotonic() - began < 5


_STARTS_ANOTHER = """
import subprocess, sys, time
waits = "import socket; here = socket.create_connection(('127.0.0.1', {port})); print(flush=True); here.recv(1)"
subprocess.Popen([sys.executable, "-c", waits], stdout=subprocess.PIPE).stdout.readline()
{then}
"""


@pytest.mark.parametrize(
    ("then", "code"), [("time.sleep(60)", ExitCode.CANCELLED), ("exit(3)", ExitCode.INSTALLATION_FAILED)]
)
def test_what_a_program_has_started_ends_with_it(tmp_path, then, code):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        others = []

        def stop_when_it_is_there():
            if select.select([listening], [], [], 0)[0]:
                others.append(listening.accept()[0])
                if code == ExitCode.CANCELLED:
                    raise DuologueError(code, "Cancelled.", "")

        words = _STARTS_ANOTHER.format(port=listening.getsockname()[1], then=then)
        started = children(tmp_path, stop_when_it_is_there)
        assert code_of(lambda: started.run([sys.executable, "-c", words], "A step")) == code

        (other,) = others or [listening.accept()[0]]
        with other:
            other.settimeout(5)
            assert other.recv(1) == b"", "it is gone, and its connection with it"


def test_lines_of_a_program_are_heard_in_their_order(tmp_path):
    lines = []

    children(tmp_path).lines([sys.executable, "-c", "print('a'); print('b')"], "A step", lines.append)

    assert lines == [b"a", b"b"]


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.EWOULDBLOCK, ExitCode.INSTALLATION_RUNNING),
        (errno.EACCES, ExitCode.INSTALLATION_RUNNING),
        (errno.ENOLCK, ExitCode.OUTPUT_NOT_WRITABLE),
        (errno.EOPNOTSUPP, ExitCode.OUTPUT_NOT_WRITABLE),
        (errno.ENOSPC, ExitCode.DISK_FULL),
    ],
)
def test_a_disk_that_cannot_lock_is_not_another_blender(tmp_path, monkeypatch, number, code):
    def refuse(_file):
        raise OSError(number, "refused")

    monkeypatch.setattr(resources, "_lock", refuse)
    with pytest.raises(DuologueError) as caught, resources.one_at_a_time(tmp_path):
        pass

    assert caught.value.code == code
