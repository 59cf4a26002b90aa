"""A take on heads of another face: eyes stay where they were, the jaw turns by its gain, head and gaze as before."""

from dataclasses import replace

import numpy as np
import pytest
from duologue.addon.retargeting import transferring
from duologue.addon.retargeting.transferring import told_for_face, transfer_performance
from duologue.backend.contract import transfer as contract
from duologue.backend.contract.errors import ExitCode
from duologue.backend.contract.performance import Performance
from duologue.backend.contract.transfer import BasisTransfer, eyes_midpoint, load_transfer, save_transfer, transfer_file
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.examples import examples
from tests.support.refusals import refused

_FRAMES = 40
_JOINTS = np.array([[0.0, -0.15, -0.12], [0.0, -0.1, -0.1], [0.0, -0.05, -0.05], [0.031, 0.0, 0.0], [-0.031, 0.0, 0.0]])
_OTHER = np.array(
    [[0.0, -0.1, -0.06], [0.0, -0.06, -0.03], [0.0, -0.01, 0.01], [0.03, 0.03, 0.06], [-0.03, 0.03, 0.06]]
)


def _transfer(source="open-head-1", target="flame-0123abcd", components=4):
    random = np.random.default_rng(0)
    directions = random.normal(size=(30, 4))
    endless = np.full(4, np.inf)
    return BasisTransfer(
        source=source,
        target=target,
        gram=directions.T @ directions,
        cross=directions.T @ random.normal(size=(30, components + 3)),
        lower=-endless,
        upper=endless,
        source_joints=_JOINTS,
        target_joints=_OTHER,
        source_identity=("eye_height", "age"),
        source_joint_directions=np.stack([np.eye(5, 3) * 0.01, np.full((5, 3), 0.004)], axis=2),
        jaw_gain=0.9,
        residual_millimetres=0.3,
    )


def _take(seed=0, components=4, face="open-head-1", meta=None):
    random = np.random.default_rng(seed)
    return Performance(
        fps=25.0,
        face=face,
        speakers=("Anna", "Ben"),
        expression=random.normal(size=(2, _FRAMES, components)).astype(np.float32),
        pose=random.normal(0.0, 0.8, size=(2, _FRAMES, 5, 3)).astype(np.float32),
        translation=random.normal(size=(2, _FRAMES, 3)).astype(np.float32),
        speaking=np.zeros((2, _FRAMES), np.float32),
        meta=meta or {},
    )


@settings(max_examples=examples(30), deadline=None)
@given(seed=st.integers(0, 10_000), spread=st.sampled_from([0.0, 1e-6, 0.3, 3.0]))
def test_the_midpoint_between_the_eyes_stays_where_it_was(seed, spread):
    take = _take(seed)
    take = replace(take, pose=(spread * take.pose).astype(np.float32))
    random = np.random.default_rng(seed)
    heads = _OTHER + random.normal(0.0, 0.01, size=(2, 5, 3))

    transferred = transfer_performance(take, _transfer(), heads)

    for person in (0, 1):
        before = eyes_midpoint(take.pose[person], take.translation[person], _JOINTS)
        after = eyes_midpoint(transferred.pose[person], transferred.translation[person], heads[person])
        assert after == pytest.approx(before, abs=1e-6)


def test_the_midpoint_is_where_flames_formula_puts_it():
    pose, translation = np.zeros((1, 5, 3)), np.array([[1.0, 2.0, 3.0]])
    pose[0, 0, 1] = np.pi / 2  # the whole turned to the left: forward is along X
    pose[0, 1, 0] = np.pi / 2  # the neck bowed

    found = eyes_midpoint(pose, translation, np.array([[0, 0, 0], [0, 1.0, 0], [0, 0, 0], [1, 2, 0.5], [-1, 2, 0.5]]))

    assert found[0] == pytest.approx([1.0 + 1.0, 2.0 + 1.0 - 0.5, 3.0])


def test_the_person_a_take_was_staged_for_counts():
    people = [{"identity": {"age": 0.5, "unknown": 2.0}}, {"identity": {}}]
    take = _take(meta={"characters": people})
    transfer = _transfer()

    transferred = transfer_performance(take, transfer, _OTHER)

    own = _JOINTS + 0.5 * 0.004
    for person, joints in enumerate((own, _JOINTS)):
        before = eyes_midpoint(take.pose[person], take.translation[person], joints)
        after = eyes_midpoint(transferred.pose[person], transferred.translation[person], _OTHER)
        assert after == pytest.approx(before, abs=1e-6)


@pytest.mark.parametrize("meta", [{"characters": 3}, {"characters": [None, {"identity": {"age": "old"}}]}])
def test_meta_of_another_kind_is_passed_over(meta):
    transferred, plain = (transfer_performance(_take(meta=extra), _transfer(), _OTHER) for extra in (meta, {}))

    assert np.array_equal(transferred.translation, plain.translation)


