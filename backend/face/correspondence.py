"""Which point of one face is which point of another: aligned by joints and landmarks, then by closest points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.spatial import cKDTree

from ..contract.constants import JOINT_NAMES
from ..contract.errors import DuologueError, ExitCode
from ..contract.face import Face
from .on_surface import OnSurface, Surface
from .surface import vertex_normals

_JAW, _EYES = JOINT_NAMES.index("jaw"), (JOINT_NAMES.index("eye_left"), JOINT_NAMES.index("eye_right"))
_SIMILARITY_REACH: Final = (0.03, 0.02, 0.015, 0.01, 0.01)
"""Metres within which a closest point counts, a round each."""
_WARP_RADII: Final = (0.025, 0.018, 0.012, 0.008, 0.006, 0.005)
"""Metres over which the displacement to the closest points is smoothed, a round each."""
_REACH: Final = 0.004
_NORMAL_LENGTH: Final = 0.008
"""Metres that two opposite halves of a unit normal count as apart."""
_LIP_LENGTH: Final = 0.03
_LIP_RADIUS: Final = 0.035
"""Metres around the mouth within which the jaw's weights tell upper from lower lip."""
_AGREEING: Final = 0.5
"""Cosine between normals below which two points are not the same place."""
_NEAR_MOUTH, _NEAR_EYE = 0.03, 0.02
_MOUTH_WEIGHT, _EYE_WEIGHT = 4.0, 3.0
_FEWEST: Final = 300
_LEAST_SHARE: Final = 0.25
"""Of all vertices of both skins; two heads agree in twice as many at least."""
_OTHER_SIZE: Final = 2.5
"""How many times as large one head may be as the other; a file in centimetres is not read as metres."""


@dataclass(frozen=True)
class Similarity:
    """target = `scale` · `rotation` [3, 3] · source + `shift` [3] metres."""

    scale: float
    rotation: np.ndarray
    shift: np.ndarray

    def moved(self, points: np.ndarray) -> np.ndarray:
        """[..., 3] points of the source where the target has them."""
        return np.asarray(self.scale * points @ self.rotation.T + self.shift)


@dataclass(frozen=True)
class Correspondence:
    """N pairs of points on the skins of two faces.

    `source` and `target` say where on each; `weights` [N] sum to 1, by area, more around mouth and eyes; `mouth` [N] is
    True around the mouth; `alignment` carries the source's template onto the target's; `millimetres` is the root mean
    square distance that remains between the pairs after alignment and warp.
    """

    source: OnSurface
    target: OnSurface
    weights: np.ndarray
    mouth: np.ndarray
    alignment: Similarity
    millimetres: float


@dataclass(frozen=True)
class _Skin:
    """The skin of one face, ready to be searched: all arrays as in the face, `vertices` of the skin's triangles."""

    positions: np.ndarray
    triangles: np.ndarray
    used: np.ndarray
    jaw: np.ndarray
    mouth: np.ndarray
    eyes: np.ndarray


def correspond(source: Face, target: Face) -> Correspondence:
    """Pairs of points of two faces in FLAME's layout. Raises DuologueError (FACE_INVALID) where hardly any agree."""
    here, there = _skin(source), _skin(target)
    anchors = _anchors(source, target)
    alignment = _aligned(here, there, *anchors)
    warped = _warped(here, there, alignment, *anchors)
    pairs = _pairs(here, there, warped)
    if pairs is None or not 1.0 / _OTHER_SIZE < alignment.scale < _OTHER_SIZE:
        raise DuologueError(
            ExitCode.FACE_INVALID,
            f"The faces {source.id} and {target.id} do not lie on each other: hardly a point of one is near the other.",
            "Use a face in metres with Y up and Z forward, whose joints are in FLAME's order.",
        )
    on_source, on_target, areas = pairs
    places = on_target.of(there.positions)
    gaps = on_source.of(warped) - places
    # what lies around mouth and eyes counts more
    mouth = np.exp(-0.5 * np.sum((places - there.mouth) ** 2, axis=1) / _NEAR_MOUTH**2)
    eyes = sum(np.exp(-0.5 * np.sum((places - eye) ** 2, axis=1) / _NEAR_EYE**2) for eye in there.eyes)
    weights = areas * (1.0 + (_MOUTH_WEIGHT - 1.0) * mouth + (_EYE_WEIGHT - 1.0) * eyes)
    near_mouth = np.linalg.norm(places - there.mouth, axis=1) < _NEAR_MOUTH
    return Correspondence(
        source=on_source,
        target=on_target,
        weights=weights / weights.sum(),
        mouth=near_mouth,
        alignment=alignment,
        millimetres=1e3 * float(np.sqrt(np.average(np.sum(gaps**2, axis=1), weights=weights))),
    )


