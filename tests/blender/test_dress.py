"""The looks of a head: every part has a material, hair follows the neck, dressing twice leaves one head of hair."""

import json
from pathlib import Path

import bpy
import numpy as np
import pytest
from duologue.addon.hair import STYLES
from duologue.addon.head_parts import PARTS
from duologue.addon.materials import dress_head
from duologue.addon.rig import build_head, head_mesh
from duologue.backend.contract.face import load_face

_ROOT = Path(__file__).resolve().parents[2]
_FACE = _ROOT / ".assets" / "faces" / "open-head-1.npz"

pytestmark = pytest.mark.skipif(not _FACE.is_file(), reason="python3 build.py setup derives the open head")


@pytest.fixture
def anna():
    bpy.ops.wm.read_factory_settings(use_empty=True)
    character = json.loads((_ROOT / "presets" / "characters" / "anna.json").read_text(encoding="utf-8"))
    return build_head(bpy.context, load_face(_FACE), character, "Anna"), character


def _hair_of(armature):
    return [child for child in armature.children if child is not head_mesh(armature)]


def test_every_part_has_a_material_and_polygons(anna):
    armature, character = anna

    dress_head(armature, character)

    mesh = head_mesh(armature).data
    used = np.empty(len(mesh.polygons), np.int32)
    mesh.polygons.foreach_get("material_index", used)
    assert [material is not None for material in mesh.materials] == [True] * len(PARTS)
    assert set(used.tolist()) == set(range(len(PARTS)))


def test_dressing_again_replaces_the_hair(anna):
    armature, character = anna

    dress_head(armature, character)
    dress_head(armature, character | {"hair": {"style": "cropped"}})

    assert len(_hair_of(armature)) == 1


@pytest.mark.parametrize("style", sorted(STYLES))
def test_hair_is_finite_and_turns_with_the_head(anna, style):
    armature, character = anna
    dress_head(armature, character | {"hair": {"style": style}})
    (hair,) = _hair_of(armature)

    coordinates = np.array([vertex.co for vertex in hair.data.vertices])

    assert np.isfinite(coordinates).all()
    assert np.abs(coordinates).max() < 0.3
    assert [group.name for group in hair.vertex_groups] == ["neck"]


def test_no_hair_style_leaves_the_head_bald(anna):
    armature, character = anna

    dress_head(armature, character | {"hair": {"style": "none"}})

    assert _hair_of(armature) == []
