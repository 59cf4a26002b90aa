"""Who is heard to speak in one mix: a doubtful voice under a sure one is no voice."""

import numpy as np

from backend.engines.lip_reader.listening import without_crosstalk


def test_a_faint_second_voice_is_not_heard_while_the_other_speaks():
    speaking = np.array([[0.9, 0.9, 0.9], [0.2, 0.4, 0.9]], np.float32)

    found = without_crosstalk(speaking)

    np.testing.assert_array_equal(found[0], speaking[0])
    assert found[1, 0] == 0
    assert 0 < found[1, 1] < 0.2
    assert found[1, 2] == speaking[1, 2]


def test_a_faint_voice_alone_is_heard_as_before():
    speaking = np.array([[0.1, 0.3], [0.3, 0.45]], np.float32)

    np.testing.assert_array_equal(without_crosstalk(speaking), speaking)
