"""The bundled dialogue, whose two tracks are separate, and the networks from the derived assets."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from scipy.ndimage import binary_closing
from scipy.signal import resample_poly

from backend.contract.constants import SAMPLE_RATE, SAMPLES_PER_FRAME
from backend.turns import load_turn_models

ROOT = Path(__file__).resolve().parents[2]
ASSETS = Path(os.environ.get("DUOLOGUE_ASSETS", ROOT / ".assets"))


@pytest.fixture(scope="session")
def models():
    torch.set_num_threads(1)
    return load_turn_models(ASSETS / "turns")


@pytest.fixture(scope="session")
def demo_tracks():
    return np.stack([demo_recording("anna"), demo_recording("ben")])


@pytest.fixture(scope="session")
def demo_mix():
    return demo_recording("mix")


@pytest.fixture(scope="session")
def demo_turns(demo_tracks):
    """[2, T] truth: frames in which a separate track is louder than 35 dB below its loud speech, short gaps closed."""
    return np.stack([audible(track) for track in demo_tracks])


@pytest.fixture(scope="session")
def demo_lines():
    return json.loads((ROOT / "presets/demo/dialogue.json").read_text(encoding="utf-8"))["lines"]


def demo_recording(name):
    samples, rate = soundfile.read(ROOT / "presets/demo" / f"{name}.flac", dtype="float32")
    return resample_poly(samples, SAMPLE_RATE, rate).astype(np.float32)


def audible(track):
    padded = np.pad(track, (0, -len(track) % SAMPLES_PER_FRAME))
    decibels = 10 * np.log10((padded.reshape(-1, SAMPLES_PER_FRAME) ** 2).mean(axis=1) + 1e-12)
    loud = decibels > np.percentile(decibels[decibels > -80], 95) - 35
    return binary_closing(np.pad(loud, 5), np.ones(7))[5:-5]
