"""The examples in docs/examples do what they say, in this Blender."""

import runpy
import sys
from pathlib import Path

import bpy
import pytest
from duologue.addon.settings.properties import settings_of
from duologue.backend.contract.arkit import ARKIT_NAMES

from tests.blender.test_mapping_operators import rig
from tests.support.staged_worker import fake_python, write_wave

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"


@pytest.fixture
def backend(scene, tmp_path, monkeypatch):
    monkeypatch.setenv("DUOLOGUE_PYTHON", str(fake_python(tmp_path, "good")))
    monkeypatch.setattr(bpy.utils, "user_resource", lambda *_, **__: str(tmp_path / "user"))


def run(monkeypatch, name, *words):
    monkeypatch.setattr(sys, "argv", ["blender", "-b", "--python", name, "--", *map(str, words)])
    runpy.run_path(str(EXAMPLES / name), run_name="__main__")


def test_a_folder_of_dialogues_becomes_named_takes(backend, tmp_path, monkeypatch):
    folder = tmp_path / "dialogues"
    folder.mkdir()
    for name in ("scene 1", "scene 2"):
        for person in "ab":
            write_wave(folder / f"{name}_{person}.wav")

    run(monkeypatch, "batch_takes.py", folder, tmp_path / "out.blend")

    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "out.blend"))
    bpy.ops.duologue.refresh_takes()
    found = bpy.context.window_manager.duologue_takes.rows
    assert [(row.title, row.star) for row in found] == [("scene 1", True), ("scene 2", True)]
    assert Path(settings_of(bpy.context.scene).track_b).name == "scene 2_b.wav"


def test_a_rig_of_one_s_own_is_mapped_animated_and_exported(backend, tmp_path, monkeypatch):
    first, second = (rig(name, ARKIT_NAMES) for name in ("Ada", "Bo"))
    second.location.x = 1.0
    audio = [write_wave(tmp_path / f"{person}.wav") for person in "ab"]

    run(monkeypatch, "own_rig.py", first.name, second.name, *audio, tmp_path / "take.json")

    assert (tmp_path / "take.json").is_file()
    keys = bpy.data.objects["Ada 0"].data.shape_keys
    assert tuple(keys.animation_data.action.frame_range) == (1001.0, 1050.0)


def test_own_rigs_without_sound_end_with_the_number_of_what_is_wrong(backend, tmp_path, monkeypatch):
    for name in ("Ada", "Bo"):
        rig(name, ARKIT_NAMES)

    with pytest.raises(SystemExit, match="10"):
        run(monkeypatch, "own_rig.py", "Ada", "Bo", tmp_path / "a.wav", tmp_path / "b.wav", tmp_path / "take.csv")


def test_the_worker_runs_without_blender(tmp_path):
    example = runpy.run_path(str(EXAMPLES / "worker_job.py"))
    audio = [str(write_wave(tmp_path / f"{person}.wav")) for person in "ab"]

    take = example["run"](EXAMPLES.parents[1], audio, tmp_path / "job", str(fake_python(tmp_path, "good")))

    assert take == {"frames": 50, "frames a second": 25.0, "components": 52, "speaking": [0.5, 0.5], "seed": 0}


def test_the_worker_s_exit_code_is_the_example_s(tmp_path):
    example = runpy.run_path(str(EXAMPLES / "worker_job.py"))

    with pytest.raises(SystemExit) as caught:
        example["run"](
            EXAMPLES.parents[1], ["a.wav", "b.wav"], tmp_path / "job", str(fake_python(tmp_path, "no-torch"))
        )

    assert caught.value.code == 50
