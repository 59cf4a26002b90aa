"""The real open head in Blender against FLAME's formula."""

import bpy
import numpy as np
from duologue.addon.heads.rig import BONE_NAMES, build_head, head_mesh
from duologue.backend.contract.face import load_face
from mathutils import Matrix

from tests.support.flame_reference import posed_vertices, rotation
from tests.support.open_head import FACE_FILE, needs_open_head

_TWENTIETH_OF_A_MILLIMETRE = 5e-5

pytestmark = needs_open_head


def test_evaluated_open_head_equals_flame_skinning():
    bpy.ops.wm.read_factory_settings(use_empty=True)
    face = load_face(FACE_FILE)
    identity = {"gender": -0.6, "age": 0.3, "nose_hump": 0.5}
    armature = build_head(bpy.context, face, {"identity": identity}, "Anna")
    shaped = face.v_template + face.identity_directions @ [identity.get(name, 0.0) for name in face.identity_names]
    keys = head_mesh(armature).data.shape_keys.key_blocks
    random = np.random.default_rng(2)
    for _ in range(3):
        pose = random.normal(scale=0.2, size=(5, 3))
        expression = random.uniform(0.0, 1.0, size=len(face.expression_names))
        for name, vector in zip(BONE_NAMES, pose, strict=True):
            armature.pose.bones[name].rotation_quaternion = Matrix(rotation(vector)).to_quaternion()
        for name, value in zip(face.expression_names, expression, strict=True):
            if name in keys:
                keys[name].value = value
        bpy.context.view_layer.update()
        evaluated = head_mesh(armature).evaluated_get(bpy.context.evaluated_depsgraph_get())
        found = np.array([vertex.co for vertex in evaluated.data.vertices])

        expected = posed_vertices(face, shaped, expression, pose, np.zeros(3))

        assert np.abs(found - expected).max() < _TWENTIETH_OF_A_MILLIMETRE
