"""Basis transfer between the open head and a FLAME-shaped one, both ways and there and back, in millimetres."""

from dataclasses import replace

import numpy as np
import pytest

from backend.contract.arkit import ARKIT_NAMES
from backend.contract.transfer import transfer_expression
from backend.face.skinning import pose_vertices
from backend.face.transfer import measured_transfer, solve_transfer
from backend.flame.flame_file import load_flame
from backend.flame.flame_shaped import flame_shaped

_FRAMES = 120


@pytest.fixture(scope="module")
def stand_in(open_head):
    return flame_shaped(open_head)


@pytest.fixture(scope="module")
def there(open_head, stand_in):
    return solve_transfer(open_head, stand_in)


@pytest.fixture(scope="module")
def back(open_head, stand_in):
    return solve_transfer(stand_in, open_head)


def _shown(face, expression, jaw):
    pose = np.zeros((len(expression), 5, 3))
    pose[:, 2, 0] = jaw
    return pose_vertices(face, np.zeros(len(face.identity_names)), expression, pose, np.zeros(3))


def _gap(face, vertices, place):
    """[T] millimetres between the lips, or between the lids of an eye."""
    upper, lower = (
        face.landmarks[f"lip_{side}_inner" if place == "lips" else f"eyelid_{side}_{place}"]
        for side in ("upper", "lower")
    )
    return 1e3 * (vertices[:, upper, 1] - vertices[:, lower, 1])


def _around_mouth(face):
    middle = face.v_template[face.landmarks["lip_upper_inner"]]
    skin = np.array(face.regions["skin"])
    if "mouth_inside" in face.masks:
        skin = skin[face.masks["mouth_inside"][skin] < 0.5]
    return skin[np.linalg.norm(face.v_template[skin] - middle, axis=1) < 0.03]


def _speech(face):
    """Expression [T, 52] and jaw [T] such as speech has, with lips closed in every sixth frame."""
    random = np.random.default_rng(4)
    expression = np.clip(random.normal(0.1, 0.15, size=(_FRAMES, 52)), 0.0, 0.8)
    names = face.expression_names
    jaw = random.uniform(0.0, 0.14, _FRAMES)
    still = ["jawOpen", "tongueOut", "mouthClose", "jawLeft", "jawRight", "jawForward", "cheekPuff"]
    still += [name for name in names if name.startswith("eyeLook")]
    expression[:, [names.index(name) for name in still]] = 0.0
    closed = np.arange(_FRAMES) % 6 == 0
    mouth = [index for index, name in enumerate(names) if name.startswith("mouth")]
    expression[np.ix_(closed, mouth)] = 0.0
    for name in ("mouthPressLeft", "mouthPressRight", "mouthRollLower"):
        expression[closed, names.index(name)] = 0.35
    jaw[closed] = 0.01
    return expression, jaw, closed


def _root_mean_square(offsets):
    return 1e3 * float(np.sqrt(np.mean(np.sum(offsets**2, axis=-1))))


def test_speech_survives_there_and_back_to_half_a_millimetre_at_the_mouth(open_head, there, back):
    expression, jaw, _ = _speech(open_head)

    returned = transfer_expression(back, *transfer_expression(there, expression, jaw))

    before, after = _shown(open_head, expression, jaw), _shown(open_head, *returned)
    mouth = _around_mouth(open_head)
    moved = _root_mean_square(before[:, mouth] - open_head.v_template[mouth])
    missed = _root_mean_square(after[:, mouth] - before[:, mouth])
    print(f"there and back: {missed:.2f} mm of {moved:.2f} mm")
    assert moved > 3.0
    assert missed < 0.7


def test_any_flame_motion_survives_as_far_as_arkit_can_say_it(stand_in, there, back):
    random = np.random.default_rng(5)
    expression, jaw = random.normal(size=(_FRAMES, 100)), random.uniform(0.0, 0.2, _FRAMES)

    arkit = transfer_expression(back, expression, jaw)
    returned = transfer_expression(there, *arkit)

    before, after = _shown(stand_in, expression, jaw), _shown(stand_in, *returned)
    mouth = _around_mouth(stand_in)
    moved = _root_mean_square(before[:, mouth] - stand_in.v_template[mouth])
    missed = _root_mean_square(after[:, mouth] - before[:, mouth])
    print(f"back and there: {missed:.2f} mm of {moved:.2f} mm")
    assert missed < 0.45 * moved
    assert missed < 4.0


def test_lips_that_close_are_closed_there_and_back(open_head, stand_in, there, back):
    expression, jaw, closed = _speech(open_head)

    transferred = transfer_expression(there, expression, jaw)
    returned = transfer_expression(back, *transferred)

    def change(face, words):
        return _gap(face, _shown(face, *words), "lips") - _gap(face, face.v_template[None], "lips")

    wanted = change(open_head, (expression, jaw))
    assert wanted[~closed].max() > wanted[closed].max() + 3.0
    assert np.abs(change(stand_in, transferred) - wanted)[closed].max() < 0.5
    assert np.abs(change(open_head, returned) - wanted)[closed].max() < 0.5


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_blink_shuts_the_eyes_there_and_back(open_head, stand_in, there, back, side):
    blink = np.zeros((1, 52))
    blink[0, [index for index, name in enumerate(open_head.expression_names) if name.startswith("eyeBlink")]] = 1.0

    transferred = transfer_expression(there, blink, np.zeros(1))
    returned = transfer_expression(back, *transferred)

    assert _gap(stand_in, stand_in.v_template[None], side)[0] > 5.0
    assert _gap(stand_in, _shown(stand_in, *transferred), side)[0] == pytest.approx(0.0, abs=0.6)
    assert _gap(open_head, _shown(open_head, *returned), side)[0] == pytest.approx(0.0, abs=0.6)


