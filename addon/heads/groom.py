"""Combing: guide hairs laid over the scalp, and the strands between them. No bpy here but its KD tree."""

from __future__ import annotations

from typing import Final

import numpy as np
from mathutils.kdtree import KDTree

from ..steps import Steps, part_of
from .hair_styles import HairStyle
from .scalp import Scalp

_BACK: Final = np.array([0.0, 0.0, -1.0])
_DOWN: Final = np.array([0.0, -1.0, 0.0])
_UP: Final = np.array([0.0, 1.0, 0.0])
AXIS: Final = np.array([0.0, 0.0, -0.075])
"""A point on the head's upright axis, metres from the eyes."""
KNOT: Final = np.array([0.0, 0.045, -0.178])
"""Where gathered hair meets, at the back of the head."""
_WIDEST: Final = 0.03
_BALL: Final = np.array([0.0, 0.035, -0.075])
_BALL_RADII: Final = np.array([0.075, 0.082, 0.100])
"""An egg inside the skull, metres; standing hair is cut at a distance from it."""
_HAIRLINE_SOFTNESS: Final = 0.007
"""Metres over which hair thickens from the hairline inwards."""
_OTHER_SIDE: Final = 0.06
"""Metres that a guide across the parting seems further away."""
_NEIGHBOURS: Final = 3
_A_STEP: Final = 1000
"""Hairs: a hundredth of a second."""


def hair_inside(scalp: Scalp, style: HairStyle) -> np.ndarray:
    """[V] metres from this style's hairline, negative where no hair grows."""
    x, y, z = (scalp.vertices - AXIS).T
    front = np.clip(z / 0.06, 0.0, 1.0) * np.clip((y - 0.01) / 0.05, 0.0, 1.0)
    inside = scalp.inside - style.recede * front
    if style.crown:
        crown = np.sqrt(x**2 + (z + 0.012) ** 2 + (0.4 * (y - 0.10)) ** 2)
        inside = np.minimum(inside, np.where(y > 0.0, crown - style.crown, inside))
    return np.asarray(inside)


def strands(scalp: Scalp, style: HairStyle, doing: str) -> Steps[np.ndarray]:
    """[strands, rows, 3] metres: every hair from root to tip. `doing` is what the steps say."""
    random = np.random.default_rng(11)
    guides = yield from part_of(_guides(scalp, style, random, doing), 0.0, 0.5)  # [guides, rows, 3]
    yield doing, 0.5
    roots, normals = _roots(scalp, style, style.strands, random)
    found = yield from part_of(_between(roots + style.lift[0] * normals, guides, style, random, doing), 0.5, 1.0)
    return np.concatenate([found, _knot(style, random)]) if style.knot else found


def _guides(scalp: Scalp, style: HairStyle, random: np.random.Generator, doing: str) -> Steps[np.ndarray]:
    yield doing, 0.0
    points, normals = _roots(scalp, style, style.guides, random)
    tree = _tree(scalp.vertices[scalp.obstacles], np.arange(len(scalp.obstacles)))
    direction = _combed(points, normals, style, random)
    end = style.end + random.normal(scale=0.004, size=len(points))
    length = style.length * (1.0 - style.variation * random.random(len(points)))
    if style.comb == "back":
        length = length * np.interp(points[:, 1], [-0.07, 0.0, 0.07], [0.25, 0.4, 1.0])
    elif style.comb == "gathered":
        length = np.linalg.norm(points - KNOT, axis=1) * 1.25
    step = length / (style.rows - 1)
    lifts = np.linspace(style.lift[0], style.lift[1], style.rows)[:, None] * random.uniform(0.6, 1.25, len(points))
    at = points + lifts[0][:, None] * normals
    path = [at]
    for row in range(1, style.rows):
        yield doing, row / style.rows
        reach = np.clip((at[:, 1] - end) / step, 0.0, 1.0)
        ahead = _ahead(at, direction, style)
        moved = at + (step * reach)[:, None] * ahead
        if style.comb == "out":
            moved = _rounded(moved, style)
        else:
            moved = _held(_clear_of_face(moved, style), style)
            moved = _off_skin(moved, lifts[row] * _lower_at_sides(points, style), scalp, tree, style)
        travelled = moved - at
        far = np.linalg.norm(travelled, axis=1, keepdims=True)
        direction = np.where(far > 1e-5, travelled / np.maximum(far, 1e-9), direction)  # noqa: PLR2004
        at = moved
        path.append(at)
    return np.stack(path, axis=1)


