"""What a reader stages that no label asks for: somebody's mood, posture, lean or look without a label of it."""

from __future__ import annotations

from collections import Counter
from typing import Final

from backend.staging.values import StagingValues

from .appearance import appearance_of, words_for
from .corpus import Sentence

ASKED_BY: Final = {
    "posture": ("posture", "height"),
    "lean": ("lean",),
    "mood": ("mood",),
    "gaze": ("gaze", "facing", "arrangement"),
}
"""Kind → the kinds of labels that may ask for it. The others follow from one another, or are the scene's."""


def unasked(
    sentence: Sentence, values: StagingValues, default: StagingValues, *, any_order: bool
) -> tuple[Counter[str], Counter[str]]:
    """Per kind: how many people have no label that asks for it, and how many of these are not as in `default`.

    With `any_order` the order of the speakers counts in which fewer are not. A sentence that stages nothing or
    contradicts itself has nobody.
    """
    if not sentence.labels or sentence.contradictions:
        return Counter(), Counter()
    free = [
        (kind, who)
        for kind, asking in ASKED_BY.items()
        for who in (0, 1)
        if not any(label.kind in asking and label.who in (who, "both", "scene") for label in sentence.labels)
    ]
    changed = [
        Counter(
            kind
            for kind, who in free
            if words_for(appearance_of(values, first), kind, who) != words_for(appearance_of(default, first), kind, who)
        )
        for first in ((0, 1) if any_order else (0,))
    ]
    return Counter(kind for kind, _ in free), min(changed, key=Counter.total)