def test_arkit_coefficients_stay_where_an_arkit_rig_shows_them(open_head, back):
    random = np.random.default_rng(6)

    transferred, jaw = transfer_expression(back, 3.0 * random.normal(size=(200, 100)), random.normal(0.0, 0.3, 200))

    assert transferred.min() >= 0.0
    assert transferred.max() <= 1.0
    assert jaw.min() >= 0.0
    by_joints = [name in ("jawOpen", "tongueOut") or name.startswith("eyeLook") for name in ARKIT_NAMES]
    assert not transferred[:, by_joints].any()
    assert transferred.any(axis=0).sum() > 40


def test_a_smile_becomes_a_smile_and_hardly_anything_else(open_head, there, back):
    smile = np.zeros((1, 52))
    smiling = [open_head.expression_names.index(f"mouthSmile{side}") for side in ("Left", "Right")]
    smile[0, smiling] = 0.6

    transferred, jaw = transfer_expression(back, *transfer_expression(there, smile, np.zeros(1)))

    assert transferred[0, smiling] == pytest.approx(0.6, abs=0.15)
    assert np.delete(transferred[0], smiling).max() < 0.2
    assert jaw[0] < 0.02


def test_a_jaw_is_told_by_the_jaw_alone_and_opens_as_far(open_head, stand_in, there):
    angles = np.array([0.0, 0.1, 0.2])

    transferred, jaw = transfer_expression(there, np.zeros((3, 52)), angles)

    assert transferred == pytest.approx(0.0, abs=1e-6)
    assert jaw == pytest.approx(there.jaw_gain * angles)
    here = _gap(open_head, _shown(open_head, np.zeros((3, 52)), angles), "lips")
    opened = _gap(stand_in, _shown(stand_in, transferred, jaw), "lips")
    assert opened[2] - opened[0] == pytest.approx(here[2] - here[0], rel=0.1)


def test_a_rest_is_a_rest(there, back):
    for transfer in (there, back):
        transferred, jaw = transfer_expression(transfer, np.zeros((1, transfer.source_components)), np.zeros(1))

        assert not transferred.any()
        assert not jaw.any()


def test_residuals_are_below_a_millimetre_and_told_by_component(open_head, stand_in):
    for source, target in ((open_head, stand_in), (stand_in, open_head)):
        transfer, misfit = measured_transfer(source, target)

        print(f"{source.id} → {target.id}: {misfit.everywhere:.2f} mm, mouth {misfit.mouth:.2f} mm")
        assert transfer.residual_millimetres == misfit.everywhere
        assert 0.0 < misfit.everywhere < 0.5
        assert 0.0 < misfit.mouth < 1.0
        assert set(misfit.of_component) == set(source.expression_names)


def test_lids_follow_the_eyes_on_a_face_whose_lids_do_not_by_themselves(open_head, stand_in, there, back):
    pose = np.zeros((2, 5, 3))
    pose[1, 3:, 0] = 0.3
    pitch = np.sin(pose[:, 3:, 0])

    transferred, jaw = transfer_expression(there, np.zeros((2, 52)), np.zeros(2), pitch)
    returned, _ = transfer_expression(back, transferred, jaw, pitch)

    nobody = np.zeros(len(open_head.identity_names))
    shown = pose_vertices(open_head, nobody, np.zeros(52), pose, np.zeros(3))
    upper = open_head.landmarks["eyelid_upper_left"]
    lowered = 1e3 * (shown[0] - shown[1])[upper, 1]
    told_lowered = 1e3 * np.subtract(*_shown(stand_in, transferred, jaw))[stand_in.landmarks["eyelid_upper_left"], 1]
    assert lowered > 1.0
    assert told_lowered == pytest.approx(lowered, rel=0.35)
    assert np.abs(returned).max() < 0.15


def test_expression_says_what_a_jaw_would_where_a_face_has_none(open_head, stand_in):
    weights = stand_in.weights.copy()
    weights[:, 1] += weights[:, 2]
    weights[:, 2] = 0.0
    posedirs = stand_in.posedirs.copy()
    posedirs[:, :, 9:18] = 0.0
    jawless = replace(stand_in, weights=weights, posedirs=posedirs)

    there = solve_transfer(open_head, jawless)
    back = solve_transfer(jawless, open_head)
    transferred, jaw = transfer_expression(there, np.zeros((1, 52)), np.array([0.15]))

    assert there.jaw_gain == back.jaw_gain == 0.0
    assert jaw[0] == 0.0
    assert np.isfinite(transferred).all()
    lower = stand_in.landmarks["lip_lower_inner"]
    assert (_shown(jawless, transferred, jaw)[0] - jawless.v_template)[lower, 1] < -0.003


def test_a_file_of_flames_arrays_alone_serves_as_well(tmp_path, open_head, stand_in):
    names = ("v_template", "f", "shapedirs", "posedirs", "J_regressor", "weights", "kintree_table")
    np.savez(tmp_path / "generic_model.npz", **{name: getattr(stand_in, name) for name in names})
    imported = load_flame(tmp_path / "generic_model.npz")
    expression, jaw, closed = _speech(open_head)

    there, back = solve_transfer(open_head, imported), solve_transfer(imported, open_head)
    returned = transfer_expression(back, *transfer_expression(there, expression, jaw))

    before, after = _shown(open_head, expression, jaw), _shown(open_head, *returned)
    mouth = _around_mouth(open_head)
    assert _root_mean_square(after[:, mouth] - before[:, mouth]) < 0.7
    gaps = _gap(open_head, after, "lips") - _gap(open_head, before, "lips")
    assert np.abs(gaps[closed]).max() < 0.5
