"""What is there already stays; what is known and what is kept are one."""

import numpy as np
import pytest

from backend.engines.base import KeptMotion, KnownPerson, Motion, keep, keeping

FRAMES = 20


def motion(value, sway=True):
    return Motion(
        expression=np.full((2, FRAMES, 52), value, np.float32),
        jaw=np.full((2, FRAMES, 3), value, np.float32),
        neck=np.full((2, FRAMES, 3), value, np.float32),
        gaze=np.full((2, FRAMES, 2), value, np.float32),
        speaking=np.full((2, FRAMES), value, np.float32),
        sway=np.full((2, FRAMES, 3), value, np.float32) if sway else None,
    )


def mask(person, frames):
    found = np.zeros((2, FRAMES), bool)
    found[person, frames] = True
    return found


def known(person, value):
    arrays = {"expression": 52, "jaw": 3, "neck": 3, "gaze": 2}
    return KnownPerson(person, **{name: np.full((FRAMES, size), value, np.float32) for name, size in arrays.items()})


def test_only_masked_frames_are_kept():
    kept = keep(motion(1.0), KeptMotion(motion(2.0), mask(1, slice(5, 10))))

    assert kept.gaze[1, 5:10].min() == 2
    assert kept.gaze[0].max() == 1
    assert kept.gaze[1, :5].max() == 1
    assert kept.speaking.max() == 1


def test_a_take_without_sway_leaves_the_sway_that_was_made():
    kept = keep(motion(1.0), KeptMotion(motion(2.0, sway=False), mask(0, slice(None))))

    assert kept.sway.max() == 1
    assert kept.neck[0].min() == 2


def test_a_known_person_is_kept_whole_beside_what_else_is_kept():
    both = keeping(known(0, 3.0), KeptMotion(motion(2.0), mask(1, slice(0, 4))))

    assert both.mask.sum() == FRAMES + 4
    assert both.motion.neck[0].min() == 3
    assert both.motion.neck[1].max() == 2


def test_nothing_known_and_nothing_kept_is_nothing():
    assert keeping(None, None) is None


def test_another_length_is_refused():
    short = Motion(**{name: getattr(motion(1.0), name)[:, :5] for name in vars(motion(1.0))})

    with pytest.raises(ValueError, match="5"):
        keep(short, KeptMotion(motion(2.0), mask(0, slice(None))))