def skin_triangles(face: Face) -> np.ndarray:
    """[F, 3] the triangles of the skin: its region, else all that no eyeball's joint carries."""
    on_skin = face.weights[:, list(_EYES)].sum(axis=1) < 0.5  # noqa: PLR2004
    if "skin" in face.regions:
        listed = np.zeros(len(on_skin), bool)
        listed[face.regions["skin"]] = True
        on_skin &= listed
    return np.asarray(face.f[on_skin[face.f].all(axis=1)])


def _skin(face: Face) -> _Skin:
    triangles = skin_triangles(face)
    positions = np.asarray(face.v_template, np.float64)
    joints = face.J_regressor @ positions
    lips = [
        positions[face.landmarks[name]] for name in ("lip_upper_inner", "lip_lower_inner") if name in face.landmarks
    ]
    mouth = np.mean(lips, axis=0) if lips else _mouth_by_jaw(face, positions, joints)
    return _Skin(positions, triangles, np.unique(triangles), face.weights[:, _JAW], mouth, joints[list(_EYES)])


def _mouth_by_jaw(face: Face, positions: np.ndarray, joints: np.ndarray) -> np.ndarray:
    """[3] about where the mouth is: the foremost skin on the midline at which the jaw's weight passes a half."""
    between = joints[list(_EYES)].mean(axis=0)
    front = np.flatnonzero(
        (np.abs(positions[:, 0] - between[0]) < 0.01)  # noqa: PLR2004
        & (positions[:, 2] > between[2])
        & (positions[:, 1] < between[1])
    )
    lower = front[face.weights[front, _JAW] > 0.5]  # noqa: PLR2004
    return np.asarray(positions[lower[np.argmax(positions[lower, 1])]] if len(lower) else between - [0, 0.07, 0])


def _anchors(source: Face, target: Face) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points known on both, [A, 3] each, and [A] weights: the eyes' joints and shared landmarks, faintly the others."""
    shared = sorted(set(source.landmarks) & set(target.landmarks))
    pairs = []
    for face in (source, target):
        marks = [face.v_template[face.landmarks[name]] for name in shared]
        pairs.append(
            np.concatenate([face.J_regressor @ face.v_template, np.reshape(marks, (-1, 3))]).astype(np.float64)
        )
    faint = 0.1 if shared else 0.5
    weights = np.r_[faint, faint, faint, 1.0, 1.0, np.ones(len(shared))]
    return pairs[0], pairs[1], weights


def fitted_similarity(source: np.ndarray, target: np.ndarray, weights: np.ndarray) -> Similarity:
    """The similarity that carries `source` [N, 3] best onto `target` [N, 3] (Umeyama 1991)."""
    share = weights / weights.sum()
    from_mean, to_mean = share @ source, share @ target
    centred, wanted = source - from_mean, target - to_mean
    left, sizes, right = np.linalg.svd((wanted * share[:, None]).T @ centred)
    signs = np.array([1.0, 1.0, np.sign(np.linalg.det(left) * np.linalg.det(right))])
    rotation = (left * signs) @ right
    scale = float(sizes @ signs / (share @ np.sum(centred**2, axis=1)))
    return Similarity(scale, rotation, to_mean - scale * rotation @ from_mean)


