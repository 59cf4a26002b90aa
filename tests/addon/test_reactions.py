"""What cameras find worth showing in a take's arrays."""

import numpy as np
import pytest
from duologue.addon.staging.reactions import reactions
from duologue.backend.contract.arkit import ARKIT_INDEX, ARKIT_NAMES
from duologue.backend.contract.performance import Performance

FPS = 25.0
SECONDS = 12.0
FRAMES = round(SECONDS * FPS)
AT = np.arange(FRAMES) / FPS


def bell(middle, width):
    """[T] up to 1 and back; `width` seconds at half its height."""
    return np.exp(-4.0 * np.log(2.0) * ((AT - middle) / width) ** 2)


def take(speaks=((0, 1.0, 9.0),), nods=None, face="open-head-1", **components):
    """The second person listens to the first; `components` [T] are the second one's, `nods` [T] degrees down."""
    expression = np.zeros((2, FRAMES, len(ARKIT_NAMES)), np.float32)
    for name, curve in components.items():
        expression[1, :, ARKIT_INDEX[name]] = curve
    pose = np.zeros((2, FRAMES, 5, 3), np.float32)
    pose[0, :, 0, 1], pose[1, :, 0, 1] = np.pi / 2, -np.pi / 2
    if nods is not None:
        pose[1, :, 1, 0] = np.radians(nods)
    speaking = np.zeros((2, FRAMES), np.float32)
    for person, start, end in speaks:
        speaking[person, round(start * FPS) : round(end * FPS)] = 1.0
    return Performance(FPS, face, ("Anna", "Ben"), expression, pose, np.zeros((2, FRAMES, 3), np.float32), speaking, {})


def smile(height=0.4, middle=5.0):
    curve = height * bell(middle, 1.2)
    return {"mouthSmileLeft": curve, "mouthSmileRight": 0.95 * curve}


def kinds(performance):
    return [one.kind for one in reactions(performance)]


def test_still_listener_does_not_react():
    assert reactions(take()) == []


def test_smile_is_found_where_it_begins():
    (found,) = reactions(take(**smile()))

    assert (found.person, found.kind) == (1, "smile")
    assert 3.8 < found.start < 4.6
    assert 5.3 < found.end < 6.0
    assert found.strength > 0.7


@pytest.mark.parametrize("mood", [0.0, 0.3])
def test_smile_that_a_mood_holds_all_the_time_is_no_reaction(mood):
    held = np.full(FRAMES, mood)

    assert kinds(take(mouthSmileLeft=held, mouthSmileRight=held)) == []


@pytest.mark.parametrize(("cycles", "degrees"), [(1, 3.0), (1, 5.0), (2, 4.0)])
def test_nod_of_one_or_two_cycles_is_one_reaction(cycles, degrees):
    nods = sum(degrees * bell(5.0 + 0.5 * cycle, 0.22) for cycle in range(cycles))

    (found,) = reactions(take(nods=nods))

    assert (found.kind, found.person) == ("nod", 1)
    assert 4.5 < found.start < 5.0
    assert found.end == pytest.approx(5.1 + 0.5 * (cycles - 1), abs=0.15)


def test_head_that_sinks_or_sways_does_not_nod():
    sinking = 6.0 * np.clip((AT - 4.0) / 0.4, 0.0, 1.0)
    swaying = 4.0 * np.sin(2.0 * np.pi * AT / 5.0)

    assert kinds(take(nods=sinking)) == []
    assert kinds(take(nods=swaying)) == []


def test_brow_flash_is_found():
    flash = 0.5 * bell(5.0, 0.4)

    (found,) = reactions(take(browInnerUp=flash, browOuterUpLeft=flash, browOuterUpRight=flash))

    assert found.kind == "brows"
    assert 4.4 < found.start < 4.9
    assert found.strength > 0.8


def test_blink_is_the_faintest_of_all():
    blink = bell(5.0, 0.12)

    (found,) = reactions(take(eyeBlinkLeft=blink, eyeBlinkRight=blink))

    assert (found.kind, found.strength) == ("blink", 0.15)


def test_short_answer_is_a_reaction():
    (found,) = reactions(take(speaks=((0, 1.0, 9.0), (1, 5.0, 5.4))))

    assert (found.person, found.kind) == (1, "voice")
    assert (found.start, found.end) == pytest.approx((5.0, 5.4))


@pytest.mark.parametrize(("seconds", "heard"), [(1 / FPS, False), (0.12, False), (0.16, True), (0.3, True)])
def test_click_is_no_answer(seconds, heard):
    answers = kinds(take(speaks=((0, 1.0, 9.0), (1, 5.0, 5.0 + seconds))))

    assert answers == ["voice"] * heard


@pytest.mark.parametrize("seconds", [0.48, 0.8, 1.0])
def test_answer_in_a_pause_of_the_other_s_line_is_a_reaction(seconds):
    speaks = ((0, 0.4, 5.0), (1, 5.08, 5.08 + seconds), (0, 5.16 + seconds, 11.0))

    (found,) = reactions(take(speaks=speaks))

    assert (found.person, found.kind) == (1, "voice")
    assert (found.start, found.end) == pytest.approx((5.08, 5.08 + seconds))


def test_turns_with_a_shot_of_their_own_and_quick_exchanges_are_no_answers():
    exchange = tuple((index % 2, 1.0 + index, 1.9 + index) for index in range(9))

    assert kinds(take(speaks=((0, 0.4, 4.0), (1, 4.2, 6.2), (0, 6.4, 11.0)))) == []
    assert kinds(take(speaks=exchange)) == []


def test_what_a_speaker_does_is_no_reaction():
    assert kinds(take(speaks=((0, 1.0, 3.0), (1, 3.2, 9.0)), **smile())) == []


def test_smile_just_after_a_line_counts_and_one_long_after_it_does_not():
    assert kinds(take(speaks=((0, 1.0, 4.6),), **smile(middle=5.2))) == ["smile"]
    assert kinds(take(speaks=((0, 1.0, 4.6),), **smile(middle=8.0))) == []


def test_of_numbers_without_names_only_nods_are_known():
    nodding = take(nods=5.0 * bell(5.0, 0.22), face="flame-2023", **smile())

    assert kinds(nodding) == ["nod"]
