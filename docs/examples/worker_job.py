"""Runs the worker without Blender: a job folder with a request, events while it works, a performance at the end.

    PYTHON worker_job.py DUOLOGUE_FOLDER A.wav B.wav JOB_FOLDER

PYTHON is the backend's Python, and DUOLOGUE_FOLDER the folder with `backend` in it: a checkout, or the extension.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np


def run(duologue: Path, audio: list[str], job: Path, python: str = sys.executable) -> dict:
    """What the performance is, after printing progress."""
    job.mkdir(parents=True)
    request = {
        "schema": 1,
        "command": "animate",
        "audio": {"kind": "tracks", "paths": [str(Path(one).absolute()) for one in audio]},
        "prompt": "two friends across a café table",
        "engine": "colocated",
        "seed": 0,
        "face": "open-head-1",
        "characters": [{"name": "Anna"}, {"name": "Ben"}],
        "assets": None,
        "device": "auto",
    }
    (job / "request.json").write_text(json.dumps(request), encoding="utf-8")

    # The worker ends when its standard input closes: then whoever started it is gone. To cancel, create job/cancel.
    command = [python, "-m", "backend", "animate", "--job", str(job.absolute())]
    worker = subprocess.Popen(command, cwd=duologue, stdin=subprocess.PIPE)
    told = 0
    while worker.poll() is None:
        time.sleep(0.1)
        told = tell(job, told)
    tell(job, told)
    if worker.returncode:  # the exit codes are listed in docs/exit-codes.md
        raise SystemExit(worker.returncode)

    with np.load(job / "performance.npz") as take:
        return {
            "frames": take["pose"].shape[1],  # [person, frame, joint, axis] radians: global, neck, jaw, left, right eye
            "frames a second": float(take["fps"]),
            "components": take["expression"].shape[2],  # [person, frame, component]
            "speaking": take["speaking"].mean(axis=1).round(2).tolist(),  # [person, frame] 0 to 1
            "seed": json.loads(str(take["meta"]))["seed"],
        }


def tell(job: Path, told: int) -> int:
    """Print events after the first `told`; how many there are. The last line may still be written."""
    file = job / "events.jsonl"
    lines = file.read_text(encoding="utf-8").split("\n")[:-1] if file.exists() else []
    for line in lines[told:]:
        event = json.loads(line)
        if event["event"] == "progress":
            print(f"{event['stage']} {event['done']}/{event['total']}")
        elif event["event"] in ("warning", "error"):
            print(f"{event['event']}: {event['message']}")
    return len(lines)


if __name__ == "__main__":
    print(run(Path(sys.argv[1]), sys.argv[2:4], Path(sys.argv[4])))
