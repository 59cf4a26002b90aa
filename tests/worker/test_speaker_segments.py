"""Who speaks when goes in and out of a job."""

import numpy as np
import pytest

from backend.command.entry import main
from backend.contract.errors import ExitCode
from backend.contract.job import PERFORMANCE_FILE, SEGMENTS_FILE, AudioInput, read_events
from backend.contract.performance import load_performance
from backend.contract.segments import Segment, SpeakerSegments, segments_of, speaking_curves, swapped
from backend.contract.segments_file import read_segments, write_segments
from backend.worker import run_job

GIVEN = SpeakerSegments(("Anna", "Ben"), (Segment(0.5, 1.7, "Ben"), Segment(1.5, 3.9, "Anna")))


@pytest.fixture
def given_file(tmp_path):
    write_segments(tmp_path / "who.rttm", GIVEN)
    return tmp_path / "who.rttm"


def done(folder):
    assert run_job(folder) == ExitCode.OK
    return load_performance(folder / PERFORMANCE_FILE), read_segments(folder / SEGMENTS_FILE)


def test_the_segments_beside_a_take_are_those_of_the_performance(request_for, job):
    performance, said = done(job(request_for()))

    assert said == segments_of(performance.speaking, performance.speakers)
    assert {segment.speaker for segment in said.segments} == {"Anna", "Ben"}


def test_given_segments_replace_the_guess(request_for, job, dialogue, given_file):
    mix = AudioInput("mix", (str(dialogue["mix"]),))

    performance, said = done(job(request_for(audio=mix, segments=str(given_file))))

    assert said == GIVEN
    assert np.allclose(performance.speaking, speaking_curves(GIVEN, performance.frame_count))
    assert performance.meta["turns"] == {"given": "who.rttm", "swapped": False}


def test_a_swap_gives_each_the_others_voice_and_turns(request_for, job, dialogue):
    as_heard, said = done(job(request_for()))
    other_way = AudioInput("tracks", (str(dialogue["b"]), str(dialogue["a"])))

    after, swapped_said = done(job(request_for(swap_speakers=True)))
    by_hand, _ = done(job(request_for(audio=other_way)))

    assert swapped_said == swapped(said)
    assert np.allclose(after.speaking, as_heard.speaking[::-1])
    assert np.allclose(after.expression, by_hand.expression, atol=1e-4)


def test_segments_of_a_longer_recording_are_refused_and_leave_nothing(request_for, job, tmp_path):
    write_segments(tmp_path / "long.json", SpeakerSegments(("Anna", "Ben"), (Segment(3.0, 9.0, "Ben"),)))
    folder = job(request_for(segments=str(tmp_path / "long.json")))

    assert run_job(folder) == ExitCode.SEGMENTS_INVALID

    assert "the audio lasts 4.00 s" in read_events(folder)[0][-1]["message"]
    assert not (folder / SEGMENTS_FILE).exists()
    assert not (folder / PERFORMANCE_FILE).exists()


def test_the_command_line_takes_and_gives_segments(dialogue, given_file, tmp_path):
    out, segments = tmp_path / "take.npz", tmp_path / "used.rttm"
    words = ["--mix", str(dialogue["mix"]), "--out", str(out), "--device", "cpu"]

    code = main(["animate", *words, "--segments", str(given_file), "--swap-speakers", "--segments-out", str(segments)])

    assert code == ExitCode.OK
    assert read_segments(segments) == swapped(GIVEN)


def test_segments_cannot_go_to_a_file_of_another_kind(dialogue, tmp_path, capsys):
    out = tmp_path / "take.npz"

    code = main(
        ["animate", "--mix", str(dialogue["mix"]), "--out", str(out), "--segments-out", str(tmp_path / "a.txt")]
    )

    assert code == ExitCode.SEGMENTS_INVALID
    assert "neither .json nor .rttm" in capsys.readouterr().err
    assert not out.exists()