def _roots(scalp: Scalp, style: HairStyle, count: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Points [count, 3] on the scalp, thinner towards the hairline, and their normals [count, 3]."""
    inside = hair_inside(scalp, style)
    faces = scalp.triangles[(inside[scalp.triangles] > -_HAIRLINE_SOFTNESS).any(axis=1)]
    corners = scalp.vertices[faces]
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    points, normals = [], []
    missing = count
    while missing > 0:
        chosen = random.choice(len(faces), size=2 * missing + 8, p=area / area.sum())
        shares = random.dirichlet((1.0, 1.0, 1.0), size=len(chosen))[:, :, None]
        depth = (shares[:, :, 0] * inside[faces[chosen]]).sum(axis=1)
        on_ear = scalp.ears[faces[chosen]].any(axis=1)
        grown = (random.random(len(chosen)) < np.clip(depth / _HAIRLINE_SOFTNESS, 0.0, 1.0)) & ~on_ear
        points.append((shares * corners[chosen]).sum(axis=1)[grown][:missing])
        normals.append((shares * scalp.normals[faces[chosen]]).sum(axis=1)[grown][:missing])
        missing -= len(points[-1])
    normal = np.concatenate(normals)
    return np.concatenate(points), normal / np.linalg.norm(normal, axis=1, keepdims=True)


def _combed(points: np.ndarray, normals: np.ndarray, style: HairStyle, random: np.random.Generator) -> np.ndarray:
    """[n, 3] unit directions at the roots."""
    aside = np.sign(points[:, 0] - style.parting)[:, None] * np.array([1.0, 0.0, 0.0])
    high = np.clip((points[:, 1] - 0.02) / 0.07, 0.0, 1.0)[:, None]
    scatter = random.normal(scale=0.12, size=points.shape)
    if style.comb == "out":
        flow = normals + 0.35 * _UP * high + scatter
        return np.asarray(flow / np.linalg.norm(flow, axis=1, keepdims=True))
    if style.comb == "parted":
        flow = high * (aside + 0.35 * _BACK) + (1.0 - high) * (_DOWN + 0.35 * _BACK)
    elif style.comb == "back":
        flow = high * (0.8 * _BACK + 0.75 * aside) + (1.0 - high) * (_DOWN + 0.5 * _BACK)
    elif style.comb == "down":
        flow = _DOWN + 0.45 * _BACK + 0.2 * aside
    else:
        flow = KNOT - points
    flow = flow + scatter
    flow -= (flow * normals).sum(axis=1, keepdims=True) * normals
    return np.asarray(flow / np.linalg.norm(flow, axis=1, keepdims=True))


def _ahead(at: np.ndarray, direction: np.ndarray, style: HairStyle) -> np.ndarray:
    """[n, 3] unit directions of the next step."""
    if style.comb == "gathered":
        to_knot = KNOT - at
        ahead = 0.4 * direction + to_knot / np.maximum(np.linalg.norm(to_knot, axis=1, keepdims=True), 0.02)
    else:
        ahead = (1.0 - style.gravity) * direction + style.gravity * _DOWN
    return np.asarray(ahead / np.maximum(np.linalg.norm(ahead, axis=1, keepdims=True), 1e-9))


def _clear_of_face(points: np.ndarray, style: HairStyle) -> np.ndarray:
    """Hanging hair is tucked to the sides: it does not fall before eyes and cheeks."""
    if not style.hangs:
        return points
    side = np.where(points[:, 0] > style.parting, 1.0, -1.0)
    opening = np.interp(points[:, 1], [-0.12, -0.03, 0.03, 0.068, 0.08], [0.052, 0.066, 0.067, 0.046, 0.0])
    in_front = np.clip((points[:, 2] + 0.055) / 0.03, 0.0, 1.0)
    moved = points.copy()
    moved[:, 0] = side * np.maximum(side * points[:, 0], in_front * opening)
    back = np.interp(points[:, 1], [-0.24, -0.12, 0.0, 0.05, 0.08], [-0.075, -0.035, -0.032, -0.012, 0.05])
    moved[:, 2] = np.minimum(moved[:, 2], np.maximum(back, points[:, 2] - 0.012))
    return moved


def _held(points: np.ndarray, style: HairStyle) -> np.ndarray:
    """Hanging hair falls straight and turns in a little at its ends, instead of flaring out like a bell."""
    if not style.hangs:
        return points
    low, at = [-0.22, -0.125, -0.10, -0.05, 0.02], points[:, 1]
    radii = np.stack(
        [
            np.interp(at, low, [0.098, 0.080, 0.088, 0.096, 0.098]),
            np.interp(at, low, [0.10, 0.088, 0.098, 0.106, 0.116]),
        ]
    )
    flat = (points - AXIS)[:, [0, 2]]
    reach = np.linalg.norm(flat / radii.T, axis=1)
    drawn = np.where(at < _WIDEST, 1.0 / np.maximum(reach, 1.0), 1.0)
    moved = points.copy()
    moved[:, [0, 2]] = AXIS[[0, 2]] + flat * (0.4 + 0.6 * drawn)[:, None]
    return moved


def _rounded(points: np.ndarray, style: HairStyle) -> np.ndarray:
    """Hair that stands out all round is cut to a ball."""
    reach = (points - _BALL) / (_BALL_RADII + 0.55 * style.length)
    far = np.linalg.norm(reach, axis=1, keepdims=True)
    return np.asarray(_BALL + (points - _BALL) / np.maximum(far, 1.0))


def _lower_at_sides(roots: np.ndarray, style: HairStyle) -> np.ndarray:
    """[n] share of the lift: hair brushed back stands up on the top of the head and lies flat over the ears."""
    if style.comb != "back":
        return np.ones(len(roots))
    return np.asarray(np.interp(roots[:, 1], [0.02, 0.085], [0.18, 1.0]))


def _off_skin(points: np.ndarray, lift: np.ndarray, scalp: Scalp, tree: KDTree, style: HairStyle) -> np.ndarray:
    """Points no nearer to the skin than `lift`, and drawn to it where they lie over the scalp."""
    nearest = scalp.obstacles[[tree.find(point)[1] for point in points]]
    away = points - AXIS
    away[:, 1] = 0.0
    away /= np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-9)
    normals = np.where(scalp.ears[nearest][:, None], away, scalp.normals[nearest])
    distance = ((points - scalp.vertices[nearest]) * normals).sum(axis=1)
    drawn = (scalp.inside[nearest] > 0) | (style.comb == "gathered")
    push = np.where(drawn, 0.8 * (lift - distance), np.maximum(lift - distance, 0.0))
    return np.asarray(points + np.clip(push, -0.004, 0.02)[:, None] * normals)


def _between(
    roots: np.ndarray, guides: np.ndarray, style: HairStyle, random: np.random.Generator, doing: str
) -> Steps[np.ndarray]:
    """[n, rows, 3] hairs from `roots` [n, 3] that follow the guides around them."""
    near, weight = yield from part_of(_nearest_guides(roots, guides[:, 0], style, doing), 0.0, 0.8)
    yield doing, 0.8
    shapes = guides - guides[:, :1]
    paths = roots[:, None] + (weight[:, :, None, None] * shapes[near]).sum(axis=1)
    along = np.linspace(0.0, 1.0, style.rows)[:, None]
    leader = guides[near[:, 0]]
    paths += style.clump * along**1.5 * (leader - paths)
    paths += _stray(len(roots), style, random) * along
    if style.curl[0]:
        paths += _curls(leader, near[:, 0], style, random) * np.minimum(1.0, 3.0 * along)
    shorter = 1.0 - 0.5 * style.variation * random.random((len(roots), 1, 1))
    return np.asarray(roots[:, None] + shorter * (paths - roots[:, None]))


def _nearest_guides(
    roots: np.ndarray, guide_roots: np.ndarray, style: HairStyle, doing: str
) -> Steps[tuple[np.ndarray, np.ndarray]]:
    """Indices and weights [n, 3] of the nearest guides; those across the parting count as far."""
    parted = style.comb in ("parted", "back")
    side = (guide_roots[:, 0] > style.parting) & parted
    trees = [_tree(guide_roots, np.flatnonzero(side == left)) for left in (False, True)]
    found = []
    lefts = ((roots[:, 0] > style.parting) & parted).tolist()
    for number, (root, left) in enumerate(zip(roots.tolist(), lefts, strict=True)):
        if number % _A_STEP == 0:
            yield doing, number / len(roots)
        near = [(distance, index) for _, index, distance in trees[left].find_n(root, _NEIGHBOURS)]
        if parted and (len(near) < _NEIGHBOURS or near[-1][0] > _OTHER_SIDE):
            across = trees[not left].find_n(root, _NEIGHBOURS)
            near = sorted(near + [(distance + _OTHER_SIDE, index) for _, index, distance in across])[:_NEIGHBOURS]
        found.append(near)
    table = np.array(found)  # [n, 3, 2] distance in metres, index
    weight = 1.0 / (table[:, :, 0] + 0.002)
    return table[:, :, 1].astype(int), weight / weight.sum(axis=1, keepdims=True)


def _tree(points: np.ndarray, members: np.ndarray) -> KDTree:
    """Of some of `points` [n, 3], under their own indices."""
    tree = KDTree(len(members))
    for index in members.tolist():
        tree.insert(points[index], index)
    tree.balance()
    return tree


def _stray(count: int, style: HairStyle, random: np.random.Generator) -> np.ndarray:
    """[count, rows, 3] metres: slow waves, different for every hair."""
    along = np.linspace(0.0, 1.0, style.rows)[None, :, None]
    phase = random.uniform(0.0, 2.0 * np.pi, (count, 1, 3))
    rate = random.uniform(1.0, 5.0, (count, 1, 3))
    return np.asarray(style.frizz * (np.sin(rate * along + phase) + 0.4 * np.sin(2.7 * rate * along + 2.0 * phase)))


def _curls(leader: np.ndarray, clump: np.ndarray, style: HairStyle, random: np.random.Generator) -> np.ndarray:
    """[n, rows, 3] metres: a helix round each hair's leader; hairs of one clump turn together."""
    radius, turns = style.curl
    tangent = np.gradient(leader, axis=1)
    tangent /= np.maximum(np.linalg.norm(tangent, axis=2, keepdims=True), 1e-9)
    side = np.cross(tangent, np.array([0.31, 0.17, 0.93]))
    side /= np.maximum(np.linalg.norm(side, axis=2, keepdims=True), 1e-9)
    other = np.cross(tangent, side)
    number = clump.max() + 1
    start = random.uniform(0.0, 2.0 * np.pi, number)[clump] + random.normal(scale=0.35, size=len(clump))
    size = radius * random.uniform(0.6, 1.3, number)[clump]
    angle = start[:, None] + 2.0 * np.pi * turns * style.length * np.linspace(0.0, 1.0, style.rows)
    return np.asarray(size[:, None, None] * (np.cos(angle)[..., None] * side + np.sin(angle)[..., None] * other))


def _knot(style: HairStyle, random: np.random.Generator) -> np.ndarray:
    """[n, rows, 3] hairs wound into a knot behind `KNOT`."""
    count = style.strands // 5
    centre = KNOT + np.array([0.0, 0.006, -0.45 * style.knot])
    start = random.uniform(0.0, 2.0 * np.pi, count)
    height = random.uniform(-1.0, 1.0, count)
    turn = start[:, None] + np.linspace(0.0, 1.9, style.rows)
    lift = height[:, None] + 0.35 * np.sin(turn * 1.5)
    ring = np.sqrt(np.clip(1.0 - 0.85 * lift**2, 0.05, 1.0)) * style.knot * random.uniform(0.93, 1.02, (count, 1))
    return np.stack(
        [
            centre[0] + ring * np.cos(turn),
            centre[1] + ring * np.sin(turn),
            centre[2] + 0.8 * style.knot * lift,
        ],
        axis=2,
    )
