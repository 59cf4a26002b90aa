import av
import numpy as np
import pytest
from PIL import Image

from backend.contract.errors import ExitCode
from lab.film.moving_picture import main


@pytest.fixture
def film(tmp_path):
    """Two seconds at 25 frames a second, each of another brightness."""
    path = tmp_path / "film.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 32, "yuv420p"
        for index in range(50):
            picture = np.full((32, 64, 3), (20 + 37 * index) % 200, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    return path


def test_stretch_of_a_film_becomes_as_many_pictures_as_its_seconds_ask_for(film, tmp_path):
    out = tmp_path / "out.webp"

    code = main([str(film), str(out), "--from", "1", "--seconds", "0.8", "--width", "32", "--rate", "12.5"])

    moving = Image.open(out)
    assert code == 0
    assert (moving.n_frames, moving.size) == (10, (32, 16))
    assert abs(np.asarray(moving.convert("RGB")).mean() - (20 + 37 * 25) % 200) < 12


@pytest.mark.parametrize("words", [["--from", "9"], []])
def test_no_film_or_no_picture_there_is_an_error_code(words, film, tmp_path):
    source = film if words else tmp_path / "no film.mp4"
    if not words:
        source.write_bytes(b"no film")

    assert main([str(source), str(tmp_path / "out.webp"), *words]) == ExitCode.BAD_REQUEST
    assert not (tmp_path / "out.webp").exists()
