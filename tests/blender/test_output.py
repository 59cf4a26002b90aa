"""Films, and cameras and cuts that are applied and taken away."""

import os
from pathlib import Path
from types import SimpleNamespace

import bpy
import pytest
from duologue.addon.interface.operators import films
from duologue.addon.interface.operators.films import RunningFilm
from duologue.addon.interface.operators.watching import waited_for
from duologue.addon.settings.output_properties import output_of
from duologue.addon.settings.properties import settings_of
from duologue.addon.staging import background_film
from duologue.addon.staging.camera_switching import is_own
from duologue.addon.staging.film_places import claimed_film, claimed_preview, films_folder
from duologue.addon.staging.film_process import FilmProcess
from duologue.addon.staging.preview_film import PreviewFilm
from duologue.addon.staging.render import FilmSettings, ViewportMovie, part_of_film, prepare_look
from duologue.backend.contract.errors import ExitCode

from tests.support.refusals import refused


def own_markers(scene):
    return [marker for marker in scene.timeline_markers if is_own(marker.camera)]


def own_cameras():
    return [thing for thing in bpy.data.objects if thing.type == "CAMERA" and is_own(thing)]


def camera(scene, name="Mine"):
    made = bpy.data.objects.new(name, bpy.data.cameras.new(name))
    scene.collection.objects.link(made)
    return made


@pytest.fixture
def still_life(scene):
    """Two frames of the dark, as cheap as a film can be."""
    scene.camera = camera(scene)
    scene.frame_start, scene.frame_end = 1, 2
    prepare_look(scene, FilmSettings(width=32, height=18, samples=1))
    return scene


def test_films_go_beside_the_blend_or_where_the_artist_says(scene, tmp_path, own):
    assert films_folder(scene) == own / "films"

    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "shot.blend"))
    output_of(scene).folder = "//renders/"
    assert films_folder(scene) == tmp_path / "renders"


def test_a_film_takes_no_other_films_place(scene, tmp_path):
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "shot.blend"))
    films = tmp_path / "films"
    films.mkdir()
    (films / "shot 001.mp4").touch()

    with claimed_film(scene) as second, claimed_film(scene) as third:
        assert (second.name, third.name) == ("shot 002.mp4", "shot 003.mp4"), "each is at one of them"
    with pytest.raises(ZeroDivisionError), claimed_film(scene) as fourth:
        1 / 0  # noqa: B018

    assert fourth.name == "shot 004.mp4"
    assert sorted(path.name for path in films.iterdir()) == ["shot 001.mp4", "shot 002.part.mp4", "shot 003.part.mp4"]


def test_a_film_that_another_blender_finishes_in_between_is_not_replaced(scene, tmp_path, monkeypatch):
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "shot.blend"))
    film, part = tmp_path / "films" / "shot 001.mp4", part_of_film(tmp_path / "films" / "shot 001.mp4")
    film.parent.mkdir()
    open_file = Path.open

    def finished_just_before(path, *mode):
        if path == part:
            film.touch()
        return open_file(path, *mode)

    monkeypatch.setattr(Path, "open", finished_just_before)

    with claimed_film(scene) as found:
        assert (found.name, part.exists()) == ("shot 002.mp4", False)


def test_two_previews_at_a_time_go_beside_each_other_and_a_crashed_one_makes_way(scene, tmp_path):
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "shot.blend"))
    film = tmp_path / "films" / "shot preview.mp4"

    with claimed_preview(scene) as first, claimed_preview(scene) as second:
        assert (first, second.name) == (film, "shot preview 2.mp4")
    os.utime(part_of_film(film), (0, 0))

    with claimed_preview(scene) as third:
        assert third == film


def test_another_blender_renders_the_film_and_this_scene_stays_as_it_was(still_life, tmp_path):
    output_of(still_life).folder = str(tmp_path / "films")
    render = still_life.render
    before = (render.filepath, render.image_settings.file_format, bpy.data.filepath)

    assert bpy.ops.duologue.film() == {"FINISHED"}, settings_of(still_life).message

    (film,) = (tmp_path / "films").iterdir()
    assert film.name == "untitled 001.mp4"
    assert b"avc1" in film.read_bytes()
    assert str(film) in settings_of(still_life).message
    assert (render.filepath, render.image_settings.file_format, bpy.data.filepath) == before
    assert RunningFilm.worker is None


