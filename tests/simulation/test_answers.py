"""What people do because of what they see: it follows when it should, oftener than chance, and changes no sound."""

import numpy as np
import pytest

from backend.animation.events import Swings, render_blinks, render_swings
from backend.animation.gaze import Gaze, head_share, render_gaze
from backend.contract.arkit import ARKIT_INDEX
from backend.contract.constants import FRAME_RATE
from backend.contract.segments import runs_of
from lab.simulation.rehearsal import make_rehearsal

_HEARD = ("spoken", "viseme", "closure", "touch", "floor", "backchannel", "invitation", "accent", "beat", "breath")


@pytest.fixture(scope="module")
def first_pass(rehearsal):
    """The same dialogue without anything that is done for what is seen."""
    return make_rehearsal(rehearsal.seed, seconds=40.0, answered=False)


def test_nothing_heard_changes(rehearsal, first_pass):
    assert np.array_equal(rehearsal.audio, first_pass.audio)
    assert rehearsal.phones == first_pass.phones
    assert rehearsal.voices == first_pass.voices
    assert rehearsal.prompt == first_pass.prompt
    assert np.array_equal(rehearsal.speaking, first_pass.speaking)
    assert np.array_equal(rehearsal.motion.jaw, first_pass.motion.jaw)
    assert all(np.array_equal(rehearsal.events[name], first_pass.events[name]) for name in _HEARD)
    lips = [index for name, index in ARKIT_INDEX.items() if name.startswith(("mouth", "jaw", "tongue"))]
    assert np.array_equal(rehearsal.motion.expression[..., lips], first_pass.motion.expression[..., lips])


def test_what_is_seen_changes_what_is_done(rehearsal, first_pass):
    for name in ("blink", "nod", "gaze_away", "neck_posture", "sway"):
        assert not np.array_equal(rehearsal.events[name], first_pass.events[name])


def test_a_blink_follows_the_speakers_blink(rehearsals):
    found, chance = _followed(rehearsals, "blink", "blink", (0.24, 0.52), _listens)

    assert found > 1.4 * chance


def test_a_nod_follows_a_nod(rehearsals):
    found, chance = _followed(rehearsals, "nod", "nod", (0.28, 0.92))

    assert 0.18 < found < 0.5
    assert found > 2 * chance


def test_brows_follow_brows(rehearsals):
    found, chance = _followed(rehearsals, "brow_raise", "brow_raise", (0.38, 1.02), _listens)

    assert found > 1.25 * chance


def test_who_is_looked_at_again_looks_back(rehearsals):
    free = [rehearsal for rehearsal in rehearsals if all(who.looks is None for who in rehearsal.staging.people)]

    found, chance = _followed(free, "back", "back", (0.18, 0.62), _is_away)

    assert found > 2 * chance


def test_eyes_follow_where_the_partner_looks(rehearsals):
    same, other = 0, 0
    for rehearsal in rehearsals:
        for person in range(2):
            target, partners = rehearsal.events["gaze_target"][person], rehearsal.events["gaze_target"][1 - person]
            for frame in np.flatnonzero(_onsets(rehearsal, "away")[person]).tolist():
                before = partners[max(0, frame - 21) : frame - 6]
                same += bool((np.abs(before * (-1, 1) - target[frame]).max(axis=1) < 1e-5).any())
                other += bool((np.abs(before - target[frame]).max(axis=1) < 1e-5).any())

    assert same > 8
    assert other == 0


def test_hardly_any_mutual_look_lasts_beyond_five_and_a_half_seconds(rehearsals):
    lengths = []
    for rehearsal in rehearsals:
        if all(who.looks is None for who in rehearsal.staging.people):
            both = (rehearsal.events["gaze_away"] == 0).all(axis=0)
            lengths += [(stop - start) / FRAME_RATE for start, stop in runs_of(both)]

    assert np.mean(np.array(lengths) > 5.6) < 0.02
    assert np.mean(lengths) > 0.8


@pytest.mark.parametrize(("name", "axis", "sign"), [("neck_posture", 1, -1), ("neck_posture", 2, -1), ("sway", 2, 1)])
def test_posture_is_mirrored_a_while_later(rehearsals, name, axis, sign):
    paired, exchanged = [], []
    for index, rehearsal in enumerate(rehearsals):
        stranger = rehearsals[index - 1].events[name]
        for person in range(2):
            own = rehearsal.events[name][person, :, axis]
            paired.append(_late_correlation(own, sign * rehearsal.events[name][1 - person, :, axis]))
            exchanged.append(_late_correlation(own, sign * stranger[1 - person, :, axis]))

    assert np.mean(paired) > 0.2
    assert np.mean(paired) > np.mean(exchanged) + 0.15


def test_spread_of_posture_and_rate_of_blinks_stay(rehearsal, first_pass):
    for name in ("neck_posture", "sway"):
        assert rehearsal.events[name].std(axis=1) == pytest.approx(first_pass.events[name].std(axis=1), rel=1e-3)
    assert rehearsal.events["blink"].sum(axis=1).tolist() == first_pass.events["blink"].sum(axis=1).tolist()


