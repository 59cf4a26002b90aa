"""What a transcript wins: an engine's motion of a real dialogue, with lips that say the words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from backend.engines.motion import Motion
from backend.words.aligner import load_dictionary
from backend.words.forced_alignment import align_transcript
from backend.words.lip_articulation import with_articulated_lips

from .clips import Clip
from .dialogues import RealDialogue
from .transcripts import MOONSHINE, SPHINX

_TEXTS: Final = {name: text for name, (_, text) in (SPHINX | MOONSHINE).items()}


def text_of(clips: Sequence[Clip]) -> str:
    """What is said in `clips`, one after the other."""
    return " ".join(_TEXTS[clip.name] for clip in clips)


def motion_with_transcripts(motion: Motion, dialogue: RealDialogue, texts: tuple[str, str]) -> Motion:
    """`motion` sharpened as a job with transcripts is: nothing but `texts`, the tracks and who speaks when is known.

    Raises DuologueError (DEPENDENCY_MISSING).
    """
    dictionary = load_dictionary()
    for person, text in enumerate(texts):
        track = dialogue.tracks[person]
        found = align_transcript(text, "a reader", track, motion.speaking, person, True, dictionary)
        motion = with_articulated_lips(motion, person, found.fitted, track)
    return motion