def test_head_and_eyes_turn_as_they_did_and_the_jaw_by_its_gain():
    take, transfer = _take(), _transfer()
    silent = replace(take, expression=np.zeros_like(take.expression))
    silent.pose[:, :, 3:] = 0.0
    gained = transfer.cross.copy()
    gained[:, -3] = transfer.jaw_gain * transfer.gram[:, -1]

    transferred = transfer_performance(silent, replace(transfer, cross=gained), _OTHER)

    assert np.array_equal(transferred.pose[:, :, [0, 1, 3, 4]], silent.pose[:, :, [0, 1, 3, 4]])
    assert transferred.pose[:, :, 2] == pytest.approx(0.9 * silent.pose[:, :, 2], abs=1e-5)
    assert transferred.expression == pytest.approx(0.0, abs=1e-5)


def test_the_take_says_what_it_is_now():
    transferred = transfer_performance(_take(), _transfer(), _OTHER)

    assert transferred.face == "flame-0123abcd"
    assert transferred.expression.shape == (2, _FRAMES, 3)
    assert transferred.meta["transferred"] == {
        "from": "open-head-1",
        "to": "flame-0123abcd",
        "residual_millimetres": 0.3,
    }


def test_a_take_with_too_many_components_is_refused():
    with refused(ExitCode.PERFORMANCE_INVALID):
        transfer_performance(_take(components=9), _transfer(), _OTHER)


def test_a_take_of_the_heads_own_face_is_left_alone(tmp_path):
    take = _take()

    assert told_for_face(take, take.face, _OTHER, tmp_path) is take


def test_the_transfer_is_found_in_the_folder_of_faces(tmp_path):
    transfer = _transfer()
    save_transfer(transfer_file(tmp_path, transfer.source, transfer.target), transfer)
    take = _take()

    transferred = told_for_face(take, transfer.target, _OTHER, tmp_path)

    assert np.array_equal(transferred.expression, transfer_performance(take, transfer, _OTHER).expression)


def test_the_official_models_output_plays_on_the_open_head_by_any_flame(tmp_path):
    transfer = _transfer("flame-0123abcd", "open-head-1", components=100)
    save_transfer(transfer_file(tmp_path, transfer.source, transfer.target), transfer)

    transferred = told_for_face(_take(components=50, face="flame"), "open-head-1", _JOINTS, tmp_path)

    assert transferred.face == "open-head-1"


def test_the_official_models_output_plays_on_any_flame_as_it_is(tmp_path):
    take = _take(components=50, face="flame")

    transferred = told_for_face(take, "flame-0123abcd", _OTHER, tmp_path)

    assert transferred.face == "flame-0123abcd"
    assert transferred.expression is take.expression
    assert transferred.translation is take.translation


def test_without_a_transfer_there_is_a_sentence(tmp_path):
    with refused(ExitCode.PERFORMANCE_INVALID):
        told_for_face(_take(), "flame-9", _OTHER, tmp_path)


def test_what_tells_one_face_in_another_is_read_once_until_its_file_changes(tmp_path, monkeypatch):
    reads = []

    def load(path):
        reads.append(path)
        return load_transfer(path)

    monkeypatch.setattr(transferring, "load_transfer", load)
    file = transfer_file(tmp_path, "open-head-1", "flame-0123abcd")
    save_transfer(file, _transfer())
    before = [told_for_face(_take(), "flame-0123abcd", _OTHER, tmp_path) for _ in range(3)]
    assert len(reads) == 1
    save_transfer(file, replace(_transfer(), jaw_gain=0.45))

    after = told_for_face(_take(), "flame-0123abcd", _OTHER, tmp_path)

    assert len(reads) == 2
    assert np.allclose(after.pose[:, :, 2, 1:], 0.5 * before[0].pose[:, :, 2, 1:])


def test_which_flame_is_the_nearest_is_asked_once_until_another_one_comes(tmp_path, monkeypatch):
    reads = []

    def load(path):
        reads.append(path.name)
        return load_transfer(path)

    monkeypatch.setattr(contract, "load_transfer", load)
    take, far = _take(components=50, face="flame"), _transfer("flame-a", "open-head-1", components=50)
    save_transfer(transfer_file(tmp_path, "flame-a", "open-head-1"), far)
    before = [told_for_face(take, "open-head-1", _JOINTS, tmp_path) for _ in range(3)]
    assert reads == ["flame-a--open-head-1.npz"]
    near = replace(far, source="flame-b", residual_millimetres=0.1)
    save_transfer(transfer_file(tmp_path, "flame-b", "open-head-1"), near)

    after = told_for_face(take, "open-head-1", _JOINTS, tmp_path)

    assert len(reads) == 3
    assert [one.meta["transferred"]["residual_millimetres"] for one in (*before, after)] == [0.3, 0.3, 0.3, 0.1]