def test_a_film_that_is_cancelled_leaves_nothing(still_life, tmp_path):
    still_life.frame_end = 10_000
    process = FilmProcess(still_life, tmp_path / "films" / "film.mp4")
    while process.progress.done < 1:
        assert process.poll() is None
    process.cancel()

    with refused(ExitCode.CANCELLED):
        waited_for(process)

    assert list((tmp_path / "films").iterdir()) == []
    assert not process.folder.exists()


def test_a_film_that_cannot_be_rendered_says_why(still_life, tmp_path):
    (tmp_path / "film.part.mp4").mkdir()
    process = FilmProcess(still_life, tmp_path / "film.mp4")

    with refused(ExitCode.RENDER_FAILED):
        waited_for(process)


def test_a_copy_to_render_from_takes_no_takes_along(played, tmp_path):
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "shot.blend"))
    before = (settings_of(played).take, settings_of(played).message)
    process = FilmProcess(played, tmp_path / "film.mp4")
    try:
        assert sorted(path.name for path in process.folder.iterdir() if path.is_dir()) == []
    finally:
        process.close()

    assert (settings_of(played).take, settings_of(played).message) == before


def test_without_a_camera_there_is_no_film(scene):
    assert not bpy.ops.duologue.film.poll()


def test_viewport_settings_come_back_as_they_were(scene, tmp_path):
    render = scene.render
    render.resolution_x, render.resolution_y, render.resolution_percentage = 1001, 501, 80
    names = ("filepath", "use_file_extension", "resolution_x", "resolution_y", "resolution_percentage")
    before = [getattr(render, name) for name in names] + [render.image_settings.file_format, render.ffmpeg.codec]

    movie = ViewportMovie(scene, tmp_path / "film.mp4", 50)

    assert (render.resolution_x, render.resolution_y, render.resolution_percentage) == (400, 200, 100)
    assert render.image_settings.file_format == "FFMPEG"
    movie.put_back()
    assert [getattr(render, name) for name in names] + [
        render.image_settings.file_format,
        render.ffmpeg.codec,
    ] == before


class Rendering:
    """Blender's viewport render without a window: frames come from the test. It is a job, or an operator alone."""

    def __init__(self, monkeypatch, film, kind):
        self.film, self.running = film, False
        preview = "duologue.addon.staging.preview_film"
        monkeypatch.setattr(f"{preview}.PreviewFilm._start", lambda *_: None)
        monkeypatch.setattr(f"{preview}._BEGINS_WITHIN", 0.0)
        app = SimpleNamespace(is_job_running=lambda _kind: self.running and kind == "job", handlers=bpy.app.handlers)
        context = SimpleNamespace(window_manager=SimpleNamespace(windows=[SimpleNamespace(modal_operators=[])]))
        monkeypatch.setattr(f"{preview}.bpy", SimpleNamespace(app=app, context=context))
        self._modal = context.window_manager.windows[0].modal_operators if kind == "operator" else []

    def begin(self):
        self.running = True
        self._modal.append(SimpleNamespace(bl_idname="RENDER_OT_opengl"))

    def end(self):
        self.running = False
        self._modal.clear()

    def render(self, scene, first, last):
        for frame in range(first, last + 1):
            if frame > scene.frame_end:
                break
            scene.frame_set(frame)
        self.film.with_name("film.part.mp4").write_bytes(b"film")


@pytest.fixture(params=["job", "operator"])
def preview(request, still_life, tmp_path, monkeypatch):
    still_life.frame_end = 10
    rendering = Rendering(monkeypatch, tmp_path / "film.mp4", request.param)
    made = PreviewFilm(bpy.context, tmp_path / "film.mp4", 50, by_camera=False)
    rendering.begin()
    yield made, rendering
    made.close()


