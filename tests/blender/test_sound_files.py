"""Sound as Blender itself plays it: where the worker hears it, and where it lies in the sequencer."""

import json
import os
import subprocess
from pathlib import Path

import bpy
import numpy as np
import pytest
from duologue.addon.staging.sequencer import Sound, place_sounds

HAS_SOUND = bpy.app.build_options.audaspace
ROOT = Path(__file__).resolve().parents[2]
BURSTS, SECONDS, BURST_SECONDS = (1.0, 2.5), 3.0, 0.02
FFMPEG_OF_THE_WORKER = 62
"""libavcodec's major version; earlier ones keep an encoder's delay in Matroska files, up to one packet."""

pytestmark = pytest.mark.skipif(not HAS_SOUND, reason="this module has no sound")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Files of every kind, and where the worker hears them."""
    folder = tmp_path_factory.mktemp("made")
    subprocess.run(
        [os.environ["DUOLOGUE_PYTHON"], ROOT / "tests" / "support" / "made_sound.py", folder],
        check=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    return folder, json.loads((folder / "heard.json").read_text())


def burst_times(path):
    """Seconds at which the two bursts begin as Blender decodes the file, and its length."""
    import aud

    sound = aud.Sound(str(path))
    samples, rate = sound.data()[:, 0].astype(float), sound.specs[0]
    energy = samples**2
    width = round(2 * BURST_SECONDS * rate)
    found = []
    for start in BURSTS:
        part = slice(round((start - 0.2) * rate), round((start + 0.7) * rate))
        peak = part.start + int(energy[part].argmax())
        around = slice(peak - width, peak + width)
        found.append(float(energy[around] @ np.arange(around.start, around.stop) / energy[around].sum() / rate))
    return [at - BURST_SECONDS / 2 for at in found], len(samples) / rate


def test_the_worker_hears_every_file_where_blender_plays_it(made):
    folder, times_by_file = made
    assert len(times_by_file) >= 25
    for name, worker in times_by_file.items():
        older = bpy.app.ffmpeg.avcodec_version[0] < FFMPEG_OF_THE_WORKER and name.endswith((".mkv", ".mka", ".webm"))
        tolerance = 0.025 if older else 0.002

        times, seconds = burst_times(folder / name)

        assert times == pytest.approx(worker["at"], abs=tolerance), name
        assert seconds == pytest.approx(worker["seconds"], abs=0.05), name  # Blender leaves a decoder's last packet


@pytest.mark.parametrize("name", ["a.m4a", "a.opus", "film.mp4", "film.mkv", "alac.caf"])
def test_what_the_worker_reads_is_placed(made, scene, name):
    assert place_sounds(scene, [Sound(made[0] / name)], 1) == []

    assert len(scene.sequence_editor.sequences_all if bpy.app.version < (4, 4) else scene.sequence_editor.strips) == 1


def test_a_sound_that_begins_later_is_heard_later(made, scene, tmp_path):
    scene.frame_end = 110
    assert place_sounds(scene, [Sound(made[0] / "pcm.wav", 0.513)], 11) == []
    mixed = tmp_path / "mixed.wav"
    scene.frame_start = 11
    bpy.ops.sound.mixdown(filepath=str(mixed), container="WAV", codec="PCM", format="F32", mixrate=48_000)
    if not mixed.exists() or mixed.stat().st_size <= 44:  # a header alone
        pytest.skip("the mixdown of this Blender writes no sound, as Debian's")

    times, _ = burst_times(mixed)

    assert times == pytest.approx([burst + 0.513 for burst in BURSTS], abs=0.002)


def test_what_blender_cannot_play_is_told_and_not_placed(scene, tmp_path):
    text = tmp_path / "a.wav"
    text.write_text("Anna: hello" * 20)

    warnings = place_sounds(scene, [Sound(text)], 1)

    assert len(warnings) == 1
    assert text.name in warnings[0]
    assert len(scene.sequence_editor.strips) == 0


def test_a_sound_beside_the_blend_goes_along_with_its_folder(made, scene, tmp_path):
    project = tmp_path / "project"
    project.mkdir()
    sound = project / "pcm.wav"
    sound.write_bytes((made[0] / "pcm.wav").read_bytes())
    bpy.ops.wm.save_as_mainfile(filepath=str(project / "shot.blend"))
    try:
        assert place_sounds(bpy.context.scene, [Sound(sound)], 1) == []
        bpy.ops.wm.save_mainfile()
        project.rename(tmp_path / "moved")
        bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "moved" / "shot.blend"))

        editor = bpy.context.scene.sequence_editor
        strip = (editor.strips if hasattr(editor, "strips") else editor.sequences)[0]
        assert strip.sound.filepath == "//pcm.wav"
        assert strip.sound.samplerate > 0
        assert place_sounds(bpy.context.scene, [Sound(tmp_path / "moved" / "pcm.wav")], 1) == []
    finally:
        bpy.ops.wm.read_factory_settings(use_empty=True)
