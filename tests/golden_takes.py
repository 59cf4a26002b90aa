"""Hashes of takes by every engine, to hold a change of structure to the last bit.

python tests/golden_takes.py write FILE     make the takes and store their arrays' hashes
python tests/golden_takes.py compare FILE   make them again; exit 1 and name what differs

Names of takes after FILE do so with these alone.

Bits depend on the processor and on torch's build, so the hashes serve on one machine, before and after a change.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import soundfile as sf

ROOT: Final = Path(__file__).resolve().parents[1]
DEMO: Final = ROOT / "presets" / "demo"
SECONDS: Final = 14.0
PROMPT: Final = "Two friends across a café table, she leans in, he keeps looking away."


def make_material(folder: Path) -> None:
    """Sound, a transcript, a staging and a small checkpoint of the official shape in `folder`."""
    tracks = {}
    for name in ("anna", "ben", "mix"):
        sound, rate = sf.read(DEMO / f"{name}.flac", dtype="float32")
        tracks[name] = sound[: int(SECONDS * rate)]
        sf.write(folder / f"{name}.wav", tracks[name], rate, subtype="FLOAT")
    sf.write(folder / "stereo.wav", np.stack((tracks["anna"], tracks["ben"]), axis=1), rate, subtype="FLOAT")
    dialogue = json.loads((DEMO / "dialogue.json").read_text(encoding="utf-8"))
    for who in ("anna", "ben"):
        said = [line["text"] for line in dialogue["lines"] if line["speaker"].lower() == who and line["end"] < SECONDS]
        (folder / f"{who}.txt").write_text("\n".join(said), encoding="utf-8")
    _save_official_checkpoint(folder / "DualTalk.safetensors")


def _save_official_checkpoint(path: Path) -> None:
    sys.path.insert(0, str(ROOT))
    import torch

    from backend.engines.dualtalk_official.checkpoint import official_state
    from backend.engines.dualtalk_official.conversion import convert_checkpoint
    from tests.support.official_models import TINY, tiny_model

    torch.save(official_state(tiny_model()), path.with_suffix(".pth"))
    convert_checkpoint(path.with_suffix(".pth"), path, TINY)


def requests(folder: Path) -> dict[str, list[str]]:
    """Name of a take → the words of `animate` that make it; later ones build on earlier ones."""
    tracks = ["--a", str(folder / "anna.wav"), "--b", str(folder / "ben.wav")]
    said = ["--transcript", str(folder / "anna.txt"), str(folder / "ben.txt")]
    official = ["--engine", "dualtalk-official", "--checkpoint", str(folder / "DualTalk.safetensors")]
    found: dict[str, list[str]] = {}
    for engine in ("colocated", "dualtalk"):
        own = ["--engine", engine, "--seed", "3"]
        take = str(folder / f"{engine}-tracks.npz")
        found |= {
            f"{engine}-tracks": [*own, *tracks, "--prompt", PROMPT],
            f"{engine}-mix": [*own, "--mix", str(folder / "mix.wav"), "--prompt", "An angry couple, standing."],
            f"{engine}-stereo": [*own, "--stereo", str(folder / "stereo.wav"), "--swap-speakers"],
            f"{engine}-words": [*own, *tracks, *said],
            f"{engine}-alone": [*own, "--a", str(folder / "anna.wav")],
            f"{engine}-kept-person": [*own[:-1], "4", *tracks, "--keep", take, "--keep-person", "Anna"],
            f"{engine}-kept-seconds": [*own[:-1], "4", *tracks, "--keep", take, "--regenerate", "4-8"],
            f"{engine}-partner": [*own[:-1], "5", *tracks, "--partner", take, "--only", "b"],
            f"{engine}-staging": [*own, *tracks, "--staging", str(folder / "staging.json")],
        }
    found["official-tracks"] = [*official, *tracks]
    take = str(folder / "official-tracks.npz")
    found["official-partner"] = [*official, *tracks, "--partner", take, "--only", "b"]
    return found


def take_hashes(folder: Path, names: Sequence[str] = ()) -> dict[str, dict[str, str]]:
    """Take → array → sha256, and the shape; of all takes, or of those in `names`."""
    stage = [sys.executable, "-m", "backend", "stage", "--json", "A job interview, he stands, she sits on the left."]
    staging = subprocess.run(stage, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    (folder / "staging.json").write_text(staging, encoding="utf-8")
    found = {}
    for name, words in requests(folder).items():
        if names and name not in names:
            continue
        out = folder / f"{name}.npz"
        command = [sys.executable, "-m", "backend", "animate", "--device", "cpu", *words, "--out", str(out)]
        made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if made.returncode:
            raise SystemExit(f"{name}: {made.stdout[-800:]}{made.stderr[-800:]}")
        found[name] = _hashes(out)
        print(name, found[name]["expression"][:12], flush=True)
    return found


def _hashes(path: Path) -> dict[str, str]:
    with np.load(path) as arrays:
        return {
            name: hashlib.sha256(f"{arrays[name].shape}".encode() + arrays[name].tobytes()).hexdigest()
            for name in arrays.files
            if arrays[name].dtype.kind == "f"
        }


def main(words: list[str]) -> int:
    """The exit status."""
    action, file, names = words[0], Path(words[1]), words[2:]
    with tempfile.TemporaryDirectory() as folder:
        make_material(Path(folder))
        now = take_hashes(Path(folder), names)
    if action == "write":
        file.write_text(json.dumps(now, indent=1), encoding="utf-8")
        return 0
    then = json.loads(file.read_text(encoding="utf-8"))
    then = {name: then[name] for name in names or then}
    different = [
        f"{take}: {name}" for take in then for name in then[take] if now.get(take, {}).get(name) != then[take][name]
    ]
    print("\n".join(different) or f"{len(then)} takes are the same to the bit")
    return bool(different)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
