"""`transfer-performance`: a take in another face's components, by a kept transfer or one solved on the spot."""

import numpy as np
import pytest

from backend.assets import assets_folder
from backend.command.entry import main
from backend.contract.constants import OPEN_HEAD
from backend.contract.errors import ExitCode
from backend.contract.face import load_face, save_face
from backend.contract.performance import Performance, load_performance, save_performance
from backend.contract.transfer import save_transfer, transfer_file
from backend.face.transfer import solve_transfer
from backend.flame.flame_shaped import flame_shaped

_OPEN_HEAD_FILE = assets_folder() / "faces" / f"{OPEN_HEAD}.npz"
pytestmark = pytest.mark.skipif(not _OPEN_HEAD_FILE.is_file(), reason="python3 build.py setup derives the open head")


@pytest.fixture(scope="module")
def faces(tmp_path_factory):
    """A folder with a FLAME-shaped face, called as an imported one is, and no transfers."""
    folder = tmp_path_factory.mktemp("faces")
    face = flame_shaped(load_face(_OPEN_HEAD_FILE))
    save_face(folder / f"{face.id}.npz", face)
    return folder


def _take(path, face, components, scale):
    random = np.random.default_rng(0)
    take = Performance(
        fps=25.0,
        face=face,
        speakers=("Anna", "Ben"),
        expression=scale * random.random((2, 30, components)).astype(np.float32),
        pose=np.zeros((2, 30, 5, 3), np.float32),
        translation=np.zeros((2, 30, 3), np.float32),
        speaking=np.zeros((2, 30), np.float32),
        meta={"seed": 7},
    )
    save_performance(path, take)
    return path


def test_a_take_goes_onto_a_flame_shaped_face_and_says_how_well(tmp_path, faces, capsys):
    take, out = _take(tmp_path / "take.npz", OPEN_HEAD, 52, 0.3), tmp_path / "told.npz"

    words = ["transfer-performance", str(take), "--to", "flame-shaped-0", "--faces", str(faces), "--out", str(out)]
    assert main(words) == ExitCode.OK

    transferred = load_performance(out)
    assert transferred.face == "flame-shaped-0"
    assert transferred.expression.shape == (2, 30, 100)
    assert transferred.expression.any()
    assert transferred.meta["seed"] == 7
    assert transferred.meta["transferred"]["from"] == OPEN_HEAD
    assert 0.0 < transferred.meta["transferred"]["residual_millimetres"] < 0.5
    assert "mm root mean square" in capsys.readouterr().out


def test_the_official_models_fifty_coefficients_become_arkit_names(tmp_path, faces):
    face, open_head = load_face(faces / "flame-shaped-0.npz"), load_face(_OPEN_HEAD_FILE)
    folder = tmp_path / "with transfer"
    save_transfer(transfer_file(folder, face.id, OPEN_HEAD), solve_transfer(face, open_head))
    take, out = _take(tmp_path / "take.npz", "flame", 50, 1.0), tmp_path / "told.npz"

    words = ["transfer-performance", str(take), "--to", OPEN_HEAD, "--faces", str(folder), "--out", str(out)]
    assert main(words) == ExitCode.OK

    transferred = load_performance(out)
    assert transferred.face == OPEN_HEAD
    assert transferred.expression.shape == (2, 30, 52)
    assert transferred.expression.max() > 0.1
    assert transferred.expression.min() >= 0.0


@pytest.mark.parametrize(
    ("source", "target", "code"),
    [
        (OPEN_HEAD, "nobody", ExitCode.FACE_NOT_FOUND),
        ("flame", OPEN_HEAD, ExitCode.FACE_NOT_FOUND),
        (OPEN_HEAD, OPEN_HEAD, ExitCode.BAD_REQUEST),
    ],
)
def test_what_cannot_be_told_is_said_and_nothing_is_written(tmp_path, capsys, source, target, code):
    take, out = _take(tmp_path / "take.npz", source, 52, 0.3), tmp_path / "told.npz"

    assert main(["transfer-performance", str(take), "--to", target, "--out", str(out)]) == code

    assert f"error {int(code)}:" in capsys.readouterr().err
    assert not out.exists()
