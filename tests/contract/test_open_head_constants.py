"""Numbers of the open head that the add-on knows without reading the head's file."""

import pytest

from backend.contract.constants import JAW_OPEN_RADIANS, JAW_SIDE_RADIANS
from backend.contract.face import load_face
from tests.support.open_head import FACE_FILE, needs_open_head

pytestmark = needs_open_head


def test_jaw_open_is_as_wide_as_the_head_was_made():
    assert load_face(FACE_FILE).extras["jaw_open_radians"] == pytest.approx(JAW_OPEN_RADIANS, abs=1e-3)


def test_jaw_turned_aside_reaches_where_jaw_left_puts_the_chin():
    face = load_face(FACE_FILE)
    chin = face.landmarks["chin"]
    jaw = (face.J_regressor @ face.v_template)[2]
    aside = face.expression_directions[chin, 0, face.expression_names.index("jawLeft")]

    assert aside / (face.v_template[chin, 2] - jaw[2]) == pytest.approx(JAW_SIDE_RADIANS, abs=2e-3)
