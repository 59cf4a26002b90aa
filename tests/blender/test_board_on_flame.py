"""The control board of a face whose expressions have no names: its shapes are combined from the face's components."""

from dataclasses import replace

import bpy
import numpy as np
import pytest
from duologue.addon.heads import polish_components
from duologue.addon.heads.control_board import CONTROLS, KEY_PREFIX, PULLS, TRAVEL
from duologue.addon.heads.controls import add_controls, controls_of, has_all_controls
from duologue.addon.heads.reshape import reshape_head
from duologue.addon.heads.rig import build_head, head_mesh
from duologue.addon.keys import partner
from duologue.addon.settings.properties import settings_of
from duologue.addon.steps import at_once
from duologue.backend.contract.arkit import ARKIT_INDEX, ARKIT_NAMES
from duologue.backend.contract.constants import OPEN_HEAD
from duologue.backend.contract.face import load_face
from duologue.backend.contract.transfer import BasisTransfer, save_transfer, transfer_file

from tests.support.head_comparison import coordinates
from tests.support.open_head import FACE_FILE, needs_open_head

_COUNT = len(ARKIT_NAMES)
_ID = "flame-mixed"

pytestmark = needs_open_head


@pytest.fixture(scope="module")
def open_head():
    return load_face(FACE_FILE)


@pytest.fixture(scope="module")
def mixture():
    """[52, 52] how the face's components are mixed from the open head's; an orthogonal matrix."""
    return np.linalg.qr(np.random.default_rng(3).normal(size=(_COUNT, _COUNT)))[0]


@pytest.fixture(scope="module")
def mixed(open_head, mixture):
    """The open head whose expressions are mixtures that mean nothing one by one, as FLAME's do."""
    identity = open_head.shapedirs[:, :, :-_COUNT]
    expression = open_head.expression_directions @ mixture.T
    return replace(
        open_head,
        id=_ID,
        shapedirs=np.concatenate([identity, expression], axis=2).astype(np.float32),
        expression_names=tuple(f"expression_{number:03d}" for number in range(1, _COUNT + 1)),
    )


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(polish_components, "faces_folder", lambda: tmp_path)
    return tmp_path


def keep_transfers(folder, mixture):
    joints = {"source_joints": np.zeros((5, 3)), "target_joints": np.zeros((5, 3))}
    for source, target, cross, lower, upper in (
        (OPEN_HEAD, _ID, mixture, -np.inf, np.inf),
        (_ID, OPEN_HEAD, mixture.T, 0.0, 1.0),
    ):
        transfer = BasisTransfer(
            source=source,
            target=target,
            gram=np.eye(_COUNT + 1),
            cross=np.pad(cross, ((0, 1), (0, 3))),
            lower=np.full(_COUNT + 1, lower),
            upper=np.full(_COUNT + 1, upper),
            **joints,
            source_identity=(),
            source_joint_directions=np.zeros((5, 3, 0)),
            jaw_gain=1.0,
            residual_millimetres=0.1,
        )
        save_transfer(transfer_file(folder, source, target), transfer)


def with_controls(face):
    head = build_head(bpy.context, face, {}, "Anna")
    return head, add_controls(head, head_mesh(head))


def surface(armature):
    bpy.context.view_layer.update()
    evaluated = head_mesh(armature).evaluated_get(bpy.context.evaluated_depsgraph_get())
    return coordinates(evaluated.data.vertices).reshape(-1, 3)


def test_every_shape_is_combined_from_the_face_s_components(scene, folder, open_head, mixed, mixture):
    keep_transfers(folder, mixture)
    head, lacking = with_controls(mixed)
    blocks = head_mesh(head).data.shape_keys.key_blocks
    basis = coordinates(blocks[0].data)

    assert lacking == ()
    assert [bone.name for bone in controls_of(head)] == [control.name for control in CONTROLS]
    for pull in PULLS:
        wanted = sum(
            amount * open_head.expression_directions[:, :, ARKIT_INDEX[name]]
            for name, amount in pull.components.items()
        )
        np.testing.assert_allclose(coordinates(blocks[pull.key].data) - basis, wanted.ravel(), atol=2e-5)
    head.pose.bones["control corner.L"].location.y = 0.5 * TRAVEL
    bpy.context.view_layer.update()
    assert blocks[f"{KEY_PREFIX}mouthSmileLeft"].value == pytest.approx(0.5, abs=1e-5)


def test_a_shape_that_the_face_cannot_make_is_left_out_and_named(scene, folder, mixed, mixture):
    unable = mixture.copy()
    unable[:, [ARKIT_INDEX["eyeBlinkLeft"], ARKIT_INDEX["browInnerUp"]]] *= 0.3
    keep_transfers(folder, unable)

    head, lacking = with_controls(mixed)

    assert set(lacking) == {"Lid", "Inner"}
    names = [bone.name for bone in controls_of(head)]
    assert "control brow inner" not in names
    assert head.pose.bones["control lid.L"].lock_location[1] is False
    limit = next(
        constraint for constraint in head.pose.bones["control lid.L"].constraints if constraint.type == "LIMIT_LOCATION"
    )
    assert (limit.min_y, limit.max_y) == pytest.approx((0.0, TRAVEL))


def test_a_board_is_completed_once_the_face_is_imported(scene, folder, mixed, mixture):
    head, lacking = with_controls(mixed)
    settings_of(scene).head_a = head
    head.pose.bones["control jaw"].location.y = -0.5 * TRAVEL
    assert {"Brow", "Lid", "Corner"} < set(lacking)
    assert not has_all_controls(head)

    keep_transfers(folder, mixture)
    assert bpy.ops.duologue.add_controls(person="first") == {"FINISHED"}

    assert has_all_controls(head)
    assert head.pose.bones["control jaw"].location.y == pytest.approx(-0.5 * TRAVEL)
    constraints = [constraint.type for constraint in head.pose.bones["control jaw"].constraints]
    assert constraints == ["LIMIT_LOCATION"]
    assert len(head.pose.bones["jaw"].constraints) == 1
    assert bpy.ops.duologue.add_controls(person="first") == {"CANCELLED"}


def test_a_partner_is_read_back_in_the_face_s_components(scene, folder, mixed, mixture):
    keep_transfers(folder, mixture)
    head, _ = with_controls(mixed)
    head.pose.bones["control corner.L"].location.y = 0.5 * TRAVEL

    seen = at_once(partner._own_head(scene, head, np.array([1.0])))

    np.testing.assert_allclose(seen.expression[0], 0.5 * mixture[:, ARKIT_INDEX["mouthSmileLeft"]], atol=2e-4)


def test_a_polished_shape_goes_along_as_the_head_is_reshaped(scene, folder, mixed, mixture):
    keep_transfers(folder, mixture)
    head, _ = with_controls(mixed)
    blocks = head_mesh(head).data.shape_keys.key_blocks
    key = blocks[f"{KEY_PREFIX}mouthSmileLeft"]
    before = coordinates(key.data) - coordinates(blocks[0].data)

    reshape_head(head, mixed, {"gender": 0.9})

    np.testing.assert_allclose(coordinates(key.data) - coordinates(blocks[0].data), before, atol=1e-6)
    rest = surface(head)
    head.pose.bones["control corner.L"].location.y = TRAVEL
    np.testing.assert_allclose(surface(head) - rest, before.reshape(-1, 3), atol=1e-5)
