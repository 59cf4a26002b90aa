"""What is in a corpus: hours, voices, moods, stagings and minutes of speech, from its small files alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from backend.contract.errors import DuologueError, ExitCode
from backend.contract.reading import explained_read_errors, read_json
from backend.contract.segments import stretches
from backend.contract.segments_file import read_segments

from .rehearsal_files import DIALOGUE, TURNS


@dataclass(frozen=True)
class CorpusSummary:
    """`rehearsals` of `seconds` together, in which somebody speaks for `speech_seconds` (both people added up).

    `voices` name → people it speaks for; `moods` and `arrangements` name → rehearsals.
    """

    rehearsals: int
    seconds: float
    speech_seconds: float
    voices: Counter[str]
    moods: Counter[str]
    arrangements: Counter[str]

    def lines(self) -> list[str]:
        """The summary as it is printed."""
        hours, minutes = self.seconds / 3600, self.speech_seconds / 60
        return [
            f"{self.rehearsals} rehearsals, {hours:.2f} hours, {minutes:.1f} minutes of speech",
            f"{len(self.voices)} voices: {_counted(self.voices)}",
            f"moods: {_counted(self.moods)}",
            f"places: {_counted(self.arrangements)}",
        ]


def summarise(folders: Sequence[Path]) -> CorpusSummary:
    """Read what `rehearsal_files.save_rehearsal` wrote. Raises DuologueError (ASSET_CORRUPT, SEGMENTS_INVALID)."""
    seconds = speech = 0.0
    voices: Counter[str] = Counter()
    moods: Counter[str] = Counter()
    arrangements: Counter[str] = Counter()
    for folder in folders:
        said = read_segments(folder / TURNS)
        speech += sum(end - start for speaker in said.speakers for start, end in stretches(said, speaker))
        with explained_read_errors(partial(_unreadable, folder)):
            told = read_json(folder / DIALOGUE)
            seconds += float(told["seconds"])
            voices.update("/".join((one["synthesizer"], one["name"])) for one in told["voices"])
            moods[str(told["mood"])] += 1
            arrangements[str(told["staging"]["arrangement"] or told["staging"]["manner"] or "unsaid")] += 1
    return CorpusSummary(len(folders), seconds, speech, voices, moods, arrangements)


def _unreadable(folder: Path, reason: str) -> DuologueError:
    return DuologueError(
        ExitCode.ASSET_CORRUPT,
        f"The rehearsal {folder} cannot be read ({reason}).",
        "Delete the folder and run `build.py train rehearse` again; only what is missing is made.",
    )


def _counted(names: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in names.most_common())
