"""Lips close where the sound does, whatever the scene's rate and wherever the strip begins: measured in the mix."""

import shutil
import wave

import bpy
import numpy as np
import pytest
from duologue.addon.heads.rig import build_head
from duologue.addon.keys import actions
from duologue.addon.keys.key_writing import write_take
from duologue.addon.settings.properties import settings_of
from duologue.addon.staging.sequencer import Sound, place_sounds
from duologue.backend.contract.arkit import ARKIT_INDEX
from duologue.backend.contract.face import load_face
from duologue.backend.contract.performance import Performance, save_performance

from tests.support import vendor_rigs
from tests.support.open_head import FACE_FILE
from tests.support.vendors import VENDORS

HAS_SOUND = bpy.app.build_options.audaspace
RATES = {
    "23.976": (24, 1.001), "24": (24, 1.0), "25": (25, 1.0), "29.97": (30, 1.001), "30": (30, 1.0), "50": (50, 1.0),
    "59.94": (60, 1.001), "60": (60, 1.0),
}  # fmt: skip
CLOSURES = (0.4, 1.0, 1.64)
"""Seconds after the sound's beginning at which lips are closed and a click is heard."""
SECONDS, SAMPLES = 2.0, 48_000
KEY = "mouthPressLeft"
HALF_A_FRAME = 0.5


@pytest.fixture(scope="module")
def clicks(tmp_path_factory):
    path = tmp_path_factory.mktemp("sound") / "clicks.wav"
    samples = np.zeros(round(SECONDS * SAMPLES))
    for at in CLOSURES:
        middle = round(at * SAMPLES)
        samples[middle - 48 : middle + 48] = 0.9 * np.sign(np.sin(np.arange(96)))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLES)
        file.writeframes((32767 * samples).astype("<i2").tobytes())
    return path


@pytest.fixture(scope="module")
def take(tmp_path_factory):
    """Both people press their lips together around each click, the most at it."""
    frames = round(SECONDS * 25)
    moments = np.arange(frames) / 25.0
    expression = np.zeros((2, frames, 52), np.float32)
    for at in CLOSURES:
        expression[:, :, ARKIT_INDEX[KEY]] += np.clip(1.0 - np.abs(moments - at) / 0.12, 0.0, 1.0)
    pose, translation = np.zeros((2, frames, 5, 3), np.float32), np.zeros((2, frames, 3), np.float32)
    path = tmp_path_factory.mktemp("take") / "performance.npz"
    still = np.zeros((2, frames), np.float32)
    save_performance(path, Performance(25.0, "open-head-1", ("Anna", "Ben"), expression, pose, translation, still, {}))
    return path


@pytest.fixture(scope="module")
def bundled(tmp_path_factory):
    """A file with two heads that Duologue built."""
    if not FACE_FILE.is_file():
        pytest.skip("python3 build.py setup derives the open head")
    bpy.ops.wm.read_factory_settings(use_empty=True)
    face = load_face(FACE_FILE)
    settings = settings_of(bpy.context.scene)
    settings.head_a, settings.head_b = (build_head(bpy.context, face, {}, name) for name in ("Anna", "Ben"))
    path = tmp_path_factory.mktemp("bundled") / "heads.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    return path


@pytest.fixture(scope="module")
def mapped(tmp_path_factory):
    """A file with two characters that others built."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    settings = settings_of(bpy.context.scene)
    settings.head_a, settings.head_b = (
        vendor_rigs.build(VENDORS["arkit-52"], name).armature for name in ("Anna", "Ben")
    )
    path = tmp_path_factory.mktemp("mapped") / "heads.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    return path


def strips(scene):
    editor = scene.sequence_editor or scene.sequence_editor_create()
    return editor.strips if hasattr(editor, "strips") else editor.sequences


def strip_at(scene, path, frame):
    """A strip of the artist's own whose sound begins at `frame`, a whole one or not."""
    strip = strips(scene).new_sound("Dialogue", str(path), 1, int(frame))
    if hasattr(strip, "content_start"):
        strip.content_start = frame
    else:
        strip.frame_start = frame
    return strip


def trimmed(scene, path, frame, by):
    strip = strip_at(scene, path, frame)
    if hasattr(strip, "left_handle_offset"):
        strip.left_handle_offset = by
    else:
        strip.frame_offset_start = by
    return strip


def slipped(scene, path, frame, seconds):
    strip = strip_at(scene, path, frame)
    strip.sound_offset = seconds


def own(scene, path, frame):
    """A strip of Duologue's, as an earlier take placed it."""
    place_sounds(scene, [Sound(path)], frame)


def moved_own(scene, path, frame):
    own(scene, path, 5)
    strip = strips(scene)[0]
    if hasattr(strip, "content_start"):
        strip.content_start = frame
    else:
        strip.frame_start = frame


