"""The rules with the true phones: what the best engine could reach by the evaluator's measure."""

import numpy as np

from backend.contract.arkit import ARKIT_INDEX
from lab.evaluation.recordings.baselines import motion_of_phones, true_speaking
from lab.evaluation.recordings.dialogues import RealDialogue

PHONES = ((0.0, 1.0, "pau"), (1.0, 1.3, "aa"), (1.3, 1.4, "m"), (1.4, 1.7, "uw"), (1.7, 3.0, "pau"))
DIALOGUE = RealDialogue(np.zeros((2, 48_000), np.float32), (PHONES, ((0.0, 3.0, "pau"),)))


def test_lips_do_what_phones_ask_and_the_listener_rests():
    motion = motion_of_phones(DIALOGUE)

    pucker = motion.expression[0][:, ARKIT_INDEX["mouthPucker"]]
    assert motion.frames == 75
    assert motion.jaw[0, 29, 0] > 0.05
    assert motion.jaw[0, 29, 0] > 3 * motion.jaw[0, 34, 0]
    assert pucker[39] > 0.3 > pucker[28]
    assert not motion.jaw[1].any()


def test_who_speaks_is_where_phones_lie():
    speaking = true_speaking(DIALOGUE, 75)

    assert speaking[0].sum() == 17
    assert not speaking[1].any()
