"""One person's take is given and the other one reacts: what the network sees of it, and what comes of it."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from backend.assets import assets_folder
from backend.command.entry import main
from backend.contract.constants import JOINT_NAMES
from backend.contract.errors import ExitCode
from backend.contract.face import load_face
from backend.contract.job import Character, KnownPartner
from backend.contract.performance import ALONE, Performance, load_performance, save_performance
from backend.engines.base import Motion
from backend.job.partner import known_person, partner_take
from backend.job.reporting import TerminalReporter
from backend.job.stages import StageClock, Stages
from backend.staging import compose, stage_prompt
from tests.support.refusals import refused

OPEN_HEAD = assets_folder() / "faces" / "open-head-1.npz"
FRAMES = 250
NAMES = ("Anna", "Ben")

pytestmark = pytest.mark.skipif(not OPEN_HEAD.is_file(), reason="python3 build.py setup derives the open head")


@pytest.fixture(scope="module")
def face():
    return load_face(OPEN_HEAD)


@pytest.fixture(scope="module")
def motion():
    """Both nod, turn, look away and come back; the first smiles."""
    moment = np.arange(FRAMES) / 25.0
    expression = np.zeros((2, FRAMES, 52), np.float32)
    expression[0, 100:150, 44] = 0.8
    jaw, neck = np.zeros((2, FRAMES, 3), np.float32), np.zeros((2, FRAMES, 3), np.float32)
    jaw[:, :, 0] = 0.1 + 0.1 * np.sin(7.0 * moment)
    neck[:, :, 0], neck[:, :, 1] = 0.08 * np.sin(5.0 * moment), 0.12 * np.sin(1.3 * moment)
    gaze = np.zeros((2, FRAMES, 2), np.float32)
    gaze[:, 60:90] = (0.25, -0.1)
    return Motion(expression, jaw, neck, gaze, np.full((2, FRAMES), 0.5, np.float32))


@pytest.fixture(scope="module")
def take(face, motion):
    """The motion as staged."""
    staged = compose(motion, stage_prompt("across a table", NAMES).staging, face, (Character("Anna"), Character("Ben")))
    return Performance(
        25.0, face.id, NAMES, staged.expression, staged.pose, staged.translation, motion.speaking, {"engine": "test"}
    )


def alike(first, second):
    return float(np.corrcoef(first, second)[0, 1])


@pytest.mark.parametrize("meta", [{}, {ALONE: True}])
def test_nods_turns_glances_and_jaw_are_found_again_in_what_staging_made_of_them(take, motion, face, meta):
    found = known_person(replace(take, meta=meta), 0, face)

    assert found.person == 0
    np.testing.assert_allclose(found.jaw, motion.jaw[0], atol=1e-6)
    for axis in (0, 1):
        assert alike(found.neck[:, axis], motion.neck[0, :, axis]) > 0.9
        assert alike(found.gaze[:, axis], motion.gaze[0, :, axis]) > 0.9
    assert np.abs(found.neck).max() < 0.3


def test_eye_contact_is_told_as_zero_wherever_the_two_sit(take, motion, face):
    found = known_person(take, 1, face)

    meeting = (motion.gaze[1] == 0.0).all(axis=1)
    meeting &= ~np.convolve(~meeting, np.ones(25), "same").astype(bool)
    assert np.abs(found.gaze[meeting]).max() < 0.03


def test_a_take_on_another_face_is_refused_with_the_way_out(take, face):
    other = replace(take, face="flame", expression=take.expression[:, :, :50])

    with refused(ExitCode.BAD_REQUEST, "flame", "open-head-1"):
        known_person(other, 0, face)


@pytest.mark.parametrize("frames", [20, FRAMES, FRAMES + 100])
def test_a_take_is_cut_or_held_to_the_length_of_the_sound(take, tmp_path, frames, capsys):
    save_performance(tmp_path / "take.npz", take)
    stages = Stages(TerminalReporter(), StageClock())

    fitted = partner_take(KnownPartner(str(tmp_path / "take.npz"), 0), frames, NAMES, stages)

    assert fitted.frame_count == frames
    assert (fitted.pose[:, FRAMES:] == take.pose[:, -1:]).all()
    assert ("Anna's motion ends after 10.0 of 14.0 s" in capsys.readouterr().err) == (frames > FRAMES)


def test_a_reaction_depends_on_what_the_partner_does_and_on_nothing_else_of_the_take(dialogue, tmp_path, take):
    """Anna's rows change what Ben does; his own rows in the take do not."""
    silent = np.zeros_like(take.expression)
    nodding = take.pose.copy()
    nodding[0, :, JOINT_NAMES.index("neck"), 0] += 0.3 * np.sin(np.arange(FRAMES))
    others = take.pose.copy()
    others[1, :, JOINT_NAMES.index("neck")] = 0.2
    variants = {
        "plain": take,
        "still": replace(take, expression=silent, pose=np.repeat(take.pose[:, :1], FRAMES, axis=1)),
        "nodding": replace(take, pose=nodding),
        "other": replace(take, pose=others, meta={ALONE: True}),
        "alone": replace(take, meta={ALONE: True}),
    }
    made = {}
    for name, variant in variants.items():
        given, out = tmp_path / f"{name}.npz", tmp_path / f"{name}-out.npz"
        save_performance(given, variant)
        words = ["animate", "--a", str(dialogue["a"]), "--b", str(dialogue["b"]), "--device", "cpu", "--seed", "5"]
        assert main([*words, "--out", str(out), "--partner", str(given), "--only", "Ben"]) == ExitCode.OK
        made[name] = load_performance(out)

    np.testing.assert_array_equal(made["alone"].pose[1], made["other"].pose[1])
    for one, other in pairwise(("plain", "still", "nodding")):
        assert np.abs(made[one].pose[1] - made[other].pose[1]).max() > 1e-3
    jaw = JOINT_NAMES.index("jaw")
    np.testing.assert_allclose(made["plain"].pose[0, :, jaw], take.pose[0, :100, jaw], atol=1e-6)
    assert made["plain"].meta["partner"] == "given for Anna"


def test_a_partner_that_cannot_be_used_leaves_no_take(dialogue, tmp_path, capsys):
    given, out = tmp_path / "partner.npz", tmp_path / "take.npz"
    given.write_bytes(b"no take")
    words = ["animate", "--a", str(dialogue["a"]), "--b", str(dialogue["b"]), "--device", "cpu", "--out", str(out)]

    code = main([*words, "--partner", str(given), "--only", "a"])

    assert code == ExitCode.PERFORMANCE_INVALID
    assert "partner.npz" in capsys.readouterr().err
    assert not out.exists()
