"""What artists could use instead: openfacefx's rules, fed with true phones or with those hama hears. A script.

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
"""Share of the loud passages below which nobody speaks: hama's phones last until the next one, pauses and all."""
_LONGEST = 0.18
_BLOCK = 0.02


def heard_phones(path: str) -> list[tuple[float, float, str]]:
    """(start, end, ARPAbet) in seconds; a phone ends where the sound does or after 0.18 s, then there is silence."""
    samples, rate = soundfile.read(path, dtype="float32")
    model = ASRModel()
    spans = model.phoneme_spans(model.transcribe_waveform(samples, rate))
    block = round(_BLOCK * rate)
    level = np.sqrt((samples[: len(samples) // block * block].reshape(-1, block) ** 2).mean(axis=1))
    quiet = level < _QUIET * np.percentile(level, 99)
    found = []
    for span in spans:
        start, end = span.start_ms / 1000, min(span.end_ms / 1000, span.start_ms / 1000 + _LONGEST)
        silent = np.flatnonzero(quiet[int(start / _BLOCK) : int(np.ceil(end / _BLOCK))])
        if len(silent):
            end = min(end, start + max(1, silent[0]) * _BLOCK)
        if end > start:
            found.append((start, end, from_ipa(span.phoneme)))
    return found


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
    phones = heard_phones(person["path"]) if person["phones"] is None else person["phones"]
    segments = without_holes([tuple(phone) for phone in phones], frames / fps)
    track = retarget(generate_from_alignment(segments, fps=fps, epsilon=0.001), PRESETS["arkit"])
    return {
        channel.name: [float(sample(channel, frame / fps)) for frame in range(frames)] for channel in track.channels
    }


if __name__ == "__main__":
    request = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    told = [curves(person, request["fps"], request["frames"]) for person in request["people"]]
    Path(sys.argv[2]).write_text(json.dumps(told), encoding="utf-8")
