"""Screenshots of the sidebar are cut where the panels end."""

from PIL import Image

from lab.film.panel_picture import main

_PANEL, _VIEW = (54, 54, 54), (20, 15, 12)
_MARGIN = 8


def test_what_is_below_the_panels_is_cut_off(tmp_path):
    sidebar = Image.new("RGB", (290, 2000), _VIEW)
    sidebar.paste(_PANEL, (8, 0, 262, 700))
    sidebar.paste((255, 255, 255), (40, 300, 200, 320))
    sidebar.save(tmp_path / "all.png")

    assert main([str(tmp_path / "cut"), f"takes={tmp_path / 'all.png'}"]) == 0

    with Image.open(tmp_path / "cut" / "takes.png") as picture:
        assert picture.size == (290, 700 + _MARGIN)
        assert picture.convert("RGB").getpixel((100, 310)) == (255, 255, 255)


def test_panels_that_fill_the_sidebar_stay_whole(tmp_path):
    Image.new("RGB", (290, 900), _PANEL).save(tmp_path / "all.png")

    main([str(tmp_path), f"full={tmp_path / 'all.png'}"])

    with Image.open(tmp_path / "full.png") as picture:
        assert picture.size == (290, 900)
