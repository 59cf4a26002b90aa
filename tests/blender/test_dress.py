"""The looks of a head: every part has a material, hair follows the neck, dressing twice leaves one head of hair."""

import json
from pathlib import Path

import bpy
import numpy as np
import pytest
from duologue.addon.heads.hair import FLOW_NORMAL
from duologue.addon.heads.hair_styles import STYLES
from duologue.addon.heads.head_parts import PARTS
from duologue.addon.heads.materials import dress_head, paint_head
from duologue.addon.heads.rig import build_head, head_mesh
from duologue.addon.heads.shader_graph import REST_PLACE
from duologue.backend.contract.errors import ExitCode
from duologue.backend.contract.face import load_face

from tests.support.open_head import FACE_FILE, needs_open_head
from tests.support.refusals import refused

_ROOT = Path(__file__).resolve().parents[2]

pytestmark = needs_open_head


@pytest.fixture
def anna():
    bpy.ops.wm.read_factory_settings(use_empty=True)
    character = json.loads((_ROOT / "presets" / "characters" / "anna.json").read_text(encoding="utf-8"))
    return build_head(bpy.context, load_face(FACE_FILE), character, "Anna"), character


def _hair_of(armature):
    return [child for child in armature.children if child is not head_mesh(armature)]


def _strand_points(armature):
    """[n, 3] metres in FLAME axes."""
    (hair,) = (part for part in _hair_of(armature) if part.type == "CURVES")
    points = np.empty(3 * len(hair.data.points), np.float32)
    hair.data.position_data.foreach_get("vector", points)
    return points.reshape(-1, 3)


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

    assert sorted(part.type for part in _hair_of(armature)) == ["CURVES", "MESH"]
    assert [len(part.data.curves) for part in _hair_of(armature) if part.type == "CURVES"] == [
        STYLES["cropped"].strands
    ]


@pytest.mark.parametrize("style", sorted(STYLES))
def test_hair_stays_around_the_head_and_out_of_the_face(anna, style):
    armature, character = anna

    dress_head(armature, character | {"hair": {"style": style}})

    points = _strand_points(armature)
    before_the_face = (np.abs(points[:, 0]) < 0.045) & (points[:, 2] > 0.0) & (points[:, 1] < 0.05)
    assert np.isfinite(points).all()
    assert np.abs(points).max() < 0.3
    assert not before_the_face.any()


def test_hair_turns_with_the_head_and_is_not_deformed(anna):
    armature, character = anna
    dress_head(armature, character)
    hair = next(part for part in _hair_of(armature) if part.type == "CURVES")
    bpy.context.view_layer.update()
    before = hair.matrix_world.copy()

    armature.pose.bones["neck"].rotation_quaternion = (np.cos(0.2), 0.0, np.sin(0.2), 0.0)
    bpy.context.view_layer.update()

    turned = before.to_quaternion().rotation_difference(hair.matrix_world.to_quaternion())
    assert turned.angle == pytest.approx(0.4, abs=1e-5)
    assert not hair.modifiers


def test_hair_rests_in_the_axes_of_the_head(anna):
    armature, character = anna

    dress_head(armature, character)

    bpy.context.view_layer.update()
    for hair in _hair_of(armature):
        np.testing.assert_allclose(np.array(hair.matrix_world), np.array(armature.matrix_world), atol=1e-6)


def test_same_character_has_the_same_hair(anna):
    armature, character = anna
    dress_head(armature, character)
    first = _strand_points(armature)

    dress_head(armature, character)

    np.testing.assert_array_equal(_strand_points(armature), first)


def test_receding_hair_leaves_the_crown_bare(anna):
    armature, character = anna

    dress_head(armature, character | {"hair": {"style": "receding"}})

    crown = head_mesh(armature).data.vertices[load_face(FACE_FILE).landmarks["crown"]].co
    assert np.linalg.norm(_strand_points(armature) - np.array(crown), axis=1).min() > 0.03


@pytest.mark.parametrize("skin", [{"stubble": 1.2}, {"freckles": 1.0}, {"spots": 1.0}, {"wrinkles": 1.0}])
def test_marks_of_the_skin_are_made_of_nodes(anna, skin):
    armature, _ = anna
    dress_head(armature, {"skin": {}})
    plain = len(head_mesh(armature).data.materials[0].node_tree.nodes)

    dress_head(armature, {"skin": skin})

    assert len(head_mesh(armature).data.materials[0].node_tree.nodes) > plain


def test_no_hair_style_leaves_the_head_bald(anna):
    armature, character = anna

    dress_head(armature, character | {"hair": {"style": "none"}})

    assert _hair_of(armature) == []


