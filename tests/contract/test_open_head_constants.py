"""Numbers of the open head that the add-on knows without reading the head's file."""

from pathlib import Path

import pytest

from backend.contract.constants import JAW_OPEN_RADIANS, JAW_SIDE_RADIANS, OPEN_HEAD
from backend.contract.face import load_face

FACE = Path(__file__).resolve().parents[2] / ".assets" / "faces" / f"{OPEN_HEAD}.npz"

pytestmark = pytest.mark.skipif(not FACE.is_file(), reason="python3 build.py setup derives the open head")


def test_jaw_open_is_as_wide_as_the_head_was_made():
    assert load_face(FACE).extras["jaw_open_radians"] == pytest.approx(JAW_OPEN_RADIANS, abs=1e-3)


def test_jaw_turned_aside_reaches_where_jaw_left_puts_the_chin():
    face = load_face(FACE)
    chin = face.landmarks["chin"]
    jaw = (face.J_regressor @ face.v_template)[2]
    aside = face.expression_directions[chin, 0, face.expression_names.index("jawLeft")]

    assert aside / (face.v_template[chin, 2] - jaw[2]) == pytest.approx(JAW_SIDE_RADIANS, abs=2e-3)