def _aligned(here: _Skin, there: _Skin, first: np.ndarray, second: np.ndarray, weights: np.ndarray) -> Similarity:
    """By the anchors, then by a few rounds of closest points, which count as much as the anchors together."""
    found = fitted_similarity(first, second, weights)
    face = here.used[np.linalg.norm(here.positions[here.used] - here.eyes.mean(axis=0), axis=1) < 0.12]  # noqa: PLR2004
    goal = Surface(there.positions, there.triangles, _marks(there, there.positions, there.mouth))
    for reach in _SIMILARITY_REACH:
        moved = found.moved(here.positions)
        marks = _marks(here, moved, found.moved(here.mouth))
        hit = goal.closest(moved[face], marks[face]).of(there.positions)
        near = np.linalg.norm(hit - moved[face], axis=1) < reach
        if near.sum() < _FEWEST:
            break
        points = np.concatenate([here.positions[face][near], first])
        goals = np.concatenate([hit[near], second])
        parts = np.concatenate([np.full(near.sum(), weights.sum() / near.sum()), weights])
        found = fitted_similarity(points, goals, parts)
    return found


def _marks(skin: _Skin, positions: np.ndarray, mouth: np.ndarray) -> np.ndarray:
    """[V, 4]: what a closest point must share besides its place: the normal, and near the mouth the lip."""
    normals = _normals(positions, skin.triangles)
    fading = np.exp(-0.5 * np.sum((positions - mouth) ** 2, axis=1) / (0.5 * _LIP_RADIUS) ** 2)
    lip = _LIP_LENGTH * fading * (skin.jaw > 0.5)  # noqa: PLR2004
    return np.concatenate([0.5 * _NORMAL_LENGTH * normals, lip[:, None]], axis=1)


