"""A head in FLAME's layout and size that anybody may have, as NumPy arrays by FLAME's keys."""

import itertools

import numpy as np

VERTICES, TRIANGLES = 5023, 9976
EYE_RADIUS = 0.012
JOINTS = np.array(
    [[0.0, -0.12, -0.02], [0.0, -0.075, -0.03], [0.0, -0.01, 0.0], [0.0315, 0.02, 0.0687], [-0.0315, 0.02, 0.0687]]
)
MOUTH_HEIGHT, MOUTH_HALF = -0.045, 0.025
_RINGS, _SEGMENTS = 66, 60


def flame_arrays(seed=0, identities=300, expressions=100, jaw=True):
    """FLAME's arrays by FLAME's keys: 5,023 vertices, 9,976 triangles, random but smooth bases, all 36 correctives."""
    random = np.random.default_rng(seed)
    skin, skin_triangles = _skin()
    eye, eye_triangles = _eyeball()
    template = np.concatenate([skin, eye + JOINTS[3], eye + JOINTS[4]])
    shifted = [skin_triangles, eye_triangles + len(skin), eye_triangles + len(skin) + len(eye)]
    weights = _weights(skin, len(eye))
    identity = _smooth(random, template, identities, 0.003)
    expression = _smooth(random, template, expressions, 0.002)
    expression[len(skin) :] = 0.0
    posedirs = _smooth(random, template, 36, 0.001)
    regressor = _regressor(template, len(skin), len(eye))
    parents = [2**32 - 1, 0, 1, 1, 1]
    joints = [0, 1, 2, 3, 4]
    if not jaw:
        keep = [0, 1, 3, 4]
        reach = template - JOINTS[2]
        expression[:, :, 0] = 0.25 * weights[:, 2:3] * np.c_[0.0 * reach[:, 0], -reach[:, 2], reach[:, 1]]
        weights = np.delete(weights, 2, axis=1)
        weights[:, 1] += 1.0 - weights.sum(axis=1)
        posedirs, regressor = np.delete(posedirs, np.s_[9:18], axis=2), regressor[keep]
        parents, joints = [2**32 - 1, 0, 1, 1], [0, 1, 2, 3]
    return {
        "v_template": template,
        "f": np.concatenate(shifted).astype(np.uint32),
        "shapedirs": np.concatenate([identity, expression], axis=2),
        "posedirs": posedirs,
        "J_regressor": regressor,
        "weights": weights,
        "kintree_table": np.array([parents, joints], np.int64),
        "J": regressor @ template,
        "bs_style": "lbs",
        "bs_type": "lrotmin",
    }


def _skin():
    """[3931, 3] and [7800, 3]: rings from the crown down to the neck, closer together in front."""
    points, rings = [np.array([[0.0, 0.125, -0.01]])], []
    first = 1
    for ring in range(1, _RINGS + 1):
        count = _SEGMENTS // 2 if ring == 1 else _SEGMENTS
        polar = np.deg2rad(150.0) * ring / _RINGS
        turn = 2.0 * np.pi * np.arange(count) / count
        turn = turn - 0.62 * np.sin(turn)
        sine = np.sin(polar)
        x, z = 0.075 * sine * np.sin(turn), 0.095 * sine * np.cos(turn)
        points.append(np.c_[x, np.full(count, 0.135 * np.cos(polar) - 0.01), z - 0.01])
        rings.append(first + np.arange(count))
        first += count
    skin = np.concatenate(points)
    front = skin[:, 2] > 0.02
    nose = np.exp(-((skin[:, 0] / 0.010) ** 2) - ((skin[:, 1] + 0.012) / 0.016) ** 2)
    chin = np.exp(-((skin[:, 0] / 0.02) ** 2) - ((skin[:, 1] + 0.085) / 0.015) ** 2)
    skin[:, 2] += front * (0.022 * nose + 0.016 * chin)
    triangles = [np.c_[np.zeros(30, int), rings[0], np.roll(rings[0], -1)]]
    here, there = rings[0], rings[1]
    middle, after = there[1::2], np.roll(there[::2], -1)
    triangles += [np.c_[here, there[::2], middle], np.c_[here, middle, np.roll(here, -1)]]
    triangles += [np.c_[np.roll(here, -1), middle, after]]
    for here, there in itertools.pairwise(rings[1:]):
        triangles += [np.c_[here, there, np.roll(there, -1)], np.c_[here, np.roll(there, -1), np.roll(here, -1)]]
    return skin, np.concatenate(triangles)


def _eyeball():
    """[546, 3] and [1088, 3]: 17 rings of 32 around a pole in front, as FLAME's."""
    around = 2.0 * np.pi * np.arange(32) / 32
    points = [np.array([[0.0, 0.0, 1.0]])]
    for ring in range(1, 18):
        angle = np.pi * ring / 18
        points.append(np.c_[np.sin(angle) * np.cos(around), np.sin(angle) * np.sin(around), np.full(32, np.cos(angle))])
    points.append(np.array([[0.0, 0.0, -1.0]]))
    rings = [1 + 32 * ring + np.arange(32) for ring in range(17)]
    triangles = [np.c_[np.zeros(32, int), rings[0], np.roll(rings[0], -1)]]
    for here, there in itertools.pairwise(rings):
        triangles += [np.c_[here, there, np.roll(there, -1)], np.c_[here, np.roll(there, -1), np.roll(here, -1)]]
    triangles.append(np.c_[rings[-1], np.full(32, 545), np.roll(rings[-1], -1)])
    return EYE_RADIUS * np.concatenate(points), np.concatenate(triangles)


def _weights(skin, eye):
    head = 1.0 / (1.0 + np.exp(-(skin[:, 1] + 0.10) / 0.008))
    lower = 1.0 / (1.0 + np.exp((skin[:, 1] - MOUTH_HEIGHT) / 0.0003))
    below = 1.0 / (1.0 + np.exp((skin[:, 1] + 0.06) / 0.008))
    within = 1.0 / (1.0 + np.exp((np.abs(skin[:, 0]) - MOUTH_HALF) / 0.001))
    jaw = head * (skin[:, 2] > 0.0) * np.clip(skin[:, 2] / 0.05, 0.0, 1.0) * (within * lower + (1.0 - within) * below)
    weights = np.zeros((len(skin) + 2 * eye, 5))
    weights[: len(skin), 2] = jaw
    weights[: len(skin), 1] = head - jaw
    weights[: len(skin), 0] = 1.0 - head
    weights[len(skin) : len(skin) + eye, 3] = 1.0
    weights[len(skin) + eye :, 4] = 1.0
    return weights


def _smooth(random, points, count, metres):
    """[V, 3, count]: sums of a few long waves, weaker from component to component."""
    waves = random.normal(scale=18.0, size=(24, 3))
    phases = random.uniform(0.0, 2.0 * np.pi, size=24)
    fields = np.cos(points @ waves.T + phases) @ random.normal(size=(24, 3 * count)) / np.sqrt(24)
    return metres * fields.reshape(len(points), 3, count) / np.sqrt(1.0 + np.arange(count) / 8.0)


def _regressor(template, skin, eye):
    regressor = np.zeros((5, len(template)))
    for row, joint in enumerate(JOINTS[:3]):
        near = np.argsort(np.abs(template[:skin, 1] - joint[1]))[:60]
        system = np.c_[template[near] - joint, np.ones(60)].T
        regressor[row, near] = np.linalg.pinv(system) @ [0.0, 0.0, 0.0, 1.0]
    regressor[3, skin : skin + eye] = regressor[4, skin + eye :] = 1.0 / eye
    return regressor
