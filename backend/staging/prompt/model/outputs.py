"""What the network says about a sentence: its outputs, one a value of a kind, for each person and the scene."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

import numpy as np

PERSON_VALUES: Final[dict[str, tuple[str, ...]]] = {
    "posture": ("crouching", "kneeling", "leaning_on", "lying", "perching", "seated", "standing"),
    "facing": ("away", "back", "camera", "partner", "profile", "thing", "upstage"),
    "lean": ("back", "forward", "upright"),
    "mood": ("angry", "bored", "friendly", "happy", "neutral", "sad", "serious", "surprised", "tender", "tense"),
    "gaze": ("aside", "at_partner", "avoids", "down", "holds", "seldom_aside", "up"),
    "sides": ("left", "right"),
}
SCENE_VALUES: Final[dict[str, tuple[str, ...]]] = {
    "arrangement": (
        "across_a_room", "across_a_table", "back_to_back", "face_to_face", "one_behind_0", "one_behind_1",
        "right_angle", "side_by_side",
    ),
    "height": ("higher_0", "higher_1", "level"),
    "table": ("no", "yes"),
}  # fmt: skip
"""Of one person, and of the scene. `one_behind_0`: the first person is in front; `higher_0`: the first is higher."""

DENIED: Final = ("posture", "facing", "lean", "mood", "gaze")
"""Kinds of a person's values that a sentence may deny (“neither is angry any more”)."""

Who = Literal[0, 1, "scene"]


class Output(NamedTuple):
    """That the sentence says `value` of `kind` about `who`; `denied`, `mention` and `implied` are kinds too."""

    who: Who
    kind: str
    value: str


def _of_person(person: Literal[0, 1]) -> list[Output]:
    said = [Output(person, kind, value) for kind, values in PERSON_VALUES.items() for value in values]
    return [*said, *(Output(person, "denied", kind) for kind in DENIED)]


OUTPUTS: Final = (
    *_of_person(0),
    *_of_person(1),
    *(Output("scene", kind, value) for kind, values in SCENE_VALUES.items() for value in values),
    Output("scene", "distance", "said"),
    Output("scene", "denied", "arrangement"),
    Output("scene", "contradiction", "said"),
    Output(0, "mention", "named"),
    Output(1, "mention", "named"),
    Output("scene", "implied", "said"),
)
"""In the order of the network's last layer. `mention`: the words call that person."""

INDEX: Final = {output: place for place, output in enumerate(OUTPUTS)}

DISTANCE_EDGES: Final = np.geomspace(0.25, 10.0, 13)
"""Metres between the heads: the edges of twelve classes."""

RISE_EDGES: Final = np.geomspace(0.04, 2.0, 9)
"""Metres by which one's eyes are higher than the other's: the edges of eight classes."""


def median_of(probabilities: np.ndarray, edges: np.ndarray) -> float:
    """The value below which half of `probabilities` [classes] lie; `edges` [classes + 1] > 0 are apart by factors."""
    reached = np.concatenate(([0.0], np.cumsum(probabilities)))
    return float(np.exp(np.interp(0.5 * reached[-1], reached, np.log(edges))))
