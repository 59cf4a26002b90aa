"""A face survives its file; one that does not fit together is refused."""

from dataclasses import replace

import numpy as np
import pytest

from backend.contract.errors import ExitCode
from backend.contract.face import Face, load_face, save_face
from tests.support.refusals import refused


def face():
    rng = np.random.default_rng(0)
    return Face(
        id="tiny-1",
        v_template=rng.random((6, 3)),
        f=np.array([[0, 1, 2], [3, 4, 5]], np.int32),
        shapedirs=rng.random((6, 3, 3)),
        posedirs=rng.random((6, 3, 36)),
        J_regressor=rng.random((5, 6)),
        weights=rng.random((6, 5)),
        kintree_table=np.array([[-1, 0, 1, 1, 1], [0, 1, 2, 3, 4]]),
        expression_names=("jawOpen", "mouthPucker"),
        identity_names=("age",),
        landmarks={"chin": 5},
        regions={"skin": [0, 1, 2]},
        masks={"lips": np.array([0, 0.5, 1, 0, 0, 0], np.float32)},
        extras={"jaw_open_radians": 0.3},
    )


def test_a_face_survives_its_file(tmp_path):
    save_face(tmp_path / "face.npz", face())
    read = load_face(tmp_path / "face.npz")

    for name in ("id", "expression_names", "identity_names", "landmarks", "regions", "extras"):
        assert getattr(read, name) == getattr(face(), name)
    for name in ("v_template", "f", "shapedirs", "posedirs", "J_regressor", "weights", "kintree_table"):
        np.testing.assert_array_equal(getattr(read, name), getattr(face(), name))
    np.testing.assert_array_equal(read.masks["lips"], face().masks["lips"])


def test_directions_are_identity_first():
    assert face().identity_directions.shape == (6, 3, 1)
    assert face().expression_directions.shape == (6, 3, 2)


def test_the_same_face_gives_the_same_file(tmp_path):
    for name in ("one.npz", "two.npz"):
        save_face(tmp_path / name, face())

    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


@pytest.mark.parametrize(
    "change",
    [
        {"f": np.array([[0, 1, 6]])},
        {"f": np.array([[0, 1, -1]])},
        {"weights": np.zeros((5, 5))},
        {"posedirs": np.zeros((6, 3, 27))},
        {"v_template": np.full((6, 3), np.nan)},
        {"expression_names": ("jawOpen",)},
    ],
)
def test_a_face_that_does_not_fit_together_is_refused(tmp_path, change):
    save_face(tmp_path / "face.npz", replace(face(), **change))

    with refused(ExitCode.FACE_INVALID):
        load_face(tmp_path / "face.npz")


def test_a_face_that_is_not_there_is_told(tmp_path):
    with refused(ExitCode.FACE_NOT_FOUND):
        load_face(tmp_path / "face.npz")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"v 0 0 0"])
def test_a_file_that_is_no_face_is_refused(tmp_path, content):
    (tmp_path / "face.npz").write_bytes(content)

    with refused(ExitCode.FACE_INVALID):
        load_face(tmp_path / "face.npz")
