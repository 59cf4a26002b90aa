"""Plans are painted when they are asked for and not there yet, never while a panel is drawn, and given back."""

import json
from types import SimpleNamespace

import bpy
import numpy as np
import pytest
from duologue.addon.interface.plan import icons
from duologue.addon.interface.plan.picture import Look
from duologue.addon.interface.scene_panel import DUOLOGUE_PT_scene
from duologue.addon.settings.properties import settings_of

from tests.support.drawn_panel import drawn

NAMES = ("Anna", "Ben")
PLACE = {
    "position": [-0.5, 1.2, 0.1], "facing": 1.25, "posture": "seated", "lean": 0.0, "mood": "neutral",
    "gaze_away": 0.0, "away": None, "gaze_held": 0.0,
}  # fmt: skip


def staging(distance=1.0):
    places = [PLACE, PLACE | {"position": [distance - 0.5, 1.2, 0.1], "facing": -1.25}]
    return json.dumps({"arrangement": "across_a_table", "places": places})


@pytest.fixture(autouse=True)
def no_plans():
    icons.forget_plans()
    yield
    icons.forget_plans()


def pixels(plan):
    width, height = plan.image_size
    return np.array(plan.image_pixels_float).reshape(height, width, 4)


def test_a_plan_is_painted_upside_down_as_blender_wants_it(scene):
    icons.paint_plan(staging(), NAMES, Look(100))

    (plan,) = icons._previews[0].values()
    assert tuple(plan.image_size) == (100, 100)
    rows = pixels(plan)[..., 3].sum(axis=1)
    assert rows[:15].sum() > rows[-5:].sum()  # the camera is at the bottom, which comes first


def test_drawing_the_panel_paints_nothing(scene):
    settings_of(scene).prompt_staging = staging()

    drawn(DUOLOGUE_PT_scene, scene)

    assert icons._previews == []


def test_a_plan_that_is_there_is_shown_without_painting_until_what_it_shows_changes(scene, monkeypatch):
    first = icons.paint_plan(staging(), NAMES, Look(64))
    monkeypatch.setattr(icons, "plan_picture", lambda *_, **__: pytest.fail("painted"))

    assert icons.plan_icon("here", staging(), NAMES, Look(64)) == first
    for other in (staging(2.0), NAMES, Look(64)), (staging(), ("Anna", "Cid"), Look(64)), (staging(), NAMES, Look(65)):
        assert icons.plan_icon("here", *other) == first  # what was shown here before, until the other one is painted
        assert icons.plan_icon("elsewhere", *other) == 0


def test_few_plans_are_kept_the_newest_ones(scene):
    for number in range(20):
        icons.paint_plan(staging(1.0 + number / 10), NAMES, Look(40))

    kept = list(icons._previews[0])
    assert len(kept) == 8
    assert json.loads(json.loads(kept[-1])[0])["places"][1]["position"][0] == pytest.approx(2.4)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"places": []}', '{"places": [{}, {}]}', "null"])
def test_what_is_no_staging_has_no_plan_and_fails_nothing(scene, text):
    assert icons.paint_plan(text, NAMES, Look(40)) == 0
    assert icons.plan_icon("here", text, NAMES, Look(40)) == 0
    settings_of(scene).prompt_staging = text
    drawn(DUOLOGUE_PT_scene, scene)


def test_a_plan_has_as_many_pixels_as_the_screen_shows(scene):
    def look(scale, pixel_size):
        system = SimpleNamespace(ui_scale=scale, pixel_size=pixel_size)
        themes = bpy.context.preferences.themes
        return icons.look_of(SimpleNamespace(preferences=SimpleNamespace(system=system, themes=themes)), 9.0)

    assert look(1.0, 1.0).size == 9 * 20 - 8
    assert look(2.0, 2.0).size == 9 * 40 - 8
    assert all(0.0 <= part <= 1.0 for part in look(1.0, 1.0).ink)


def test_values_that_decide_are_what_the_plan_shows(scene, monkeypatch):
    shown = []
    monkeypatch.setattr(
        "duologue.addon.interface.scene_panel.plan_icon", lambda _place, told, *_: shown.append(json.loads(told)) or 0
    )
    settings = settings_of(scene)
    settings.prompt_staging = staging()
    settings.staging.arrangement, settings.staging.used = "side_by_side", True
    settings.staging.first.position, settings.staging.second.position = (0.0, 0.0), (3.0, 0.0)

    drawn(DUOLOGUE_PT_scene, scene)
    settings.staging.used = False
    drawn(DUOLOGUE_PT_scene, scene)

    assert [one["arrangement"] for one in shown] == ["side_by_side", "across_a_table"]
    assert shown[0]["places"][1]["position"][0] == 3.0
