"""`train rehearse` from the command line: what it prints, leaves and says when it cannot."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from backend.contract.errors import ExitCode
from backend.job.reporting import QuietReporter
from lab.__main__ import main as lab_main
from lab.progress import time_left
from lab.simulation.corpus import rehearsal_folders

ROOT = Path(__file__).resolve().parents[2]
ASSETS = ROOT / ".assets"
TWO_SHORT_ONES = ["--hours", str(20 / 3600), "--seconds", "10", "--workers", "1", "--voices", "flite"]


def rehearse(folder, *options):
    return lab_main(["train", "rehearse", *TWO_SHORT_ONES, "--assets", str(ASSETS), "--out", str(folder), *options])


def test_a_corpus_is_made_and_summed_up(tmp_path, capsys):
    code = rehearse(tmp_path)

    printed = capsys.readouterr().out.splitlines()
    assert code == ExitCode.OK
    assert [folder.name for folder in rehearsal_folders(tmp_path)] == ["0000", "0001"]
    assert "rehearsal 2 of 2" in printed
    assert printed[printed.index(str(tmp_path)) + 1].startswith("2 rehearsals, 0.01 hours, 0.")
    assert any("voices: flite/" in line for line in printed)
    assert any(line.startswith("moods: ") for line in printed)


def test_what_is_there_is_summed_up_again_without_work(tmp_path, capsys):
    rehearse(tmp_path)
    first = capsys.readouterr().out

    code = rehearse(tmp_path)

    again = capsys.readouterr().out
    assert code == ExitCode.OK
    assert "rehearsal" not in again.splitlines()[0]
    assert first.endswith(again)


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--hours", "nan"], ExitCode.BAD_REQUEST, "--hours"),
        (["--seed", "-1", "--workers", "0"], ExitCode.BAD_REQUEST, "--workers"),
        (["--assets", "/nowhere"], ExitCode.ASSET_MISSING, "/nowhere"),
    ],
)
def test_what_cannot_be_is_reported_with_its_number(tmp_path, capsys, options, code, said):
    assert rehearse(tmp_path / "corpus", *options) == code

    assert said in capsys.readouterr().err
    assert not (tmp_path / "corpus").exists()


def test_a_folder_begun_with_another_seed_is_named_and_kept(tmp_path, capsys):
    rehearse(tmp_path)

    code = rehearse(tmp_path, "--seed", "8")

    assert code == ExitCode.BAD_REQUEST
    assert "seed 7, not 8" in capsys.readouterr().err
    assert len(rehearsal_folders(tmp_path)) == 2


def test_progress_says_how_long_it_takes_from_what_this_run_made(capsys):
    times = iter([0.0, 1.0, 60.0, 120.0])
    progress = time_left(QuietReporter(), "rehearsal", lambda: next(times))

    for done in (41, 42, 43):  # 40 were there
        progress(done, 100)

    assert capsys.readouterr().out.splitlines() == [
        "rehearsal 42 of 100, 29 min left",
        "rehearsal 43 of 100, 38 min left",
    ]


def test_the_last_line_of_progress_is_always_printed(capsys):
    progress = time_left(QuietReporter(), "rehearsal", lambda: 0.0)

    progress(1, 2)
    progress(2, 2)

    assert capsys.readouterr().out == "rehearsal 2 of 2\n"


@pytest.fixture
def hearing_ctrl_c():
    """Programs that are started here hear Ctrl-C, also where the tests run in the background and do not."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.skipif(sys.platform == "win32", reason="a group of processes is interrupted as a terminal does it")
def test_ctrl_c_leaves_whole_rehearsals_alone_and_nothing_half(tmp_path, hearing_ctrl_c):
    words = [*TWO_SHORT_ONES, "--hours", "1", "--workers", "2", "--assets", str(ASSETS), "--out", str(tmp_path)]
    process = subprocess.Popen(
        [sys.executable, "-m", "lab", "train", "rehearse", *words],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    patience = time.monotonic() + 60
    while not (tmp_path / "0000").is_dir() and time.monotonic() < patience:
        time.sleep(0.02)

    os.killpg(process.pid, signal.SIGINT)
    printed = process.communicate(timeout=120)[1]

    assert process.returncode == ExitCode.CANCELLED
    assert printed.startswith("error 40")
    assert "Traceback" not in printed
    assert rehearsal_folders(tmp_path)[0].name == "0000"
    assert {len(list(path.iterdir())) for path in tmp_path.iterdir() if path.is_dir()} == {5}
    assert not list(tmp_path.glob("*.part"))
