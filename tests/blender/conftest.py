"""Loads the checkout as the package `duologue`, whatever its folder is called, and registers it in this Blender."""

import importlib.util
import itertools
import os
import shutil
import sys
from pathlib import Path

import bpy
import pytest

from building.blenders import Blender

ROOT = Path(__file__).resolve().parents[2]

if "duologue" not in sys.modules:
    spec = importlib.util.spec_from_file_location(
        "duologue", ROOT / "__init__.py", submodule_search_locations=[str(ROOT)]
    )
    package = importlib.util.module_from_spec(spec)
    sys.modules["duologue"] = package
    spec.loader.exec_module(package)


_exit_status = pytest.StashKey[int]()


def pytest_sessionfinish(session, exitstatus):
    session.config.stash[_exit_status] = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config):
    """Leave before Python takes the module down: 4.2's crashes then, where a property ever had an update callback."""
    if not bpy.app.binary_path and _exit_status in config.stash:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(config.stash[_exit_status])


@pytest.fixture(scope="session", autouse=True)
def registered():
    package = sys.modules["duologue"]
    bpy.ops.wm.read_factory_settings(use_empty=True)
    package.register()
    yield package
    package.unregister()


@pytest.fixture(scope="session")
def blender():
    """The kind of Blender that the tests run in, to start another one."""
    program = bool(bpy.app.binary_path)
    return Blender("this one", (bpy.app.binary_path if program else sys.executable,), program)


@pytest.fixture
def scene():
    """An empty scene at 25 frames a second."""
    return _new_scene()


def _new_scene():
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.context.scene.render.fps, bpy.context.scene.render.fps_base = 25, 1.0
    return bpy.context.scene


def _settings():
    from duologue.addon.settings.properties import settings_of

    return settings_of(bpy.context.scene)


@pytest.fixture
def own(tmp_path, monkeypatch):
    """Blender's own folders are temporary ones; this is where the artist's presets go."""
    folder = tmp_path / "presets"
    monkeypatch.setattr(bpy.utils, "user_resource", lambda *_, **__: str(folder))
    return folder


@pytest.fixture
def take_folders(tmp_path, monkeypatch):
    """Takes are written into `tmp_path`, one folder after the other."""
    numbers = itertools.count()

    def new_folder():
        while (folder := tmp_path / f"take-{next(numbers)}").exists():
            continue
        folder.mkdir()
        return folder

    monkeypatch.setattr("duologue.addon.interface.operators.generate.new_take_folder", new_folder)


_FIRST_TAKE = "take-0"


@pytest.fixture(scope="session")
def pair_file(tmp_path_factory, registered):
    """A .blend with two dressed heads that play nothing yet, without sound. To open it takes a tenth of making it."""
    from tests.support.open_head import FACE_FILE

    if not FACE_FILE.is_file():
        pytest.skip("python3 build.py setup derives the open head")
    file = tmp_path_factory.mktemp("pair") / "pair.blend"
    _new_scene()
    assert bpy.ops.duologue.add_conversation() == {"FINISHED"}, _settings().message
    bpy.ops.wm.save_as_mainfile(filepath=str(file), copy=True, relative_remap=False)
    return file


@pytest.fixture
def pair(pair_file):
    """The scene of `pair_file`, which counts as never saved."""
    bpy.ops.wm.read_homefile(filepath=str(pair_file))
    return bpy.context.scene