def test_a_preview_film_is_there_when_all_frames_are(preview, still_life):
    made, rendering = preview
    rendering.render(still_life, 1, 10)
    assert made.poll() is None
    rendering.end()

    assert made.poll().read_bytes() == b"film"
    assert (still_life.frame_current, still_life.frame_end, still_life.render.resolution_x) == (1, 10, 32)


@pytest.mark.parametrize("cancelled", [True, False], ids=["by the cross", "by Blender's own Esc"])
def test_a_preview_film_that_is_stopped_leaves_nothing(preview, still_life, cancelled):
    made, rendering = preview
    rendering.render(still_life, 1, 4)
    assert made.poll() is None
    if cancelled:
        made.cancel()
        assert still_life.frame_end == 4
    rendering.end()

    with refused(ExitCode.CANCELLED):
        made.poll()

    assert (still_life.frame_end, list(rendering.film.parent.iterdir())) == (10, [])


def test_cuts_are_applied_and_taken_away_with_their_cameras(played):
    for marker in list(played.timeline_markers):
        played.timeline_markers.remove(marker)
    played.camera = mine = camera(played)
    kept = played.timeline_markers.new("Mine", frame=5)

    assert bpy.ops.duologue.apply_cuts() == {"FINISHED"}, settings_of(played).message
    assert own_markers(played)
    assert is_own(played.camera)

    assert bpy.ops.duologue.remove_cuts() == {"FINISHED"}
    assert (own_markers(played), own_cameras()) == ([], [])
    assert (played.camera, [mark.name for mark in played.timeline_markers]) == (mine, [kept.name])
    assert not bpy.ops.duologue.remove_cuts.poll()


def test_cameras_that_were_taken_away_stay_away_until_they_are_applied_again(played):
    bpy.ops.duologue.remove_cuts()
    assert bpy.ops.duologue.write_keys() == {"FINISHED"}
    assert (own_markers(played), own_cameras(), played.camera) == ([], [], None)

    assert bpy.ops.duologue.apply_cuts() == {"FINISHED"}

    assert len(own_cameras()) == 5
    assert is_own(played.camera)


def test_the_scene_stays_at_its_frame_while_cameras_are_placed(played):
    played.frame_set(17)

    bpy.ops.duologue.apply_cuts()

    assert played.frame_current == 17


def test_cuts_need_a_take(scene):
    assert not bpy.ops.duologue.apply_cuts.poll()


def test_a_script_in_a_window_gets_its_preview_film_from_another_blender(scene, tmp_path, monkeypatch):
    asked = []
    output_of(scene).folder = str(tmp_path)
    monkeypatch.setattr(films, "FilmProcess", lambda *words, **named: asked.append((words, named)))
    monkeypatch.setattr(films, "PreviewFilm", lambda *_, **__: pytest.fail("its frames need Blender's event loop"))

    films.DUOLOGUE_OT_preview_film.start_to_wait(SimpleNamespace(), bpy.context)

    assert asked == [
        (
            (scene, tmp_path / "untitled preview.mp4"),
            {"engine": "WORKBENCH", "percent": output_of(scene).preview_percent},
        )
    ]


def test_a_stray_escape_stops_no_film():
    escape = SimpleNamespace(type="ESC", value="PRESS")

    assert films.DUOLOGUE_OT_film._escape(SimpleNamespace(), bpy.context, escape) == {"PASS_THROUGH"}


@pytest.mark.parametrize("alone", [False, True])
def test_a_film_whose_blender_has_crashed_ends_and_leaves_nothing(tmp_path, monkeypatch, alone):
    part, folder, left = tmp_path / "film.part.mp4", tmp_path / "job", []
    part.touch()
    folder.mkdir()
    monkeypatch.setattr(background_film.os, "getppid", lambda: 1 if alone else 77)
    monkeypatch.setattr(background_film.os, "_exit", left.append)

    background_film.leave_if_alone(77, part, folder)

    assert (left, part.exists(), folder.exists()) == ([1] * alone, not alone, not alone)
