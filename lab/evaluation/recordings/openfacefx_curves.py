"""What artists could use instead: openfacefx's rules, fed with true phones or with those hama recognises. A script.

`python openfacefx_curves.py REQUEST.json OUT.json`, in an environment of its own (`other_tools`). REQUEST is {"fps",
"frames", "people": [{"path": wav, "phones": [[start, end, name], …] or null}]}; OUT gets for each person {ARKit
component: [value of every frame]}. Without phones hama recognises them in the recording.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from hama import ASRModel
from openfacefx.alignment import PhonemeSegment
from openfacefx.edits import sample
from openfacefx.phonemes import from_ipa
from openfacefx.pipeline import generate_from_alignment
from openfacefx.retarget import PRESETS, retarget

_QUIET = 0.03
"""Share of the loud passages below which nobody speaks."""
_PAUSE = 0.4
_LATE = 0.07
"""Seconds by which hama's phones are late, measured against forced alignment of two LibriVox clips."""
_LONGEST = 0.18
_BLOCK = 0.02


def recognised_phones(path: str) -> list[tuple[float, float, str]]:
    """(start, end, ARPAbet) in seconds; a phone ends where the next begins or after 0.18 s.

    hama recognises a phrase well and a minute with pauses badly, so each phrase is recognised alone.
    """
    samples, rate = soundfile.read(path, dtype="float32")
    model = ASRModel()
    found = []
    for first, last in phrases(samples, rate):
        spans = model.phoneme_spans(model.transcribe_waveform(samples[first:last], rate))
        for span in spans:
            start = first / rate + span.start_ms / 1000 - _LATE
            length = min((span.end_ms - span.start_ms) / 1000, _LONGEST)
            found.append((max(start, 0.0), max(start, 0.0) + length, from_ipa(span.phoneme)))
    return found


def phrases(samples: np.ndarray, rate: int) -> list[tuple[int, int]]:
    """First and last sample of everything between pauses of 0.4 s or more, with 0.2 s around it."""
    block = round(_BLOCK * rate)
    level = np.sqrt((samples[: len(samples) // block * block].reshape(-1, block) ** 2).mean(axis=1))
    loud = np.flatnonzero(level > _QUIET * np.percentile(level, 99))
    runs = np.split(loud, np.flatnonzero(np.diff(loud) > _PAUSE / _BLOCK) + 1)
    margin = round(_PAUSE / 2 * rate)
    return [(max(0, run[0] * block - margin), (run[-1] + 1) * block + margin) for run in runs if len(run)]


def without_holes(phones: list[tuple[float, float, str]], seconds: float) -> list[PhonemeSegment]:
    """Segments from 0 to `seconds` with silence wherever there is no phone."""
    segments, clock = [], 0.0
    for start, end, name in phones:
        if start > clock:
            segments.append(PhonemeSegment("SIL", clock, start))
        segments.append(PhonemeSegment("SIL" if name == "pau" else name.upper(), max(start, clock), end))
        clock = end
    return [*segments, PhonemeSegment("SIL", clock, max(seconds, clock + _BLOCK))]


def curves(person: dict[str, Any], fps: float, frames: int) -> dict[str, list[float]]:
    """ARKit component → values of all frames."""
    phones = recognised_phones(person["path"]) if person["phones"] is None else person["phones"]
    segments = without_holes([tuple(phone) for phone in phones], frames / fps)
    track = retarget(generate_from_alignment(segments, fps=fps, epsilon=0.001), PRESETS["arkit"])
    return {
        channel.name: [float(sample(channel, frame / fps)) for frame in range(frames)] for channel in track.channels
    }


if __name__ == "__main__":
    request = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    people = [curves(person, request["fps"], request["frames"]) for person in request["people"]]
    Path(sys.argv[2]).write_text(json.dumps(people), encoding="utf-8")
