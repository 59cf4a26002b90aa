"""`python -m lab evaluate ears`: who speaks when, measured on real recordings."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from backend.command.telling import tell
from backend.job.failures import run_explained

from ...cache import EVALUATION_CACHE

_LEVELS: Final = (None, -20.0, -12.0)


def main(words: Sequence[str]) -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(prog="python -m lab evaluate ears", description=__doc__)
    parser.add_argument(
        "--cache", type=Path, default=EVALUATION_CACHE, metavar="FOLDER", help="where recordings are kept"
    )
    parser.add_argument("--assets", type=Path, metavar="FOLDER", help="default: DUOLOGUE_ASSETS, or .assets")
    arguments = parser.parse_args(words)
    return int(run_explained(lambda: _measure(arguments), tell))


def _measure(arguments: argparse.Namespace) -> None:
    from backend.assets import assets_folder
    from backend.turns import load_turn_models

    from .clips import read_clips
    from .dialogues import cut_at_pauses, take_turns
    from .ears import call_error, spoken_frames, telephone_call, with_crosstalk, wrong_frames

    models = load_turn_models(assets_folder(None if arguments.assets is None else str(arguments.assets)) / "turns")
    heard = call_error(telephone_call(arguments.cache), models)
    print(f"telephone call, error with 0.25 s collar   {heard.error.rate:6.1%}")
    print(f"processor's seconds a minute of mix        {heard.seconds_a_minute:6.2f}")
    clips = {clip.name: clip for clip in read_clips(arguments.cache)}
    readings = [clip for name, clip in sorted(clips.items()) if name.startswith("librivox")]
    dialogue = take_turns(readings, cut_at_pauses(clips["two_cities"], len(readings)))
    spoken = spoken_frames(dialogue)
    for level in _LEVELS:
        tracks = dialogue.tracks if level is None else with_crosstalk(dialogue.tracks, level)
        name = "two tracks" if level is None else f"two tracks, crosstalk {level:.0f} dB"
        print(f"{name + ', frames wrong':42} {wrong_frames(tracks, spoken, models):6.1%}")