@pytest.fixture(scope="session")
def played_file(tmp_path_factory, pair_file):
    """A .blend in which the two of `pair_file` play a take of two seconds, which lies beside it as `take-0`."""
    from tests.support.staged_worker import fake_python, write_wave

    folder = tmp_path_factory.mktemp("played")
    bpy.ops.wm.read_homefile(filepath=str(pair_file))
    settings = _settings()
    settings.track_a, settings.track_b = str(write_wave(folder / "a.wav")), str(write_wave(folder / "b.wav"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DUOLOGUE_PYTHON", str(fake_python(folder, "good")))
        patch.setattr(
            "duologue.addon.interface.operators.generate.new_take_folder", lambda: _made(folder / _FIRST_TAKE)
        )
        assert bpy.ops.duologue.generate() == {"FINISHED"}, settings.message
    file = folder / "played.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(file), copy=True, relative_remap=False)
    return file


def _made(folder):
    folder.mkdir()
    return folder


@pytest.fixture
def played(played_file, take_folders, tmp_path, monkeypatch):
    """Two heads that play a take of two seconds, made by a fake worker with seed 0; it tells its staging.

    The .blend counts as never saved.
    """
    from tests.support.staged_worker import fake_python

    monkeypatch.setenv("DUOLOGUE_PYTHON", str(fake_python(tmp_path, "good")))
    shutil.copytree(played_file.with_name(_FIRST_TAKE), tmp_path / _FIRST_TAKE)
    bpy.ops.wm.read_homefile(filepath=str(played_file))
    _settings().take = str(tmp_path / _FIRST_TAKE / "performance.npz")
    return bpy.context.scene


@pytest.fixture
def project(pair, tmp_path, monkeypatch):
    """The folder of an unsaved scene with two heads and sound; the user's settings and the bin are elsewhere."""
    from tests.support.staged_worker import fake_python, write_wave

    folder = tmp_path / "Projekt Größe 1"
    folder.mkdir()
    monkeypatch.setenv("DUOLOGUE_PYTHON", str(fake_python(tmp_path, "good")))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr(bpy.utils, "user_resource", lambda *_, **__: str(tmp_path / "user"))
    settings = _settings()
    settings.track_a, settings.track_b = str(write_wave(folder / "a.wav")), str(write_wave(folder / "b ä.wav"))
    return folder


@pytest.fixture
def saved_project(project):
    """The same folder; the scene is saved in it as `scene.blend`."""
    from tests.support.blend_files import save

    save(project / "scene.blend")
    return project


@pytest.fixture
def written(played, tmp_path):
    """The scene, and a function that writes the talking take with settings and gives back what was written."""
    from duologue.addon.keys.key_writing import write_take
    from duologue.backend.contract.performance import save_performance

    from tests.support.talking_take import talking

    take = tmp_path / "take-talking" / "performance.npz"
    save_performance(take, talking())

    def write(**keys):
        for name, value in keys.items():
            setattr(_settings().key_writing, name, value)
        return write_take(bpy.context, take)

    return played, write


@pytest.fixture
def anna(scene):
    """A bundled head with its board of controls."""
    from tests.support.control_board import with_controls
    from tests.support.open_head import FACE_FILE

    if not FACE_FILE.is_file():
        pytest.skip("python3 build.py setup derives the open head")
    return with_controls("Anna")


@pytest.fixture
def character(scene, own):
    """An ARKit character that spells its own way and lacks two keys; the first head of the scene."""
    from duologue.backend.contract.arkit import ARKIT_NAMES

    from tests.support.mapped_rig import rig

    keys = [name.replace("Left", "_L").replace("Right", "_R") for name in ARKIT_NAMES if "tongue" not in name]
    keys.remove("cheekPuff")
    made = rig("Ada", [*keys, "Smirk"], meshes=2)
    _settings().head_a = made
    return made


@pytest.fixture
def mapped(character):
    """The same character, mapped by its preset."""
    assert bpy.ops.duologue.auto_map() == {"FINISHED"}
    return character


@pytest.fixture
def by_hand(played):
    """Nothing of Duologue's is on the first head; its face and neck have actions of the artist's."""
    import numpy as np
    from duologue.addon.keys import actions, assigning
    from duologue.addon.retargeting.curves import Curve

    from tests.support.key_modes import FRAMES, NECK, SMILE, faces, write

    write(played)
    bpy.ops.duologue.remove_keys()
    head, keys = _settings().head_a, faces(played)[0]
    for owner, curves in (
        (keys, [Curve(SMILE, 0, np.array([0.1, 0.4, 0.2]), "mine")]),
        (head, [Curve(NECK, axis, np.full(3, value), "mine") for axis, value in enumerate((0.8, 0.6, 0.0, 0.0))]),
    ):
        owner.animation_data_clear()
        assigning.assign_new_action(owner, f"mine {owner.id_type}")
        owner.animation_data.action.pop(actions.OWN_PROPERTY)
        actions.write_curves(owner, curves, FRAMES)
    return played


@pytest.fixture
def conversation(pair, tmp_path, monkeypatch):
    """Anna and Ben, dressed; Blender's own folders are temporary ones."""
    monkeypatch.setattr(
        bpy.utils, "user_resource", lambda _kind, *, path="", create=False: str(tmp_path / "settings" / path)
    )
    return _settings()


@pytest.fixture
def reacting(pair, take_folders, tmp_path, monkeypatch):
    """Both heads play `take_of()`; the fake worker answers the next Generate."""
    from duologue.addon.keys.key_writing import write_take
    from duologue.backend.contract.performance import save_performance

    from tests.support.reacting import take_of
    from tests.support.staged_worker import fake_python, write_wave

    monkeypatch.setenv("DUOLOGUE_PYTHON", str(fake_python(tmp_path, "good")))
    settings = _settings()
    settings.track_a, settings.track_b = str(write_wave(tmp_path / "a.wav")), str(write_wave(tmp_path / "b.wav"))
    take = tmp_path / "first" / "performance.npz"
    save_performance(take, take_of())
    write_take(bpy.context, take)
    pair.frame_end = 100
    return pair
