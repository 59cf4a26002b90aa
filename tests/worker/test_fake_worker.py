"""The fake worker plays what it says, so that tests with it test what they say."""

import subprocess
import sys
from pathlib import Path

import pytest

from backend.contract.errors import ExitCode
from backend.contract.job import PERFORMANCE_FILE, AudioInput, Character, JobRequest, read_events, write_request
from backend.contract.performance import load_performance
from tests.support.refusals import refused

FAKE = Path(__file__).resolve().parents[1] / "support" / "fake_worker.py"
CAST = (Character("Mia"), Character("Tom"))


@pytest.fixture
def play(tmp_path):
    """Run one play to its end: (exit status, events, job folder)."""

    def run(how):
        write_request(tmp_path, JobRequest(AudioInput("mix", ("/m.wav",)), characters=CAST))
        words = [sys.executable, str(FAKE), "--play", how, "animate", "--job", str(tmp_path)]
        result = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        return result.returncode, read_events(tmp_path)[0], tmp_path

    return run


@pytest.mark.parametrize("how", ["good", "chatter"])
def test_a_good_run_ends_with_a_performance_of_the_cast(play, how):
    code, events, folder = play(how)

    assert code == 0
    assert events[-1]["event"] == "done"
    assert load_performance(folder / PERFORMANCE_FILE).speakers == ("Mia", "Tom")


def test_dying_at_once_says_nothing(play):
    code, events, _ = play("dies-at-once")

    assert code not in {member.value for member in ExitCode}
    assert events == []


def test_dying_midway_leaves_progress_and_no_end(play):
    code, events, folder = play("dies-midway")

    assert code != 0
    assert {event["event"] for event in events} == {"progress"}
    assert not (folder / PERFORMANCE_FILE).exists()


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("dies-explained", ExitCode.AUDIO_SILENT),
        ("no-torch", ExitCode.DEPENDENCY_MISSING),
        ("slow", ExitCode.CANCELLED),
    ],
)
def test_an_explained_end_has_the_same_code_twice(play, how, expected):
    code, events, _ = play(how)

    assert code == expected
    assert events[-1]["code"] == expected


@pytest.mark.parametrize("how", ["nan", "half-file", "no-file"])
def test_a_broken_result_is_announced_and_does_not_load(play, how):
    code, events, folder = play(how)

    assert code == 0
    assert events[-1]["event"] == "done"
    with refused(ExitCode.PERFORMANCE_INVALID):
        load_performance(folder / PERFORMANCE_FILE)
