"""FLAME's skinning formula, written down once more and independently, for golden tests."""

import numpy as np


def rotation(axis_angle):
    """[3] axis-angle radians → [3, 3] (Rodrigues)."""
    angle = np.linalg.norm(axis_angle)
    if angle < 1e-12:
        return np.eye(3)
    x, y, z = np.asarray(axis_angle) / angle
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross


def posed_vertices(face, shaped, expression, pose, translation):
    """[V, 3] metres; joints rest where identity alone puts them, as in the rig."""
    joints = face.J_regressor @ shaped
    rotations = np.stack([rotation(turn) for turn in pose])
    feature = (rotations[1:] - np.eye(3)).reshape(-1)
    rest = shaped + face.expression_directions @ expression + face.posedirs @ feature
    parents = [-1, 0, 1, 1, 1]
    world = np.zeros((5, 4, 4))
    for joint, parent in enumerate(parents):
        local = np.eye(4)
        local[:3, :3] = rotations[joint]
        local[:3, 3] = joints[joint] - (joints[parent] if parent >= 0 else 0)
        world[joint] = world[parent] @ local if parent >= 0 else local
    skinning = world.copy()
    skinning[:, :3, 3] -= np.einsum("jab,jb->ja", world[:, :3, :3], joints)
    blended = np.einsum("vj,jab->vab", face.weights, skinning)
    return np.einsum("vab,vb->va", blended[:, :3, :3], rest) + blended[:, :3, 3] + translation


def synthetic_face(face_class, seed=0, vertices=600, expressions=6):
    """A smooth random head-sized face with every pose corrective in use."""
    random = np.random.default_rng(seed)
    directions = random.normal(size=(vertices, 3))
    template = directions / np.linalg.norm(directions, axis=1, keepdims=True) * [0.08, 0.12, 0.1]
    triangles = np.array([(i, (i + 1) % vertices, (i + 2) % vertices) for i in range(vertices)], np.int32)
    joints = np.array([[0, -0.12, 0], [0, -0.05, 0], [0, -0.01, 0.01], [0.03, 0.02, 0.07], [-0.03, 0.02, 0.07]])
    regressor = np.zeros((5, vertices))
    for row, joint in enumerate(joints):
        nearest = np.argsort(np.linalg.norm(template - joint, axis=1))[:4]
        regressor[row, nearest] = 0.25
    weights = random.dirichlet([0.4] * 5, size=vertices)
    return face_class(
        id="synthetic",
        v_template=template,
        f=triangles,
        shapedirs=0.004 * random.normal(size=(vertices, 3, 2 + expressions)),
        posedirs=0.002 * random.normal(size=(vertices, 3, 36)),
        J_regressor=regressor,
        weights=weights,
        kintree_table=np.array([[-1, 0, 1, 1, 1], [0, 1, 2, 3, 4]]),
        expression_names=tuple(f"expression{i}" for i in range(expressions)),
        identity_names=("wide", "tall"),
        landmarks={},
        regions={},
        masks={"lips": random.random(vertices)},
    )
