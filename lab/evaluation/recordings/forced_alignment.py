"""Phones of a recording whose words are known, by pocketsphinx. Runs as a script in its own environment.

`python forced_alignment.py CLIPS.json OUT.json`: CLIPS is a list of {"name", "path", "text"}; OUT gets, for each clip,
{"name", "path", "phones": [[start, end, name], …]} in seconds, CMU names in lower case, silence as "pau".
Needs pocketsphinx==5.1.1 and soundfile; 16 kHz mono files.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import soundfile
from pocketsphinx import Decoder

_FRAME = 0.01
_SILENCE = ("sil", "+spn+", "+nsn+")


def align(path: str, text: str) -> list[tuple[float, float, str]]:
    """(start, end, phone) in seconds. Raises RuntimeError where the words do not fit the sound."""
    samples, rate = soundfile.read(path, dtype="int16")
    decoder = Decoder(samprate=rate, bestpath=False, beam=1e-80, wbeam=1e-60, pbeam=1e-80)
    decoder.set_align_text(text)
    _decode(decoder, samples.tobytes())
    decoder.set_alignment()
    _decode(decoder, samples.tobytes())
    alignment = decoder.get_alignment()  # its words and phones live only as long as it does
    phones = [(phone.start, phone.duration, phone.name) for word in alignment for phone in word]
    if not phones:
        raise RuntimeError(f"{path} could not be aligned with “{text}”")
    return [
        (start * _FRAME, (start + length) * _FRAME, "pau" if name.lower() in _SILENCE else name.lower())
        for start, length, name in phones
    ]


def _decode(decoder: Decoder, sound: bytes) -> None:
    decoder.start_utt()
    decoder.process_raw(sound, full_utt=True)
    decoder.end_utt()


if __name__ == "__main__":
    clips = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    aligned = [
        {"name": clip["name"], "path": clip["path"], "phones": align(clip["path"], clip["text"])} for clip in clips
    ]
    Path(sys.argv[2]).write_text(json.dumps(aligned), encoding="utf-8")
