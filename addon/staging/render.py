"""Films: engines and file formats by their names in every Blender from 4.2 to 5.2."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import bpy

from ...backend.contract.errors import DuologueError, ExitCode
from ..heads.hair import hair_of

Engine = Literal["CYCLES", "EEVEE", "WORKBENCH"]

_MEDIA_TYPE_VERSION: Final = (5, 0)
_UNEVEN: Final = 1.0001
"""How much wider than high strands are while a film is rendered: by less than anybody sees."""


@dataclass(frozen=True)
class FilmSettings:
    """Width and height in pixels; `samples` are Cycles' a pixel before denoising."""

    width: int = 640
    height: int = 360
    engine: Engine = "CYCLES"
    samples: int = 2


def engine_id(engine: Engine) -> str:
    """Blender's own name of an engine; EEVEE was called EEVEE_NEXT from 4.2 to 4.5."""
    if engine == "EEVEE":
        return "BLENDER_EEVEE" if bpy.app.version >= _MEDIA_TYPE_VERSION else "BLENDER_EEVEE_NEXT"
    return "BLENDER_WORKBENCH" if engine == "WORKBENCH" else engine


def prepare_look(scene: bpy.types.Scene, settings: FilmSettings) -> None:
    """Engine, samples and colour that suit faces; no file path is touched."""
    scene.render.engine = engine_id(settings.engine)
    scene.render.resolution_x, scene.render.resolution_y = settings.width, settings.height
    scene.render.resolution_percentage = 100
    scene.render.use_persistent_data = True
    scene.view_settings.view_transform = "AgX"
    scene.view_settings.look = "AgX - Medium High Contrast"
    scene.view_settings.exposure = 0.1
    scene.cycles.samples = settings.samples
    scene.cycles.use_adaptive_sampling = False
    scene.cycles.use_denoising = True
    scene.cycles.denoising_input_passes = "RGB_ALBEDO_NORMAL"
    # Measured at 640×360, 4 samples: 6.5 CPU seconds a frame became 2.3 by these three.
    scene.cycles.denoising_prefilter = "FAST"
    scene.cycles.denoising_quality = "FAST"
    # Two samples with the light tree are as near to the finished picture as four without, for a quarter less time.
    scene.cycles.use_light_tree = True
    scene.cycles.max_bounces = 3
    scene.cycles.diffuse_bounces = 1
    scene.cycles.glossy_bounces = 1
    scene.cycles.transmission_bounces = 2
    scene.cycles.transparent_max_bounces = 4
    scene.cycles.caustics_reflective = scene.cycles.caustics_refractive = False
    scene.display.shading.light = "STUDIO"
    scene.display.shading.color_type = "MATERIAL"
    scene.display.shading.show_cavity = True
    scene.display.render_aa = "FXAA"


@dataclass(frozen=True)
class FilmProgress:
    """Frames rendered of all, and the seconds that the others will take as they have gone so far."""

    done: int
    frames: int
    seconds_left: float


def render_stills(scene: bpy.types.Scene, folder: Path, count: int) -> list[Path]:
    """`count` pictures spread evenly over the scene's range, as PNG files named after their seconds in it.

    The scene's frame, file format and output path stay what they were. Raises DuologueError (RENDER_FAILED).
    """
    current, filepath = scene.frame_current, scene.render.filepath
    image = scene.render.image_settings
    file_format, media_type = image.file_format, getattr(image, "media_type", None)
    frames = scene.frame_end - scene.frame_start + 1
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if bpy.app.version >= _MEDIA_TYPE_VERSION:
            image.media_type = "IMAGE"
        image.file_format = "PNG"
        for index in range(count):
            offset = int((index + 0.5) / count * frames)
            seconds = offset * scene.render.fps_base / scene.render.fps
            path = folder / f"{seconds:07.2f}.png"
            scene.frame_set(scene.frame_start + offset)
            scene.render.filepath = str(path)
            if bpy.ops.render.render(write_still=True, scene=scene.name) != {"FINISHED"}:
                raise RuntimeError("it was stopped")  # noqa: TRY301  (as Blender says it)
            written.append(path)
    except (RuntimeError, OSError) as error:
        raise _failed(f"The picture {len(written) + 1} for {folder}", error) from error
    finally:
        if bpy.app.version >= _MEDIA_TYPE_VERSION:
            image.media_type = media_type
        image.file_format = file_format
        scene.render.filepath = filepath
        scene.frame_set(current)
    return written


