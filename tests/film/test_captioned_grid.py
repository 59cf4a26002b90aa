import numpy as np
from PIL import Image

from lab.film.captioned_grid import CAPTION_HEIGHT, lay_out, main


def picture(colour, size=(40, 20)):
    return Image.new("RGB", size, colour)


def test_pictures_fill_rows_from_the_left():
    red, green, blue = picture((255, 0, 0)), picture((0, 255, 0)), picture((0, 0, 255))

    grid = lay_out([red, green, blue], ["a", "b", "c"], columns=2, width=40)

    assert grid.size == (80, 2 * (20 + CAPTION_HEIGHT))
    assert grid.getpixel((20, 10)) == (255, 0, 0)
    assert grid.getpixel((60, 10)) == (0, 255, 0)
    assert grid.getpixel((20, 20 + CAPTION_HEIGHT + 10)) == (0, 0, 255)


def test_long_caption_stays_under_its_picture():
    grid = lay_out([picture((9, 9, 9)), picture((9, 9, 9))], ["a caption much longer than that", ""], 2, 40)

    beside = np.asarray(grid)[20:, 40:]
    assert (beside == beside[0, 0]).all()


def test_command_line_writes_a_picture_with_an_equals_sign_in_its_path(tmp_path):
    picture((1, 2, 3)).save(tmp_path / "a=b.png")

    code = main(["1", "40", str(tmp_path / "grid.png"), f"A={tmp_path / 'a=b.png'}"])

    assert code == 0
    assert Image.open(tmp_path / "grid.png").size == (40, 20 + CAPTION_HEIGHT)


def test_folder_that_cannot_be_written_is_an_error_code(tmp_path):
    picture((1, 2, 3)).save(tmp_path / "a.png")
    (tmp_path / "file").write_text("")

    assert main(["1", "40", str(tmp_path / "file" / "grid.png"), f"A={tmp_path / 'a.png'}"]) != 0