def test_painting_again_keeps_the_materials_but_those_that_something_else_uses(anna):
    armature, character = anna
    dress_head(armature, character)
    slots = head_mesh(armature).data.materials
    before = {part: slots[number].as_pointer() for number, part in enumerate(PARTS)}
    other = bpy.data.meshes.new("an artist's")
    other.materials.append(slots[PARTS.index("iris")])

    dress_head(armature, character | {"eyes": {"colour": [0.4, 0.1, 0.1]}})

    after = {part: slots[number].as_pointer() for number, part in enumerate(PARTS)}
    assert {part for part in PARTS if before[part] != after[part]} == {"iris"}
    assert other.materials[0].as_pointer() == before["iris"]
    assert tuple(slots[PARTS.index("iris")].diffuse_color)[:3] == pytest.approx((0.4, 0.1, 0.1))


def _surface(material):
    """The shader a material ends in."""
    return next(node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED")


def _driven_value(material, key):
    """The sum of what the drivers of `material` that read `key` give now."""
    bpy.context.view_layer.update()
    tree = material.node_tree
    found = [
        curve
        for curve in tree.animation_data.drivers
        if any(f'"{key}"' in one.targets[0].data_path for one in curve.driver.variables)
    ]
    evaluated = tree.evaluated_get(bpy.context.evaluated_depsgraph_get())
    return sum(evaluated.path_resolve(curve.data_path) for curve in found), len(found)


@pytest.mark.parametrize(
    ("key", "material"), [("browInnerUp", "skin"), ("mouthSmileLeft", "skin"), ("browDownRight", "skin")]
)
def test_shape_keys_deepen_creases(anna, key, material):
    armature, character = anna
    dress_head(armature, character)
    mesh = head_mesh(armature)
    paint = mesh.data.materials[PARTS.index(material)]
    rest, drivers = _driven_value(paint, key)

    mesh.data.shape_keys.key_blocks[key].value = 1.0

    assert drivers > 0
    assert _driven_value(paint, key)[0] > rest + 0.4


def test_a_copy_that_is_painted_creases_by_its_own_shape_keys(anna):
    armature, character = anna
    dress_head(armature, character)
    bpy.ops.object.select_all(action="DESELECT")
    for one in (armature, *armature.children):
        one.select_set(state=True)
    bpy.context.view_layer.objects.active = armature
    bpy.ops.object.duplicate()
    copy = bpy.context.view_layer.objects.active

    paint_head(copy, character)

    skins = [head_mesh(one).data.materials[PARTS.index("skin")] for one in (armature, copy)]
    rest = [_driven_value(skin, "browInnerUp")[0] for skin in skins]
    head_mesh(copy).data.shape_keys.key_blocks["browInnerUp"].value = 1.0
    raised = [_driven_value(skin, "browInnerUp")[0] for skin in skins]
    assert copy is not armature
    assert raised[0] == pytest.approx(rest[0])
    assert raised[1] > rest[1] + 0.4


def _strands_of(armature):
    return next(part for part in _hair_of(armature) if part.type == "CURVES")


def _outwards(armature):
    """[n, 3]"""
    values = np.empty((len(_strands_of(armature).data.points), 3), np.float32)
    _strands_of(armature).data.attributes[FLOW_NORMAL].data.foreach_get("vector", values.ravel())
    return values


def test_hair_of_an_older_version_gets_what_its_new_material_reads(anna):
    armature, character = anna
    dress_head(armature, character)
    combed = _outwards(armature)
    curves = _strands_of(armature).data
    curves.attributes.remove(curves.attributes[FLOW_NORMAL])

    paint_head(armature, character)

    np.testing.assert_allclose(_outwards(armature), combed, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(_outwards(armature), axis=1), 1.0, atol=1e-5)


@pytest.mark.one_blender
def test_hair_without_its_outwards_direction_is_lit_as_any_surface(anna, tmp_path):
    """Rendered on a plane: the material is that of hair, and the plane has no such attribute."""
    armature, character = anna
    dress_head(armature, character)
    scene = bpy.context.scene
    bpy.ops.mesh.primitive_plane_add(location=(9.0, 0.0, 0.0))
    plane = bpy.context.object
    plane.data.materials.append(_strands_of(armature).data.materials[0])
    bpy.ops.object.light_add(type="SUN", location=(9.0, 0.0, 3.0))
    bpy.context.object.data.energy = 30.0
    bpy.ops.object.camera_add(location=(9.0, 0.0, 1.0))
    scene.camera = bpy.context.object
    scene.render.engine, scene.cycles.samples, scene.cycles.use_denoising = "CYCLES", 4, False
    scene.render.resolution_x = scene.render.resolution_y = 4
    scene.render.image_settings.file_format = "OPEN_EXR"
    scene.render.filepath = str(tmp_path / "plane.exr")

    bpy.ops.render.render(write_still=True)

    seen = np.array(bpy.data.images.load(scene.render.filepath).pixels[:]).reshape(-1, 4)[:, :3]
    assert np.isfinite(seen).all()
    assert seen.min() > 0.0


@pytest.mark.parametrize("paint", [paint_head, dress_head])
def test_a_head_in_edit_mode_is_not_painted_and_loses_nothing(anna, paint):
    armature, character = anna
    dress_head(armature, character)
    mesh = head_mesh(armature)
    mesh.data.attributes.remove(mesh.data.attributes[REST_PLACE])
    iris = mesh.data.materials[PARTS.index("iris")]
    before, hair = tuple(iris.diffuse_color), len(_hair_of(armature))
    bpy.context.view_layer.objects.active = mesh
    bpy.ops.object.mode_set(mode="EDIT")

    with refused(ExitCode.RIG_UNSUITABLE):
        paint(armature, character | {"eyes": {"colour": [0.4, 0.1, 0.1]}})
    bpy.ops.object.mode_set(mode="OBJECT")

    assert tuple(iris.diffuse_color) == before
    assert len(_hair_of(armature)) == hair
    paint(armature, character | {"eyes": {"colour": [0.4, 0.1, 0.1]}})
    assert REST_PLACE in mesh.data.attributes
    assert tuple(iris.diffuse_color)[:3] == pytest.approx((0.4, 0.1, 0.1))


@pytest.mark.parametrize("part", ["teeth", "tongue"])
def test_teeth_and_tongue_have_the_light_that_bounces_in_a_mouth(anna, part):
    armature, character = anna
    dress_head(armature, character)

    shader = _surface(head_mesh(armature).data.materials[PARTS.index(part)])

    assert 0.02 < shader.inputs["Emission Strength"].default_value < 0.15


def test_skin_has_it_inside_the_mouth_alone(anna):
    armature, character = anna
    dress_head(armature, character)

    strength = _surface(head_mesh(armature).data.materials[PARTS.index("skin")]).inputs["Emission Strength"]

    times = strength.links[0].from_node
    assert times.inputs[0].links[0].from_node.attribute_name == "mask_mouth_inside"
    assert 0.02 < times.inputs[1].default_value < 0.15


def test_painting_again_leaves_no_driver_of_the_paint_before(anna):
    armature, character = anna
    dress_head(armature, character)
    paint = head_mesh(armature).data.materials[0]
    before = len(paint.node_tree.animation_data.drivers)

    dress_head(armature, character)

    paint = head_mesh(armature).data.materials[0]
    assert len(paint.node_tree.animation_data.drivers) == before
    assert all(curve.is_valid for curve in paint.node_tree.animation_data.drivers)
    assert all(curve.driver.is_simple_expression for curve in paint.node_tree.animation_data.drivers)


def test_noise_of_the_skin_stays_on_the_skin(anna):
    armature, character = anna
    dress_head(armature, character)
    mesh = head_mesh(armature)
    paint = mesh.data.materials[0].node_tree
    sources = {
        link.from_node.bl_idname
        for node in paint.nodes
        if node.bl_idname == "ShaderNodeTexNoise"
        for link in node.inputs["Vector"].links
    }
    places = np.empty(3 * len(mesh.data.vertices), np.float32)
    mesh.data.attributes["rest_place"].data.foreach_get("vector", places)

    mesh.data.shape_keys.key_blocks["mouthSmileLeft"].value = 1.0
    bpy.context.view_layer.update()
    posed = mesh.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
    still = np.empty_like(places)
    posed.attributes["rest_place"].data.foreach_get("vector", still)

    assert sources <= {"ShaderNodeAttribute", "ShaderNodeMapping"}
    np.testing.assert_array_equal(still, places)


def test_iris_is_coloured_up_to_where_its_polygons_end(anna):
    armature, character = anna
    dress_head(armature, character)
    face = load_face(FACE_FILE)
    ramps = [
        node.color_ramp.elements
        for node in head_mesh(armature).data.materials[PARTS.index("iris")].node_tree.nodes
        if node.bl_idname == "ShaderNodeValToRGB"
    ]

    assert ramps[0][0].position == pytest.approx(face.extras["pupil_angle"], abs=2e-3)
    assert ramps[0][-1].position == pytest.approx(face.extras["iris_angle"], abs=2e-3)


def test_strands_know_the_outside_of_the_hair(anna):
    armature, character = anna
    dress_head(armature, character)
    (hair,) = (part for part in _hair_of(armature) if part.type == "CURVES")
    outwards = np.empty(3 * len(hair.data.points), np.float32)
    hair.data.attributes["flow_normal"].data.foreach_get("vector", outwards)
    outwards = outwards.reshape(-1, 3)

    np.testing.assert_allclose(np.linalg.norm(outwards, axis=1), 1.0, atol=1e-4)
    assert (outwards * _strand_points(armature))[:, 0].mean() > 0.0