def in_meta(scene, path, frame):
    strip_at(scene, path, frame).select = True
    window = bpy.context.window_manager.windows[0]
    area = window.screen.areas[0]
    area.type = "SEQUENCE_EDITOR"
    if hasattr(window.workspace, "sequencer_scene"):
        window.workspace.sequencer_scene = scene
    with bpy.context.temp_override(window=window, area=area, region=area.regions[-1]):
        assert bpy.ops.sequencer.meta_make() == {"FINISHED"}


PLACES = {
    "whole": lambda scene, path: strip_at(scene, path, 1001),
    "fraction": lambda scene, path: strip_at(scene, path, 1007.4),
    "most of a frame": lambda scene, path: strip_at(scene, path, 1007.9),
    "trimmed": lambda scene, path: trimmed(scene, path, 1001, 5),
    "trimmed by a fraction": lambda scene, path: trimmed(scene, path, 1001, 5.3),
    "trimmed and a fraction": lambda scene, path: trimmed(scene, path, 1003.7, 4.6),
    "slipped": lambda scene, path: slipped(scene, path, 1001, 0.013),
    "before the range": lambda scene, path: trimmed(scene, path, 996, 6),
    "own": lambda scene, path: own(scene, path, 1001),
    "own at a fraction": lambda scene, path: own(scene, path, 1004.6),
    "own that was moved": lambda scene, path: moved_own(scene, path, 1012),
    "in a meta strip": lambda scene, path: in_meta(scene, path, 1002),
}


def sound_of(scene, folder):
    """Scene frames at which clicks are heard; None where this Blender mixes no sound."""
    mix = folder / "mix.wav"
    mix.unlink(missing_ok=True)
    bpy.ops.sound.mixdown(filepath=str(mix), container="WAV", codec="PCM", format="F32", mixrate=SAMPLES)
    if not mix.exists() or mix.stat().st_size <= 44:  # a header alone
        return None
    import aud

    samples = np.abs(aud.Sound(str(mix)).data()[:, 0])
    if samples.max() < 0.1:
        return []
    loud = np.flatnonzero(samples > 0.3 * samples.max())
    groups = np.split(loud, np.flatnonzero(np.diff(loud) > 0.1 * SAMPLES) + 1)
    rate = scene.render.fps / scene.render.fps_base
    return [scene.frame_start + float(group.mean()) / SAMPLES * rate for group in groups]


def closed(curve, near):
    """The scene frame around `near` at which the lips are closed: the middle of their closing."""
    times = near + np.arange(-6.0, 6.0, 0.05)
    values = np.array([curve.evaluate(at) for at in times])
    weights = np.clip(values - 0.5 * values.max(), 0.0, None)
    assert weights.sum() > 0.0
    return float(times @ weights / weights.sum())


def curve_of(head):
    meshes = [part for part in (head, *head.children_recursive) if part.type == "MESH"]
    keys = next(mesh.data.shape_keys for mesh in meshes if KEY in mesh.data.shape_keys.key_blocks)
    return actions.channels_of(keys).fcurves.find(f'key_blocks["{KEY}"].value')


@pytest.mark.skipif(not HAS_SOUND, reason="this module has no sound")
@pytest.mark.parametrize(
    ("kind", "rate"),
    [
        ("mapped", "24"),
        ("bundled", "59.94"),
        *(pytest.param("mapped", rate, marks=pytest.mark.one_blender) for rate in RATES if rate != "24"),
        *(pytest.param("bundled", rate, marks=pytest.mark.one_blender) for rate in ("23.976", "29.97", "60")),
    ],
)
def test_lips_close_within_half_a_frame_of_the_click(kind, rate, clicks, take, tmp_path, request):
    file = request.getfixturevalue(kind)
    lags = {}
    for name, place in PLACES.items():
        shutil.copy(file, tmp_path / "heads.blend")
        bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "heads.blend"))
        scene = bpy.context.scene
        scene.render.fps, scene.render.fps_base = RATES[rate]
        scene.frame_start, scene.frame_end = 1001, 1150
        settings = settings_of(scene)
        settings.audio_kind, settings.mix = "mix", str(clicks)
        place(scene, clicks)
        scene, settings = bpy.context.scene, settings_of(bpy.context.scene)
        write_take(bpy.context, take)
        scene.frame_start = 990

        found = sound_of(scene, tmp_path)
        if found is None:
            pytest.skip("the mixdown of this Blender writes no sound, as Debian's")
        assert len(found) == len(CLOSURES), name
        curve = curve_of(settings.head_a)
        lags[name] = max((closed(curve, at) - at for at in found), key=abs)

    assert {name: lag for name, lag in lags.items() if abs(lag) > HALF_A_FRAME} == {}
