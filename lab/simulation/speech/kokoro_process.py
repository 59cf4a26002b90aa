"""Kokoro-82M in an environment of its own: loads the model once, then speaks what standard input asks for.

`python kokoro_process.py MODEL VOICES`: a line of JSON {"voice", "tokens", "speed"} in; out come a line of JSON
{"samples": N, "frames": [n, …]} with how many frames of 25 ms each token got, and N float32 at 24 kHz. A request that
fails gives {"error": "…"}. Needs onnxruntime and numpy, one thread.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

_DURATIONS = "/encoder/Clip_output_0"
"""The tensor inside the graph that holds the frames of every token, [1, tokens]."""


def load(model: Path) -> onnxruntime.InferenceSession:
    """The session, with the durations as a second output."""
    name = _DURATIONS.encode()
    output = b"\x0a" + bytes([len(name)]) + name  # ValueInfoProto.name
    graph = b"\x62" + bytes([len(output)]) + output  # GraphProto.output
    # Protocol buffers merge a repeated message into the first: appended bytes add an output to the graph.
    content = model.read_bytes() + b"\x3a" + bytes([len(graph)]) + graph  # ModelProto.graph
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def speak(
    session: onnxruntime.InferenceSession, styles: np.ndarray, request: dict[str, Any]
) -> tuple[np.ndarray, list[int]]:
    """Samples [N] float32 and the frames of each token, the padding at both ends included.

    `styles` [510, 256]: Kokoro's voices have a style for each number of tokens.
    """
    tokens = request["tokens"]
    samples, frames = session.run(
        None,
        {
            "tokens": np.array([[0, *tokens, 0]], np.int64),
            "style": styles[min(len(tokens), len(styles) - 1)][None],
            "speed": np.array([request["speed"]], np.float32),
        },
    )
    return samples.ravel(), [int(count) for count in frames.ravel()]


def main(model: Path, voices: Path) -> None:
    """Answer every line of standard input."""
    session, styles = load(model), {}
    for line in sys.stdin:
        request = json.loads(line)
        name = request["voice"]
        try:
            if name not in styles:
                styles[name] = np.fromfile(voices / f"{name}.bin", np.float32).reshape(-1, 256)
            samples, frames = speak(session, styles[name], request)
        except (OSError, ValueError, RuntimeError) as error:
            _answer({"error": str(error)}, b"")
            continue
        _answer({"samples": len(samples), "frames": frames}, samples.astype("<f4").tobytes())


def _answer(head: dict[str, Any], body: bytes) -> None:
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + body)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
