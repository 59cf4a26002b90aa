"""A take made for the open head, played by heads of another face: keys land, and eyes are where they were."""

import bpy
import numpy as np
import pytest
from duologue.addon.heads.rig import build_head, head_mesh
from duologue.addon.keys import targets
from duologue.addon.keys.key_writing import write_take
from duologue.addon.settings.properties import settings_of
from duologue.addon.staging.sightline import eyes_midpoint
from duologue.backend.contract.constants import OPEN_HEAD
from duologue.backend.contract.errors import ExitCode
from duologue.backend.contract.face import Face, load_face
from duologue.backend.contract.performance import Performance, save_performance
from duologue.backend.contract.transfer import BasisTransfer, save_transfer, transfer_file

from tests.support.flame_arrays import flame_arrays
from tests.support.open_head import FACE_FILE, needs_open_head
from tests.support.refusals import refused

_FLAME = "flame-0123abcd"
_FRAMES = 6
_PEOPLE = ({"gender": -0.6, "age": 0.3}, {"gender": 0.8, "weight": 0.2})

pytestmark = needs_open_head


@pytest.fixture(scope="module")
def open_head():
    return load_face(FACE_FILE)


@pytest.fixture(scope="module")
def flame():
    arrays = flame_arrays(identities=4, expressions=6)
    return Face(
        id=_FLAME,
        **{name: arrays[name] for name in ("v_template", "shapedirs", "posedirs", "J_regressor", "weights")},
        f=arrays["f"].astype(np.int32),
        kintree_table=np.array([[-1, 0, 1, 1, 1], range(5)]),
        identity_names=tuple(f"identity_{index:03d}" for index in range(1, 5)),
        expression_names=tuple(f"expression_{index:03d}" for index in range(1, 7)),
        landmarks={},
        regions={},
    )


@pytest.fixture
def take(tmp_path):
    random = np.random.default_rng(1)
    path = tmp_path / "take-001" / "performance.npz"
    performance = Performance(
        fps=25.0,
        face=OPEN_HEAD,
        speakers=("Anna", "Ben"),
        expression=random.uniform(0.0, 0.5, size=(2, _FRAMES, 52)),
        pose=random.normal(0.0, 0.3, size=(2, _FRAMES, 5, 3)),
        translation=random.normal(size=(2, _FRAMES, 3)),
        speaking=np.zeros((2, _FRAMES)),
        meta={"characters": [{"identity": identity} for identity in _PEOPLE]},
    )
    save_performance(path, performance)
    return path


@pytest.fixture
def faces(tmp_path, monkeypatch):
    folder = tmp_path / "faces"
    folder.mkdir()
    monkeypatch.setattr(targets, "faces_folder", lambda: folder)
    return folder


def _keep_transfer(folder, source, target):
    """A transfer with made-up directions between two faces; joints are the faces' own."""
    random = np.random.default_rng(2)
    unknowns = len(target.expression_names) + 1
    directions = random.normal(size=(60, unknowns))
    endless = np.full(unknowns, np.inf)
    transfer = BasisTransfer(
        source=source.id,
        target=target.id,
        gram=directions.T @ directions,
        cross=directions.T @ random.normal(size=(60, len(source.expression_names) + 3)),
        lower=-endless,
        upper=endless,
        source_joints=source.J_regressor @ source.v_template,
        target_joints=target.J_regressor @ target.v_template,
        source_identity=source.identity_names,
        source_joint_directions=np.einsum("jv,vak->jak", source.J_regressor, source.identity_directions),
        jaw_gain=0.9,
        residual_millimetres=0.3,
    )
    save_transfer(transfer_file(folder, source.id, target.id), transfer)


def _played(scene, take, heads):
    """[2, T, 3] metres where the eyes are in each frame, after the keys are written."""
    settings_of(scene).head_a, settings_of(scene).head_b = heads
    write_take(bpy.context, take)
    found = []
    for frame in range(scene.frame_start, scene.frame_start + _FRAMES):
        scene.frame_set(frame)
        found.append([tuple(eyes_midpoint(head)) for head in heads])
    return np.array(found).transpose(1, 0, 2)


def test_eyes_are_where_they_were_whoever_plays(scene, take, faces, open_head, flame):
    _keep_transfer(faces, open_head, flame)
    first = [build_head(bpy.context, open_head, {"identity": person}, "Open") for person in _PEOPLE]
    others = ({"identity_001": 1.0, "identity_003": -2.0}, {"identity_002": 1.5})
    second = [build_head(bpy.context, flame, {"identity": other}, "Flame") for other in others]

    as_made, transferred = _played(scene, take, first), _played(scene, take, second)

    assert np.ptp(as_made, axis=1).min() > 0.1
    assert transferred == pytest.approx(as_made, abs=2e-6)
    for head in second:
        keys = head_mesh(head).data.shape_keys
        assert max(abs(keys.key_blocks[f"expression_{index:03d}"].value) for index in range(1, 7)) > 0.01


def test_without_a_transfer_nothing_is_written(scene, take, faces, flame):
    heads = [build_head(bpy.context, flame, {"identity": {}}, "Flame") for _ in range(2)]

    with refused(ExitCode.PERFORMANCE_INVALID):
        _played(scene, take, heads)

    assert all(head.animation_data is None for head in heads)
