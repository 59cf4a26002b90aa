import json
from pathlib import Path

import bpy
import pytest
from duologue.addon.heads.hair import hair_of
from duologue.addon.heads.materials import dress_head
from duologue.addon.heads.rig import build_head
from duologue.addon.staging.render import FilmSettings, engine_id, prepare_look, render_film, render_stills
from duologue.backend.contract.errors import DuologueError, ExitCode
from duologue.backend.contract.face import load_face

from tests.support.open_head import FACE_FILE, needs_open_head
from tests.support.refusals import refused

_ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def still_life(scene):
    """Two frames of a lamp in the dark, as cheap as a film can be."""
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    scene.collection.objects.link(camera)
    scene.camera = camera
    scene.frame_start, scene.frame_end = 1, 2
    prepare_look(scene, FilmSettings(width=32, height=18, samples=1))
    return scene


@pytest.fixture
def strands(still_life):
    """Ben's hair, behind the camera."""
    character = json.loads((_ROOT / "presets" / "characters" / "ben.json").read_text(encoding="utf-8"))
    head = build_head(bpy.context, load_face(FACE_FILE), character, "Ben")
    head.location.z = 5.0
    dress_head(head, character)
    return next(part for part in hair_of(head) if part.type == "CURVES")


@pytest.mark.parametrize("engine", ["CYCLES", "EEVEE", "WORKBENCH"])
def test_every_engine_has_its_name_in_this_blender(scene, engine):
    scene.render.engine = engine_id(engine)

    assert scene.render.engine == engine_id(engine)


def test_film_is_whole_and_h264(still_life, tmp_path):
    film = tmp_path / "deep" / "film.mp4"

    render_film(still_life, film)

    content = film.read_bytes()
    assert content[4:8] == b"ftyp"
    assert b"avc1" in content
    assert b"moov" in content
    assert [path.name for path in film.parent.iterdir()] == ["film.mp4"]


def test_film_into_a_file_instead_of_a_folder_is_explained(still_life, tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(DuologueError) as caught:
        render_film(still_life, tmp_path / "file" / "film.mp4")

    assert caught.value.code in {ExitCode.RENDER_FAILED, ExitCode.OUTPUT_NOT_WRITABLE}


def test_film_tells_of_each_frame_and_the_time_left(still_life, tmp_path):
    progress = []

    render_film(still_life, tmp_path / "film.mp4", progress.append)

    assert [(part.done, part.frames) for part in progress] == [(1, 2), (2, 2)]
    assert progress[0].seconds_left > 0
    assert progress[1].seconds_left == 0


@needs_open_head
def test_strands_are_scaled_unevenly_while_a_film_is_rendered_and_then_as_before(still_life, strands, tmp_path):
    strands.delta_scale = before = (1.0, 1.25, 1.5)
    during = []

    render_film(still_life, tmp_path / "film.mp4", lambda _: during.append(tuple(strands.delta_scale)))

    assert [scale[0] > before[0] and scale[1:] == before[1:] for scale in during] == [True, True]
    assert tuple(strands.delta_scale) == before


@needs_open_head
def test_strands_are_as_before_after_a_film_that_failed(still_life, strands, tmp_path):
    (tmp_path / "film.part.mp4").mkdir()

    with refused(ExitCode.RENDER_FAILED):
        render_film(still_life, tmp_path / "film.mp4")

    assert tuple(strands.delta_scale) == (1.0, 1.0, 1.0)


def test_stills_are_spread_over_the_range_and_leave_the_scene_as_it_was(still_life, tmp_path):
    still_life.frame_end = 10
    still_life.frame_set(4)
    before = (still_life.render.filepath, still_life.render.image_settings.file_format)

    stills = render_stills(still_life, tmp_path / "deep" / "stills", 2)

    assert [path.name for path in stills] == ["0000.08.png", "0000.28.png"]
    assert all(path.read_bytes()[1:4] == b"PNG" for path in stills)
    assert still_life.frame_current == 4
    assert (still_life.render.filepath, still_life.render.image_settings.file_format) == before