def test_events_agree_with_the_motion(rehearsals):
    for rehearsal in rehearsals[:3]:
        events, motion = rehearsal.events, rehearsal.motion
        parts = [events[f"neck_{name}"] for name in ("posture", "beats", "nods", "gaze")]
        assert np.sum(parts, axis=0) == pytest.approx(motion.neck, abs=1e-5)
        for who in range(2):
            gaze = Gaze(*(events[name][who] for name in _GAZE))
            nods, shakes = (
                Swings(*(events[f"{name}_{part}"][who] for part in ("size", "rate", "count")))
                for name in ("nod", "shake")
            )
            lids = render_blinks(events["blink"][who], events["blink_seconds"][who])
            assert motion.expression[who, :, ARKIT_INDEX["eyeBlinkLeft"]] == pytest.approx(lids, abs=1e-5)
            assert render_gaze(gaze) == pytest.approx(motion.gaze[who], abs=1e-5)
            assert head_share(gaze) == pytest.approx(events["neck_gaze"][who], abs=1e-5)
            assert render_swings(nods, 0) + render_swings(shakes, 1) == pytest.approx(
                events["neck_nods"][who], abs=1e-5
            )
            assert np.array_equal(events["nod"][who] > 0, nods.size > 0)
            assert (events["blink_seconds"][who, events["blink"][who] > 0] > 0).all()


def test_looks_and_their_events_belong_together(rehearsals):
    for rehearsal in rehearsals:
        away, target = rehearsal.events["gaze_away"] > 0, rehearsal.events["gaze_target"]
        moved = (np.diff(target, axis=1) != 0).any(axis=2)
        spots = (np.diff(rehearsal.events["fixation"], axis=1) != 0).any(axis=2)
        landed = (rehearsal.events["saccade"] + rehearsal.events["gaze_shift"])[:, 1:] > 0
        assert np.array_equal(target.any(axis=2), away)
        assert np.array_equal(rehearsal.events["gaze_shift"][:, 1:] > 0, moved)
        assert not (spots & ~landed).any()
        assert not (rehearsal.events["saccade"] * rehearsal.events["gaze_shift"]).any()


def test_looks_away_and_back_last_as_long_as_eyes_need(rehearsals):
    for rehearsal in rehearsals:
        for away in rehearsal.events["gaze_away"]:
            inner = [stop - start for start, stop in runs_of(away > 0) if start > 0 and stop < len(away)]
            at = [stop - start for start, stop in runs_of(away == 0) if start > 0 and stop < len(away)]
            assert min(inner) >= 7
            assert min(at) >= 8


def test_whoever_is_told_where_to_look_looks_there(rehearsals):
    directed = [
        (rehearsal, person)
        for rehearsal in rehearsals
        for person in range(2)
        if rehearsal.staging.people[person].looks is not None
    ]
    assert directed
    for scene, person in directed[:2]:
        seconds = scene.motion.frames / FRAME_RATE
        alone = make_rehearsal(scene.seed, seconds=seconds, answered=False)
        assert np.array_equal(alone.motion.gaze[person], scene.motion.gaze[person])


def test_answers_come_from_a_generator_of_their_own(rehearsal):
    again = make_rehearsal(rehearsal.seed, seconds=40.0)

    assert np.array_equal(again.motion.neck, rehearsal.motion.neck)
    assert np.array_equal(again.events["blink"], rehearsal.events["blink"])


_GAZE = ("gaze_away", "gaze_target", "fixation", "gaze_shift", "saccade")


def _onsets(rehearsal, name):
    """[2, T] bool where something begins; `away` and `back` are looks away and back."""
    if name in ("away", "back"):
        away = rehearsal.events["gaze_away"]
        step = np.diff(away, axis=1, prepend=away[:, :1])
        return step > 0 if name == "away" else step < 0
    return rehearsal.events[name] > 0


def _listens(rehearsal, person):
    return (rehearsal.events["floor"][1 - person] > 0) & (rehearsal.speaking[person] < 0.5)


def _is_away(rehearsal, person):
    return rehearsal.events["gaze_away"][person] > 0


def _always(rehearsal, person):
    return np.ones(rehearsal.motion.frames, bool)


def _followed(rehearsals, seen, answer, window, where=_always):
    """Share of what is `seen` of the partner that an `answer` follows within `window` seconds, and the same where the
    answers are those of somebody in another dialogue.
    """
    first, last = (round(seconds * FRAME_RATE + 0.01) for seconds in window)
    counts = np.zeros(3)
    for index, rehearsal in enumerate(rehearsals):
        stranger = rehearsals[index - 1]
        frames = min(rehearsal.motion.frames, stranger.motion.frames)
        for person in range(2):
            own, theirs = _onsets(rehearsal, answer)[person], _onsets(stranger, answer)[person]
            for frame in np.flatnonzero(_onsets(rehearsal, seen)[1 - person] & where(rehearsal, person)).tolist():
                if frame + last < frames:
                    after = slice(frame + first, frame + last + 1)
                    counts += (1, own[after].any(), theirs[after].any())
    return counts[1] / counts[0], counts[2] / counts[0]


def _late_correlation(own, partner):
    """The mean over lags of 1–4 s by which `own` [T] comes after `partner` [T]."""
    frames = min(len(own), len(partner))
    return np.mean([np.corrcoef(own[lag:frames], partner[: frames - lag])[0, 1] for lag in range(25, 101, 5)])