def render_film(scene: bpy.types.Scene, path: Path, tell: Callable[[FilmProgress], None] | None = None) -> None:
    """Render the scene's range to an MP4 (H.264, AAC). Raises DuologueError (RENDER_FAILED); leaves no half film.

    `tell` hears of each frame that is in the film.
    """
    part, whole = part_of_film(path), False
    _as_movie(scene.render, part)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _strands_kept(scene), _told(scene, tell):
            if bpy.ops.render.render(animation=True, scene=scene.name) != {"FINISHED"}:
                raise RuntimeError("it was stopped")  # noqa: TRY301  (as Blender says it)
        if not part.stat().st_size:
            raise RuntimeError("Blender wrote nothing")  # noqa: TRY301  (it was claimed, and is empty since)
        part.replace(path)
        whole = True
    except (RuntimeError, OSError) as error:
        raise _failed(f"The film {path}", error) from error
    finally:
        if not whole:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
        scene.render.filepath = str(path)


def part_of_film(path: Path) -> Path:
    """Where the film `path` is until it is whole."""
    return path.with_name(f"{path.stem}.part.mp4")


def _as_movie(render: bpy.types.RenderSettings, path: Path) -> None:
    """What is rendered from now on becomes the film `path`, with sound."""
    image = render.image_settings
    if bpy.app.version >= _MEDIA_TYPE_VERSION:
        image.media_type = "VIDEO"
    image.file_format = "FFMPEG"
    film = render.ffmpeg
    film.format, film.codec, film.constant_rate_factor = "MPEG4", "H264", "HIGH"
    film.gopsize = 25
    film.audio_codec = "AAC"
    film.audio_bitrate = 160
    render.use_file_extension = False
    render.filepath = str(path)


def scale_picture(render: bpy.types.RenderSettings, percent: float = 100.0) -> None:
    """The picture gets `percent` of the size it has, in whole even pixels, as H.264 wants them."""
    scale = percent * render.resolution_percentage / 10_000.0
    width, height = (max(2, 2 * round(side * scale / 2.0)) for side in (render.resolution_x, render.resolution_y))
    render.resolution_x, render.resolution_y, render.resolution_percentage = width, height, 100


class ViewportMovie:
    """Render settings for a film of the 3D view, until they are put back as they were."""

    def __init__(self, scene: bpy.types.Scene, path: Path, percent: int) -> None:
        """From now on a viewport render becomes the film `path`, of `percent` of the scene's size, in even pixels."""
        self._render = render = scene.render
        image, film = render.image_settings, render.ffmpeg
        self._before: list[tuple[bpy.types.bpy_struct, str, object]] = [
            *((render, name, getattr(render, name)) for name in _RENDER_FIELDS),
            *([(image, "media_type", image.media_type)] if hasattr(image, "media_type") else []),
            (image, "file_format", image.file_format),
            *((film, name, getattr(film, name)) for name in _FILM_FIELDS),
        ]
        scale_picture(render, percent)
        _as_movie(render, path)

    def put_back(self) -> None:
        """Everything is as before."""
        while self._before:
            owner, name, value = self._before.pop(0)
            setattr(owner, name, value)


_RENDER_FIELDS: Final = (
    "filepath",
    "use_file_extension",
    "resolution_x",
    "resolution_y",
    "resolution_percentage",
)
_FILM_FIELDS: Final = ("format", "codec", "constant_rate_factor", "gopsize", "audio_codec", "audio_bitrate")


@contextlib.contextmanager
def _strands_kept(scene: bpy.types.Scene) -> Iterator[None]:
    """Inside, Cycles sorts the strands of built heads for its rays once; before, it did for every frame.

    Cycles merges an object that is alone in showing its data into the tree over the whole scene, and that tree is made
    again whenever something has moved. Curves that are scaled unevenly it cannot merge: they keep a tree of their own.
    """
    strands = [
        (one, one.delta_scale.copy()) for armature in scene.objects for one in hair_of(armature) if one.type == "CURVES"
    ]
    for one, scale in strands:
        one.delta_scale = (_UNEVEN * scale.x, scale.y, scale.z)
    try:
        yield
    finally:
        for one, scale in strands:
            one.delta_scale = scale


@contextlib.contextmanager
def _told(scene: bpy.types.Scene, tell: Callable[[FilmProgress], None] | None) -> Iterator[None]:
    frames = len(range(scene.frame_start, scene.frame_end + 1, scene.frame_step))
    marks = [time.monotonic()]

    def count(*_: object) -> None:
        marks.append(time.monotonic())
        done = len(marks) - 1
        if tell is not None:
            tell(FilmProgress(done, frames, (frames - done) * (marks[-1] - marks[0]) / done))

    bpy.app.handlers.render_write.append(count)
    try:
        yield
    finally:
        bpy.app.handlers.render_write.remove(count)


def _failed(what: str, error: Exception) -> DuologueError:
    return DuologueError(
        ExitCode.RENDER_FAILED,
        f"{what} could not be rendered ({str(error).strip()}).",
        "Check that the disk has space and that the folder can be written.",
    )
