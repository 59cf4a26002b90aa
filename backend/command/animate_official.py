"""`animate --engine dualtalk-official`: a dialogue by the checkpoint that DualTalk's authors published."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ..contract.errors import DuologueError, ExitCode
from ..contract.job import AudioInput
from ..job.clock import StageClock, peak_megabytes
from ..job.reporting import TerminalReporter
from ..job.stages import Stages

if TYPE_CHECKING:
    import numpy as np

    from ..audio.dialogue import Dialogue
    from ..engines.official_dialogue import KnownMotion


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What this engine alone needs."""
    group = parser.add_argument_group("the engine dualtalk-official")
    group.add_argument("--checkpoint", type=Path, metavar="FILE", help="DualTalk.pth, or what convert-checkpoint made")
    group.add_argument("--partner-take", type=Path, metavar="FILE", help="a take on a FLAME face: the other reacts")
    group.add_argument("--partner", choices=("a", "b"), help="whom the partner's take shows; the other is animated")


def animate_officially(arguments: argparse.Namespace, audio: AudioInput, names: tuple[str, str]) -> None:
    """Animate `audio` and write the performance, on FLAME's face. Raises DuologueError."""
    if arguments.checkpoint is None:
        raise DuologueError(
            ExitCode.BAD_REQUEST, "There is no --checkpoint.", "Name the file DualTalk.pth, or use another engine."
        )
    if (arguments.partner_take is None) != (arguments.partner is None):
        raise DuologueError(
            ExitCode.BAD_REQUEST, "--partner-take and --partner belong together.", "Give both or neither."
        )
    if arguments.segments is not None or arguments.segments_out is not None or arguments.swap_speakers:
        raise DuologueError(
            ExitCode.BAD_REQUEST,
            "The engine dualtalk-official takes no segments.",
            "Leave out --segments, --segments-out and --swap-speakers, or use another engine.",
        )
    clock = StageClock()
    stages = Stages(TerminalReporter(), clock)
    from ..audio.dialogue import read_dialogue
    from ..contract.performance import save_performance
    from ..engines.official_performance import animate_official
    from ..job.device import choose_device

    device = choose_device(arguments.device)
    dialogue = read_dialogue(audio, stages.steps_of("decode"), stages.check_cancel)
    stages.warn(*dialogue.warnings)
    tracks, speaking = _a_track_each(dialogue, arguments.assets, stages)
    performance = animate_official(
        tracks,
        arguments.checkpoint,
        _known(arguments, tracks.shape[1]),
        device=device,
        speakers=names,
        speaking=speaking,
        step=stages.progress,
    )
    save_performance(arguments.out, performance)
    print(f"{arguments.out}: {performance.frame_count} frames on the face {performance.face}")
    for stage, seconds in clock.stop().items():
        print(f"{stage:10}{seconds:8.2f} s")
    print(f"{'memory':10}{peak_megabytes():8.0f} MB")


def _known(arguments: argparse.Namespace, samples: int) -> KnownMotion | None:
    """Raises DuologueError (PERFORMANCE_INVALID, BAD_REQUEST)."""
    if arguments.partner_take is None:
        return None
    from ..contract.constants import SAMPLES_PER_FRAME
    from ..contract.performance import load_performance
    from ..engines.official_performance import known_from

    take = load_performance(arguments.partner_take)
    return known_from(take, "ab".index(arguments.partner), -(-samples // SAMPLES_PER_FRAME))


def _a_track_each(dialogue: Dialogue, assets: Path | None, stages: Stages) -> tuple[np.ndarray, np.ndarray]:
    """A track for each person [2, N], and how likely each speaks [2, T].

    Of a mix each person gets what is said while they speak. Raises DuologueError (ASSET_MISSING).
    """
    import numpy as np

    from ..assets import assets_folder, require_assets
    from ..contract.constants import SAMPLES_PER_FRAME
    from ..turns import load_turn_models, speaking_from_mix, speaking_from_tracks

    folder = assets_folder(assets)
    require_assets(folder, "turn-models")
    models = load_turn_models(folder / "turns")
    stages.begin("turns")
    if dialogue.separate:
        return dialogue.tracks, speaking_from_tracks(dialogue.tracks, models, stages.steps_of("turns"))
    stages.warn("DualTalk wants a track for each person; of the mix each gets what is said while they speak.")
    speaking = speaking_from_mix(dialogue.tracks[0], models, stages.steps_of("turns"))
    gates = np.repeat(speaking, SAMPLES_PER_FRAME, axis=1)[:, : dialogue.tracks.shape[1]].astype(np.float32)
    return dialogue.tracks * gates, speaking
