"""From a take's arrays to the film: a listener's smiles, nods, raised brows and answers get a picture, quickly."""

import numpy as np
import pytest
from duologue.addon.staging.cutting import CUTAWAY, SHORTEST_SHOT, shots
from duologue.addon.staging.reactions import reactions
from duologue.backend.contract.arkit import ARKIT_INDEX, ARKIT_NAMES
from duologue.backend.contract.performance import Performance

FPS = 25.0
SECONDS = 34.0
AT = np.arange(round(SECONDS * FPS)) / FPS
LINES = ((0, 1.0, 8.0), (1, 8.3, 16.0), (0, 16.3, 24.0), (1, 24.3, 31.0))
HAPPENS = {"smile": (1, 4.0), "nod": (0, 11.5), "brows": (1, 19.5), "voice": (0, 28.0)}
"""What a listener does in each line: who, and seconds at its height."""

FACES = {
    "smile": {"mouthSmileLeft": 0.4, "mouthSmileRight": 0.38},
    "brows": {"browInnerUp": 0.45, "browOuterUpLeft": 0.45, "browOuterUpRight": 0.45},
}


def rise_and_fall(middle, rise, fall):
    """[T] from 0 to 1 within `rise` seconds and back within `fall`."""
    return np.interp(AT, [middle - rise, middle, middle + 0.2, middle + 0.2 + fall], [0.0, 1.0, 1.0, 0.0])


def take(*kinds, scale=1.0):
    """Two people with lines of seven seconds; the listener does what is in `kinds`, of `scale` times a clear size.

    All the time both blink, sway, and smile a little.
    """
    expression = np.zeros((2, AT.size, len(ARKIT_NAMES)), np.float32)
    expression[..., [ARKIT_INDEX["mouthSmileLeft"], ARKIT_INDEX["mouthSmileRight"]]] = 0.12
    pose = np.zeros((2, AT.size, 5, 3), np.float32)
    pose[:, :, 0, 1] = np.array([[1.1], [-1.1]])
    pose[:, :, 1, 0] = np.radians(1.2) * np.sin(AT * 1.3)
    speaking = np.zeros((2, AT.size), np.float32)
    for person, start, end in LINES:
        speaking[person, round(start * FPS) : round(end * FPS)] = 1.0
    for person in (0, 1):
        for blink in np.arange(1.7 + person, SECONDS, 3.1):
            for side in ("Left", "Right"):
                expression[person, :, ARKIT_INDEX[f"eyeBlink{side}"]] += rise_and_fall(blink, 0.08, 0.16)
    for kind in kinds:
        person, middle = HAPPENS[kind]
        for name, height in FACES.get(kind, {}).items():
            expression[person, :, ARKIT_INDEX[name]] += scale * height * rise_and_fall(middle, 0.25, 0.5)
    if "nod" in kinds:
        person, middle = HAPPENS["nod"]
        twice = rise_and_fall(middle, 0.2, 0.2) + rise_and_fall(middle + 0.5, 0.2, 0.2)
        pose[person, :, 1, 0] += scale * np.radians(6.0) * twice
    if "voice" in kinds:
        person, middle = HAPPENS["voice"]
        speaking[person, np.abs(AT - middle) < 0.22] = 1.0
    places = np.zeros((2, AT.size, 3), np.float32)
    return Performance(FPS, "open-head-1", ("Anna", "Ben"), expression, pose, places, speaking, {})


def listener_shots(performance):
    """(person, start, seconds) of every shot of who is silent in the middle of it, within somebody's line."""
    film = shots(performance.speaking, FPS, reactions(performance))
    ends = [*(shot.seconds for shot in film[1:]), SECONDS]
    found = []
    for shot, end in zip(film, ends, strict=True):
        middle = 0.5 * (shot.seconds + end)
        speaker = next((person for person, start, until in LINES if start < middle < until), None)
        if None not in (speaker, shot.person) and shot.person != speaker:
            found.append((shot.person, shot.seconds, end - shot.seconds))
    return found


@pytest.mark.parametrize("kind", HAPPENS)
def test_what_the_listener_does_is_cut_to_just_before_it_happens_and_back_within_two_seconds(kind):
    person, middle = HAPPENS[kind]

    seen = [one for one in listener_shots(take(kind)) if one[0] == person and one[1] < middle < one[1] + one[2]]

    ((_, start, length),) = seen
    assert 0.1 <= middle - start <= 0.9
    assert CUTAWAY[0] - 1e-6 <= length <= CUTAWAY[1] + 1e-6


def test_every_listener_s_reaction_gets_its_own_cutaway():
    seen = listener_shots(take(*HAPPENS))

    assert [person for person, _, _ in seen] == [person for person, _ in HAPPENS.values()]
    for (_, start, length), (_, middle) in zip(seen, HAPPENS.values(), strict=True):
        assert start < middle < start + length


@pytest.mark.parametrize("kind", ["smile", "brows", "nod"])
def test_what_is_too_faint_to_see_is_not_cut_to(kind):
    assert listener_shots(take(kind, scale=0.15)) == listener_shots(take())


def test_cuts_of_a_lively_take_are_as_short_as_an_editor_s_and_no_shorter():
    performance = take(*HAPPENS)

    film = shots(performance.speaking, FPS, reactions(performance))

    lengths = np.diff([*(shot.seconds for shot in film), SECONDS])
    assert lengths.min() >= SHORTEST_SHOT - 1e-9
    assert (lengths < 2.0).sum() >= len(HAPPENS)
