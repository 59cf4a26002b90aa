"""When people of a rehearsal have to look at each other: its script as the moments that rules of run time take."""

from __future__ import annotations

from dataclasses import replace

from backend.animation.moments import Moments, moments_of
from backend.prosody.phrases import Phrase

from ..script.timeline import Timeline


def moments_in(timeline: Timeline) -> Moments:
    """Last words, questions and interruptions of `timeline`; questions are those of the script, not of the voice."""
    spoken = [timeline.of(person) for person in range(2)]
    first, second = (tuple(Phrase(said.start, said.end) for said in person) for person in spoken)
    moments = moments_of((first, second))
    asking = [
        tuple(
            replace(said, asks=line.line.asks) for said, line in zip(moments.utterances[who], spoken[who], strict=True)
        )
        for who in range(2)
    ]
    return replace(moments, utterances=(asking[0], asking[1]))