def _normals(positions: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    return vertex_normals(positions, np.concatenate([triangles, np.full((len(triangles), 1), -1)], axis=1))


def _warped(
    here: _Skin, there: _Skin, alignment: Similarity, first: np.ndarray, second: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """[V, 3]: the source's vertices on the target's surface: drawn by the anchors, then by smoothed closest points."""
    warped = alignment.moved(here.positions)
    mouth = alignment.moved(here.mouth)
    known = weights >= 1.0
    at, pull = alignment.moved(first[known]), second[known] - alignment.moved(first[known])
    warped += _spread(warped, at, pull, 0.03)
    mouth = mouth + _spread(mouth[None], at, pull, 0.03)[0]
    goal = Surface(there.positions, there.triangles, _marks(there, there.positions, there.mouth))
    for radius in _WARP_RADII:
        marks = _marks(here, warped, there.mouth)
        hit = goal.closest(warped[here.used], marks[here.used])
        step = hit.of(there.positions) - warped[here.used]
        agree = np.sum(
            _normals(warped, here.triangles)[here.used] * hit.of(_normals(there.positions, there.triangles)), 1
        )
        trust = np.clip((agree - 0.3) / 0.5, 0.0, 1.0) * np.exp(-0.5 * np.sum(step**2, axis=1) / 0.008**2)
        warped[here.used] += _smoothed(np.c_[warped[here.used], marks[here.used, 3:]], step, trust, radius)
    return warped


def _spread(points: np.ndarray, at: np.ndarray, pull: np.ndarray, radius: float) -> np.ndarray:
    """[N, 3]: a smooth field that is about `pull` [A, 3] `at` [A, 3] and dies away beyond (Gaussian interpolation)."""
    between = np.exp(-0.5 * np.sum((at[:, None] - at[None]) ** 2, axis=2) / radius**2)
    strengths = np.linalg.solve(between + 0.1 * np.eye(len(at)), pull)
    return np.asarray(np.exp(-0.5 * np.sum((points[:, None] - at[None]) ** 2, axis=2) / radius**2) @ strengths)


def _smoothed(places: np.ndarray, steps: np.ndarray, trust: np.ndarray, radius: float) -> np.ndarray:
    """[N, 3] `steps` averaged over `radius` metres of `places` by `trust`; none where nothing around is trusted."""
    sigma = 0.5 * radius
    pairs = cKDTree(places).query_pairs(radius, output_type="ndarray")
    kernel = np.exp(-0.5 * np.sum((places[pairs[:, 0]] - places[pairs[:, 1]]) ** 2, axis=1) / sigma**2)
    total, mass = steps * trust[:, None], trust.copy()
    for first, second in ((0, 1), (1, 0)):
        share = kernel * trust[pairs[:, second]]
        mass += np.bincount(pairs[:, first], share, len(places))
        for axis in range(3):
            total[:, axis] += np.bincount(pairs[:, first], share * steps[pairs[:, second], axis], len(places))
    return np.asarray(total / (mass + 0.1)[:, None])


def _pairs(here: _Skin, there: _Skin, warped: np.ndarray) -> tuple[OnSurface, OnSurface, np.ndarray] | None:
    """Vertices of each skin with the closest point of the other, where the two agree; and the area each stands for."""
    marks = _marks(here, warped, there.mouth), _marks(there, there.positions, there.mouth)
    source, target = Surface(warped, here.triangles, marks[0]), Surface(there.positions, there.triangles, marks[1])
    outward = target.closest(warped[here.used], marks[0][here.used])
    inward = source.closest(there.positions[there.used], marks[1][there.used])
    on_source, on_target = _joined(_corner(here.used), inward), _joined(outward, _corner(there.used))
    areas = np.r_[_areas(warped, here)[here.used], _areas(there.positions, there)[there.used]]
    gap = np.linalg.norm(on_source.of(warped) - on_target.of(there.positions), axis=1)
    normals = on_source.of(_normals(warped, here.triangles)), on_target.of(_normals(there.positions, there.triangles))
    lips = np.abs(on_source.of(marks[0][:, 3]) - on_target.of(marks[1][:, 3])) < 0.5 * _LIP_LENGTH
    good = (gap < _REACH) & (np.sum(normals[0] * normals[1], axis=1) > _AGREEING) & lips
    beyond = _on_border(outward, there.triangles), _on_border(inward, here.triangles)
    good &= ~np.concatenate(beyond)
    if good.mean() < _LEAST_SHARE:
        return None
    return on_source.taken(good), on_target.taken(good), areas[good]


def _on_border(points: OnSurface, triangles: np.ndarray) -> np.ndarray:
    """[N] whether a closest point is where the mesh ends, so that the true one may be beyond (inside the mouth)."""
    sides = np.sort(np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]), axis=1)
    edges, times = np.unique(sides, axis=0, return_counts=True)
    border = np.zeros(int(triangles.max()) + 1)
    border[edges[times == 1].ravel()] = 1.0
    return points.of(border) > 0.999  # noqa: PLR2004


def _corner(vertices: np.ndarray) -> OnSurface:
    return OnSurface(np.repeat(vertices[:, None], 3, axis=1), np.tile([1.0, 0.0, 0.0], (len(vertices), 1)))


def _joined(first: OnSurface, second: OnSurface) -> OnSurface:
    return OnSurface(np.concatenate([first.corners, second.corners]), np.concatenate([first.shares, second.shares]))


def _areas(positions: np.ndarray, skin: _Skin) -> np.ndarray:
    """[V] square metres of surface around each vertex."""
    a, b, c = np.moveaxis(positions[skin.triangles], 1, 0)
    area = 0.5 * np.linalg.norm(np.cross(b - a, c - a), axis=1)
    return np.bincount(skin.triangles.ravel(), np.repeat(area / 3.0, 3), len(positions))
