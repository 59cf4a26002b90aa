"""Part of a take stays, the rest is made anew around it: to the last bit here, seamless there."""

import json
from dataclasses import replace

import numpy as np
import pytest

from backend.assets import assets_folder
from backend.command.entry import main
from backend.contract.constants import JOINT_NAMES
from backend.contract.errors import ExitCode
from backend.contract.face import load_face
from backend.contract.job import PERFORMANCE_FILE, Character, KeptTake, read_events
from backend.contract.performance import ALONE, Performance, load_performance, save_performance
from backend.engines.base import Motion
from backend.job.kept import kept_motion
from backend.staging import compose
from backend.staging.stage import Place, Staging
from backend.worker import run_job

pytestmark = pytest.mark.skipif(
    not (assets_folder() / "faces" / "open-head-1.npz").is_file(), reason="python3 build.py setup derives the open head"
)

ANEW = slice(38, 75)
"""Frames of 1.5 to 3 s."""


@pytest.fixture(scope="module")
def first(dialogue, tmp_path_factory):
    """A take of the dialogue's four seconds by the small engine."""
    out = tmp_path_factory.mktemp("first") / "take.npz"
    assert main(words(dialogue, out, "--seed", "3")) == ExitCode.OK
    return out


def words(dialogue, out, *more):
    tracks = ["--a", str(dialogue["a"]), "--b", str(dialogue["b"])]
    return ["animate", *tracks, "--engine", "dualtalk", "--device", "cpu", "--out", str(out), *more]


def differs(one, other, person, frames=slice(None)):
    return max(
        float(np.abs(getattr(one, name)[person, frames] - getattr(other, name)[person, frames]).max())
        for name in ("pose", "translation", "expression")
    )


def test_only_the_seconds_asked_for_are_new(dialogue, first, tmp_path):
    out = tmp_path / "again.npz"

    assert main(words(dialogue, out, "--seed", "4", "--keep", str(first), "--regenerate", "1.5-3")) == ExitCode.OK

    was, made = load_performance(first), load_performance(out)
    for person in (0, 1):
        assert differs(was, made, person, slice(0, ANEW.start)) == 0.0
        assert differs(was, made, person, slice(ANEW.stop, None)) == 0.0
        assert differs(was, made, person, ANEW) > 0.01
    assert made.meta["kept"] == {"people": [], "regenerated": [[1.5, 3.0]], "seed": 3}


def test_the_borders_are_no_larger_steps_than_those_inside(dialogue, first, tmp_path):
    out = tmp_path / "again.npz"
    main(words(dialogue, out, "--seed", "4", "--keep", str(first), "--regenerate", "1.5-3"))

    made = load_performance(out)

    for name, joints in (("pose", [0, 1]), ("translation", None)):
        array = getattr(made, name) if joints is None else getattr(made, name)[:, :, joints]
        steps = np.abs(np.diff(array, axis=1)).reshape(2, made.frame_count - 1, -1).max(axis=(0, 2))
        borders = [ANEW.start - 1, ANEW.stop - 1]
        assert steps[borders].max() <= np.percentile(np.delete(steps, borders), 99)


def test_one_person_stays_and_the_other_one_is_new(dialogue, first, tmp_path):
    out = tmp_path / "again.npz"

    assert main(words(dialogue, out, "--seed", "4", "--keep", str(first), "--keep-person", "Anna")) == ExitCode.OK

    was, made = load_performance(first), load_performance(out)
    assert differs(was, made, 0) == 0.0
    assert differs(was, made, 1) > 0.05
    assert made.meta["kept"]["people"] == ["Anna"]


def test_a_person_and_a_stretch_together(dialogue, first, tmp_path):
    out = tmp_path / "again.npz"

    code = main(
        words(dialogue, out, "--seed", "4", "--keep", str(first), "--keep-person", "b", "--regenerate", "1.5-3")
    )

    was, made = load_performance(first), load_performance(out)
    assert code == ExitCode.OK
    assert differs(was, made, 1) == 0.0
    assert differs(was, made, 0, slice(0, ANEW.start)) == 0.0
    assert differs(was, made, 0, ANEW) > 0.01


