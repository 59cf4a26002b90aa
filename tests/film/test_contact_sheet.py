from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from backend.contract.errors import ExitCode
from backend.contract.performance import Performance
from lab.film.contact_sheet import FRAME_COUNT, make_contact_sheet, make_sheet_of_stills, speaker_caption
from tests.support.refusals import refused


def _performance(frames: int = 100) -> Performance:
    speaking = np.zeros((2, frames), np.float32)
    speaking[0, :50] = 1
    speaking[1, 40:80] = 1
    return Performance(
        fps=25,
        face="open-head-1",
        speakers=("Anna", "Ben"),
        expression=np.zeros((2, frames, 52), np.float32),
        pose=np.zeros((2, frames, 5, 3), np.float32),
        translation=np.zeros((2, frames, 3), np.float32),
        speaking=speaking,
        meta={},
    )


def _write_film(path: Path, frames: int) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 36, "yuv420p"
        for index in range(frames):
            picture = np.full((36, 64, 3), 2 * index, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())


@pytest.mark.parametrize(
    ("seconds", "names"), [(0.4, "Anna"), (1.8, "Anna + Ben"), (2.5, "Ben"), (3.6, "nobody"), (99.0, "nobody")]
)
def test_caption_names_who_speaks(seconds, names):
    assert speaker_caption(_performance(), seconds).text.endswith(f"s   {names}")


def test_sheet_shows_frames_in_the_order_of_time(tmp_path):
    film, sheet = tmp_path / "film.mp4", tmp_path / "sheet.png"
    _write_film(film, 100)

    make_contact_sheet(film, _performance(), sheet)

    picture = np.asarray(Image.open(sheet).convert("L"), float)
    cell = picture.shape[0] // (FRAME_COUNT // 3)
    levels = [picture[row * cell + 50, column * 640 + 320] for row in range(4) for column in range(3)]
    assert levels == sorted(levels)
    assert levels[-1] - levels[0] > 100


def test_unreadable_film_is_named_and_leaves_no_sheet(tmp_path):
    film, sheet = tmp_path / "film.mp4", tmp_path / "sheet.png"
    film.write_bytes(b"no film")

    with refused(ExitCode.RENDER_FAILED) as caught:
        make_contact_sheet(film, _performance(), sheet)

    assert "film.mp4" in caught.value.message
    assert not sheet.exists()


def test_stills_are_in_the_sheet_in_the_order_of_their_seconds(tmp_path):
    for name, level in (("0010.00.png", 200), ("0002.50.png", 20), ("cover.png", 255)):
        Image.new("RGB", (64, 36), (level,) * 3).save(tmp_path / name)
    sheet = tmp_path / "sheet" / "sheet.png"
    sheet.parent.mkdir()

    make_sheet_of_stills(tmp_path, _performance(), sheet)

    picture = np.asarray(Image.open(sheet).convert("L"), float)
    assert picture[50, 320] == pytest.approx(20, abs=2)
    assert picture[50, 960] == pytest.approx(200, abs=2)


def test_folder_without_stills_is_named(tmp_path):
    with refused(ExitCode.RENDER_FAILED):
        make_sheet_of_stills(tmp_path, _performance(), tmp_path / "sheet.png")
