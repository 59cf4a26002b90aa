"""Job folders, a few seconds of real dialogue, and the worker as a process."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from backend.contract.job import AudioInput, JobRequest, write_request

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "presets" / "demo"


@pytest.fixture(scope="session")
def dialogue(tmp_path_factory):
    """Four seconds of the bundled dialogue in which both speak: paths of a.wav, b.wav, mix.wav, stereo.wav."""
    folder = tmp_path_factory.mktemp("dialogue")
    tracks, rate = [], 0
    for name in ("anna", "ben"):
        samples, rate = soundfile.read(DEMO / f"{name}.flac", dtype="float32", always_2d=True)
        tracks.append(samples[int(2.5 * rate) : int(6.5 * rate)].mean(axis=1))
    paths = {name: folder / f"{name}.wav" for name in ("a", "b", "mix", "stereo")}
    for name, samples in zip(paths, (*tracks, sum(tracks) / 2, np.stack(tracks, axis=1)), strict=True):
        soundfile.write(paths[name], samples, rate)
    return paths


@pytest.fixture
def request_for(dialogue):
    """A request for the two tracks, with fields replaced."""

    def make(**fields):
        audio = AudioInput("tracks", (str(dialogue["a"]), str(dialogue["b"])))
        return replace(JobRequest(audio=audio, prompt="across a café table", seed=3, device="cpu"), **fields)

    return make


@pytest.fixture
def job(tmp_path):
    """Write a request into a new job folder."""

    def make(request):
        folder = tmp_path / "job"
        folder.mkdir(exist_ok=True)
        write_request(folder, request)
        return folder

    return make


@pytest.fixture
def start_worker():
    """Start the real worker on a job folder; ended at the latest when the test ends."""
    running = []

    def start(folder, *, environment=None, prefix=()):
        process = subprocess.Popen(
            [*prefix, sys.executable, "-m", "backend", "animate", "--job", str(folder)],
            cwd=ROOT,
            env=os.environ | (environment or {}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


@pytest.fixture(autouse=True)
def restored_process_hooks():
    """What a job changes in its process is put back when it ran inside the test's."""
    hook, handlers = sys.excepthook, {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    sys.excepthook = hook
    for number, handler in handlers.items():
        signal.signal(number, handler)