def test_everybody_keeps_the_takes_place_whatever_the_sentence_says_now(dialogue, first, tmp_path):
    out = tmp_path / "again.npz"
    words_now = words(dialogue, out, "--prompt", "Ben is sad, standing three metres apart", "--keep", str(first))

    assert main([*words_now, "--keep-person", "Anna"]) == ExitCode.OK

    was, made = load_performance(first).meta["staging"], load_performance(out).meta["staging"]
    assert [place["position"] for place in made["places"]] == [place["position"] for place in was["places"]]
    assert made["places"][0] == was["places"][0]
    assert made["places"][1]["mood"] == "sad"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda take: replace(take, **{n: getattr(take, n)[:, :50] for n in ARRAYS}), "2.00 s"),
        (lambda take: replace(take, fps=30.0), "30 frames"),
        (lambda take: replace(take, face="flame"), "flame"),
        (lambda take: replace(take, speakers=("Mia", "Ben")), "Mia"),
        (lambda take: replace(take, meta=take.meta | {ALONE: True}), "alone"),
    ],
    ids=["length", "rate", "face", "people", "alone"],
)
def test_a_take_that_does_not_fit_has_a_number_and_leaves_nothing(change, reason, first, tmp_path, request_for, job):
    given = tmp_path / "given.npz"
    save_performance(given, change(load_performance(first)))
    folder = job(request_for(engine="dualtalk", keep=KeptTake(str(given), (0,))))

    assert run_job(folder) == ExitCode.BAD_REQUEST

    assert reason in read_events(folder)[0][-1]["message"]
    assert not (folder / PERFORMANCE_FILE).exists()


ARRAYS = ("expression", "pose", "translation", "speaking")


@pytest.mark.parametrize(
    ("stretch", "reason"), [((5.0, 9.0), "Nothing is to be made"), ((0.0, 9.0), "Nothing of the take is kept")]
)
def test_a_stretch_beside_or_around_the_take_is_told(stretch, reason, first, request_for, job):
    folder = job(request_for(engine="dualtalk", keep=KeptTake(str(first), (), (stretch,))))

    assert run_job(folder) == ExitCode.BAD_REQUEST

    assert reason in read_events(folder)[0][-1]["message"]


def test_a_file_that_is_no_take_is_told(tmp_path, request_for, job):
    (tmp_path / "no.npz").write_bytes(b"no take")
    folder = job(request_for(engine="dualtalk", keep=KeptTake(str(tmp_path / "no.npz"), (0,))))

    assert run_job(folder) == ExitCode.PERFORMANCE_INVALID


def test_the_other_person_may_be_another_one_now(first, request_for, job):
    cast = (Character("Anna"), Character("Omar"))
    folder = job(request_for(engine="dualtalk", characters=cast, keep=KeptTake(str(first), (0,))))

    assert run_job(folder) == ExitCode.OK

    assert load_performance(folder / PERFORMANCE_FILE).speakers == ("Anna", "Omar")


def test_a_take_for_other_sound_is_kept_with_a_warning(first, tmp_path, request_for, job):
    take = load_performance(first)
    meta = json.loads(json.dumps(take.meta))
    meta["audio"]["files"][0]["sha256"] = "0" * 64
    save_performance(tmp_path / "given.npz", replace(take, meta=meta))
    folder = job(request_for(engine="dualtalk", keep=KeptTake(str(tmp_path / "given.npz"), (0,))))

    assert run_job(folder) == ExitCode.OK

    assert any("other sound files" in event.get("message", "") for event in read_events(folder)[0])


def test_what_stays_is_told_to_the_engine_as_it_was_before_staging():
    """Sway to one's own left, up and ahead, whichever way the chair stands."""
    face = load_face(assets_folder() / "faces" / "open-head-1.npz")
    moment = np.arange(200) / 25.0
    sway = 0.02 * np.stack([np.stack([np.sin(k * moment + p) for k in (1.7, 2.9, 4.3)], axis=1) for p in (0, 1)])
    motion = Motion(
        np.zeros((2, 200, 52)),
        np.zeros((2, 200, 3)),
        np.zeros((2, 200, 3)),
        np.zeros((2, 200, 2)),
        np.ones((2, 200)),
        sway,
    )
    places = Place((-0.6, 1.2, 0.0), 1.3), Place((0.6, 1.2, 0.0), -1.0)
    staged = compose(motion, Staging("made", places), face, (Character("Anna"), Character("Ben")))
    take = Performance(
        25.0, face.id, ("A", "B"), staged.expression, staged.pose, staged.translation, np.ones((2, 200)), {}
    )

    found = kept_motion(take, np.ones((2, 200), bool), face).motion

    assert np.abs(found.sway - (sway - np.median(sway, axis=1, keepdims=True))).max() < 0.004
    assert np.abs(found.gaze).max() < 0.05


def test_jaws_are_those_of_the_sound_in_the_new_part_too(dialogue, first, tmp_path):
    out = tmp_path / "again.npz"
    main(words(dialogue, out, "--seed", "4", "--keep", str(first), "--regenerate", "1.5-3"))

    jaw = JOINT_NAMES.index("jaw")
    was, made = (load_performance(path).pose[:, :, jaw, 0] for path in (first, out))
    assert np.abs(was - made).max() < 0.02
