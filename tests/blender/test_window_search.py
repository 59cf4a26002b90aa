"""How the stories of tests/ui look for buttons: in a made-up sidebar, with a mouse that is a pair of numbers."""

from types import SimpleNamespace

import pytest

from tests.ui import window as window_module
from tests.ui.window import StoryFailedError, Window, until

_REGION = SimpleNamespace(x=100, y=0, width=200, height=1000)


class _Pretended(Window):
    """Buttons by height, and one folded panel: a press on its header shows what is in it, or hides it again."""

    def pretend(self, buttons, header=0, inside=None, deaf=0):
        self.buttons, self.header, self.inside, self.deaf = buttons, header, inside or {}, deaf
        self.is_open, self.looked, self.presses = False, 0, 0
        self.screen = SimpleNamespace(shows_all=lambda: True, number_of=lambda window: "1", say=lambda line: None)
        return self

    def region(self, kind="UI", area="VIEW_3D"):
        return _REGION

    def picture(self, name):
        return self.folder

    def go(self, x, y, area="VIEW_3D"):
        self.mouse = x, y
        self.looked += 1
        yield

    def press(self, button=1):
        self.presses += 1
        if abs(self.mouse[1] - self.header) <= 10 and self.presses > self.deaf:
            self.is_open = not self.is_open

    def under_the_mouse(self, kind="UI", area="VIEW_3D"):
        shown = self.buttons | (self.inside if self.is_open else {})
        return next((text for height, text in shown.items() if abs(self.mouse[1] - height) <= 8), "")


@pytest.fixture
def window(tmp_path, monkeypatch):
    for name, value in (("_SETTLED", 0.0), ("_OPENS", 0.02), ("_PATIENCE", 0.01)):
        monkeypatch.setattr(window_module, name, value)
    monkeypatch.setattr(window_module, "wait", lambda seconds: iter((None,)))
    return _Pretended(tmp_path, "it")


def _played(story):
    try:
        while True:
            next(story)
    except StopIteration as ended:
        return ended.value


def test_what_was_seen_on_the_way_is_found_at_once_also_by_the_next_story(window, tmp_path):
    buttons = {900: "first", 500: "second", 100: "third"}
    _played(window.pretend(buttons).find("third"))
    window.ended(None)

    again = _Pretended(tmp_path, "again").pretend({height - 30: text for height, text in buttons.items()})

    assert abs(_played(again.find("second"))[1] - 470) <= 8
    assert again.looked <= 8
    with pytest.raises(StoryFailedError):
        _played(again.find("fourth"))


@pytest.mark.parametrize(("header", "deaf"), [(468, 0), (468, 1), (440, 0), (415, 0), (440, 4)])
def test_a_folded_panel_opens_also_where_a_press_is_not_noticed(window, header, deaf):
    window.pretend({500: "below"}, header, {header - 60: "inside"}, deaf)

    _played(window.unfold("inside", below="below"))

    assert window.is_open


def test_a_condition_is_asked_for_longer_than_named_and_then_given_up(window, monkeypatch):
    monkeypatch.setattr(window_module, "_PATIENCE", 3.0)
    asked = iter(range(1000))
    monkeypatch.setattr(window_module.time, "monotonic", lambda: next(asked) * 0.1)
    held = [False] * 24 + [True]

    _played(until(lambda: held.pop(0), "it holds", 1))
    with pytest.raises(StoryFailedError):
        _played(until(lambda: False, "it holds", 1))
