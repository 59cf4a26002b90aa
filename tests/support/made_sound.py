"""Sound files of every kind, made by PyAV, with two bursts whose times are known.

`python made_sound.py FOLDER` writes one of each kind there, and into `heard.json` where the worker hears their bursts.
"""

import json
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

BURSTS = (1.0, 2.5)
SECONDS = 3.0
BURST_SECONDS = 0.02

KINDS = {
    "pcm.wav": ("pcm_s16le", 44_100),
    "deep.wav": ("pcm_s24le", 96_000),
    "float.wav": ("pcm_f32le", 48_000),
    "telephone.wav": ("pcm_mulaw", 8_000),
    "a.w64": ("pcm_s16le", 44_100),
    "a.au": ("pcm_s16be", 44_100),
    "a.aiff": ("pcm_s16be", 44_100),
    "a.caf": ("pcm_s16be", 44_100),
    "a.flac": ("flac", 44_100),
    "a.wv": ("wavpack", 44_100),
    "a.mp3": ("libmp3lame", 44_100),
    "a.mp2": ("mp2", 44_100),
    "a.m4a": ("aac", 44_100),
    "alac.m4a": ("alac", 44_100),
    "alac.caf": ("alac", 44_100),
    "a.aac": ("aac", 44_100),
    "a.opus": ("libopus", 48_000),
    "a.mka": ("libopus", 48_000),
    "a.webm": ("libopus", 48_000),
    "a.ac3": ("ac3", 48_000),
    "a.eac3": ("eac3", 48_000),
    "a.wma": ("wmav2", 44_100),
    "a.amr": ("libopencore_amrnb", 8_000),
    "a.3gp": ("aac", 44_100),
    "a.ts": ("aac", 44_100),
    "film.mp4": ("aac", 44_100),
    "film.mov": ("pcm_s16le", 48_000),
    "film.mkv": ("aac", 44_100),
    "film.avi": ("libmp3lame", 44_100),
    "film.mpg": ("mp2", 44_100),
}
"""Name → codec and samples a second. What begins with “film” has a picture too."""

_FORMATS = {".aac": "adts", ".wma": "asf", ".mpg": "mpeg", ".ts": "mpegts", ".mp2": "mp2", ".opus": "ogg"}


def tone(seconds, rate, channels=1):
    """[n, channels] float32 at 220 Hz."""
    wave = 0.3 * np.sin(np.arange(int(seconds * rate)) / rate * 2 * np.pi * 220)
    return np.repeat(wave[:, None], channels, axis=1).astype(np.float32)


def bursts(rate, seconds=SECONDS, channels=1):
    """[channels, n] float32: silence with a short tone at each of BURSTS."""
    times = np.arange(round(rate * seconds)) / rate
    wave = np.zeros_like(times)
    for start in BURSTS:
        inside = (times >= start) & (times < start + BURST_SECONDS)
        wave[inside] = 0.7 * np.sin(2 * np.pi * 1000 * (times[inside] - start)) * np.hanning(inside.sum())
    return np.tile(wave.astype(np.float32), (channels, 1))


def encode(path, samples, rate, codec, film=False, metadata=None, options=None, timecode=None):
    """Write `samples` [C, n] to `path`; with `film` there is a picture before the sound, with another track of it."""
    layout = {1: "mono", 2: "stereo", 6: "5.1"}[len(samples)]
    with av.open(str(path), "w", format=_FORMATS.get(path.suffix), options=options or {}) as container:
        container.metadata.update(metadata or {})
        picture = container.add_stream("mpeg4", rate=25) if film else None
        stream = container.add_stream(codec, rate=rate, layout=layout)
        if codec.startswith("wma"):
            stream.bit_rate = 128_000
        if picture is not None:
            picture.width = picture.height = 64
            picture.pix_fmt = "yuv420p"
            if timecode:
                picture.metadata["timecode"] = timecode
            for number in range(round(25 * samples.shape[1] / rate)):
                frame = av.VideoFrame.from_ndarray(np.zeros((96, 64), np.uint8), format="yuv420p")
                frame.pts = number
                container.mux(picture.encode(frame))
            container.mux(picture.encode(None))
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="fltp", layout=layout)
        frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
        resampler = av.AudioResampler(stream.codec_context.format.name, layout, rate)
        for converted in (*resampler.resample(frame), *resampler.resample(None)):
            container.mux(stream.encode(converted))
        container.mux(stream.encode(None))
    return path


def make(folder, name, **more):
    """The file of KINDS called `name`, in `folder`."""
    codec, rate = KINDS[name]
    return encode(folder / name, bursts(rate), rate, codec, film=name.startswith("film"), **more)


def burst_times(samples, rate):
    """Seconds at which the two loudest bursts of `samples` [n] begin."""
    energy = np.asarray(samples, float) ** 2
    width = round(2 * BURST_SECONDS * rate)
    around = np.convolve(energy, np.hanning(width // 2), "same")
    found = []
    for _ in BURSTS:
        peak = int(around.argmax())
        part = slice(max(0, peak - width), peak + width)
        middle = (energy[part] @ np.arange(part.start, part.start + len(energy[part]))) / energy[part].sum()
        found.append(float(middle / rate - BURST_SECONDS / 2))
        around[part] = 0
    return sorted(found)


def main(folder):
    from backend.audio.recording import read_recording
    from backend.contract.constants import SAMPLE_RATE

    times_of = {}
    for name in KINDS:
        recording = read_recording(make(folder, name))
        times_of[name] = {"seconds": recording.file.seconds, "at": burst_times(recording.samples[0], SAMPLE_RATE)}
    (folder / "heard.json").write_text(json.dumps(times_of))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
