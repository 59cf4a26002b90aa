"""When which camera is the scene's: markers rule, and what the artist has stays."""

import bpy
import pytest
from duologue.addon.settings.properties import settings_of
from duologue.addon.staging.camera_switching import is_own, set_markers, use_ruling_camera
from duologue.addon.staging.cutting import Shot
from duologue.addon.staging.startup_scene import is_startup_camera, is_startup_scene

SHOTS = (Shot(0.0, "two", None), Shot(1.0, "close", 0))


def camera(scene, name="Mine"):
    made = bpy.data.objects.new(name, bpy.data.cameras.new(name))
    scene.collection.objects.link(made)
    return made


def write(scene):
    assert bpy.ops.duologue.write_keys() == {"FINISHED"}, settings_of(scene).message


def own_markers(scene):
    return [marker for marker in scene.timeline_markers if is_own(marker.camera)]


@pytest.mark.parametrize(
    ("frame", "view"), [(5, "Two-shot"), (10, "Two-shot"), (34, "Two-shot"), (35, "Close"), (90, "Close")]
)
def test_camera_is_what_the_markers_say_at_the_current_frame(played, frame, view):
    set_markers(played, settings_of(played).collection, SHOTS, (10, 35))
    played.frame_set(frame)
    played.camera = None

    use_ruling_camera(played, settings_of(played).collection)

    chosen = played.camera
    assert chosen.name.startswith(view)
    played.frame_set(frame)
    assert played.camera == chosen, "Blender itself comes to the same"


def test_writing_keys_leaves_the_camera_at_the_current_frame(played):
    played.frame_set(40)
    set_markers(played, settings_of(played).collection, SHOTS, (1, 35))
    played.frame_set(40)

    write(played)

    before = played.camera
    played.frame_set(40)
    assert played.camera == before


def test_artist_s_own_camera_stays_and_that_no_cut_was_set_is_said(scene, played):
    for marker in list(played.timeline_markers):
        played.timeline_markers.remove(marker)
    played.camera = mine = camera(played)

    write(played)

    assert played.camera == mine
    assert not own_markers(played)
    assert "camera of yours" in settings_of(played).message
    settings_of(played).cuts = "always"
    write(played)
    assert own_markers(played)
    assert played.camera == min(own_markers(played), key=lambda mark: mark.frame).camera


def test_artist_s_own_camera_markers_stay_and_rule_where_they_are(played):
    marker = played.timeline_markers.new("Mine", frame=20)
    marker.camera = mine = camera(played)
    played.frame_set(30)

    write(played)

    assert own_markers(played), "cuts that were there are set anew"
    assert [mark.camera for mark in played.timeline_markers if mark.name == "Mine"] == [mine]
    assert played.camera == mine


def test_cuts_go_where_the_panel_says_never(played):
    settings_of(played).cuts = "never"

    write(played)

    assert not own_markers(played)
    assert is_own(played.camera)


def test_untouched_camera_of_the_start_up_scene_is_nobody_s(scene):
    bpy.ops.wm.read_factory_settings()
    scene = bpy.context.scene
    assert is_startup_scene(scene)

    assert bpy.ops.duologue.add_conversation() == {"FINISHED"}, settings_of(scene).message

    assert is_own(scene.camera)
    assert "Cube" in scene.objects


@pytest.mark.parametrize("change", ["moved", "lens", "animated"])
def test_camera_of_the_start_up_scene_that_was_touched_is_the_artist_s(scene, change):
    bpy.ops.wm.read_factory_settings()
    touched = bpy.data.objects["Camera"]
    if change == "moved":
        touched.location.x += 0.1
    elif change == "lens":
        touched.data.lens = 35.0
    else:
        touched.keyframe_insert("location", frame=1)

    assert not is_startup_camera(touched)
    assert not is_startup_scene(bpy.context.scene)
    assert bpy.ops.duologue.add_conversation() == {"FINISHED"}
    assert bpy.context.scene.camera == touched
