"""Recordings of one's own and rehearsals are read alike; what cannot be used is named, with a number."""

import numpy as np
import pytest
import torch

from backend.contract.errors import ExitCode
from backend.contract.face import load_face
from backend.contract.job import Character
from backend.contract.performance import Performance
from backend.engines.base import Motion
from backend.engines.colocated.conditioning import MOUTH
from backend.engines.colocated.stream import EXPRESSION, EYES, JAW, NECK, TRANSLATION
from backend.engines.lip_reader.model import LipConfig, LipReader
from backend.staging.compose import compose
from backend.staging.stage import Place, Staging
from lab.__main__ import main as lab_main
from lab.simulation.other_takes import act_again, save_takes
from lab.simulation.rehearsal import make_rehearsal, perform_rehearsal
from lab.simulation.rehearsal_files import save_rehearsal
from lab.simulation.speech.voices import FLITE_ALONE
from lab.training.colocated.audio_features import compute_audio_features, mouths_of
from lab.training.colocated.data import divided, fingerprint, read_recordings, stream_of_take
from tests.support.colocated_data import made_up_face, write_take
from tests.support.open_head import FACE_FILE
from tests.support.refusals import refused


def read(folder, least=25, **options):
    return read_recordings(folder, made_up_face(), least, **options)


def refusal(call):
    with refused(ExitCode.DATASET_INVALID) as failure:
        call()
    return failure.value.message


@pytest.fixture(scope="module")
def open_head():
    if not FACE_FILE.is_file():
        pytest.skip("the open head is not prepared")
    return load_face(FACE_FILE)


def test_a_recording_of_one_s_own_is_read(tmp_path):
    write_take(tmp_path / "scene", seconds=3.0)

    recordings, faults = read(tmp_path)

    assert faults == []
    (recording,) = recordings
    assert (recording.name, recording.frames, recording.rehearsed) == ("scene", 75, False)
    assert recording.stream.shape == (2, 75, 65)
    np.testing.assert_array_equal(recording.traits, 0.0)
    np.testing.assert_array_equal(recording.mood.argmax(axis=1), 0)
    assert recording.speaking[0].all()


def test_who_sways_sideways_to_the_partner_sways_ahead_in_their_own_axes(tmp_path):
    write_take(tmp_path / "scene", seconds=3.0)

    stream = read(tmp_path)[0][0].stream

    sway = 0.01 * np.sin(np.arange(75) / 25.0)
    np.testing.assert_allclose(stream[0, :, TRANSLATION.start + 2], sway - sway.mean(), atol=1e-5)
    np.testing.assert_allclose(stream[1, :, TRANSLATION.start + 2], sway.mean() - sway, atol=1e-5)
    np.testing.assert_allclose(stream[:, :, TRANSLATION.start : TRANSLATION.stop - 1], 0.0, atol=1e-5)


def test_a_staged_motion_comes_back_as_it_was(open_head):
    rng = np.random.default_rng(3)
    time = np.arange(150) / 25.0
    waves = np.sin(time[:, None] * rng.uniform(0.5, 3, (2, 1, 8)) + rng.uniform(0, 6, (2, 1, 8)))  # [2, T, 8]
    expression = np.zeros((2, 150, 52))
    expression[:, :, [0, 1, 26, 43]] = 0.2 + 0.1 * waves[..., :4]  # none against another
    motion = Motion(
        expression=expression,
        jaw=np.stack((0.1 + 0.05 * waves[..., 4], *np.zeros((2, 2, 150))), axis=-1),
        neck=0.05 * (waves[..., :3] - np.median(waves[..., :3], axis=1, keepdims=True)),
        gaze=0.1 * waves[..., 5:7],
        speaking=np.ones((2, 150)),
        sway=0.01 * (waves[..., 1:4] - waves[..., 1:4].mean(axis=1, keepdims=True)),
    )
    staging = Staging("here", (Place((-0.5, 1.2, 0.0), np.pi / 2), Place((0.5, 1.2, 0.0), -np.pi / 2)))
    made = compose(motion, staging, open_head, (Character("Ann"), Character("Ben")), 0)
    take = Performance(
        25.0, open_head.id, ("Ann", "Ben"), made.expression, made.pose, made.translation, motion.speaking, {}
    )

    found = stream_of_take(take, open_head)

    np.testing.assert_allclose(found[..., JAW], motion.jaw, atol=1e-4)
    gaze = found[..., EYES].reshape(2, 150, 2, 2).mean(axis=2)
    np.testing.assert_allclose(gaze, motion.gaze, atol=0.01)
    assert np.abs(found[..., NECK] - motion.neck).mean() < 0.01
    assert np.abs(found[..., EXPRESSION] - motion.expression)[..., [0, 26, 43]].mean() < 0.02
    # Both sway towards each other's mean place, which is not quite where their chairs face.
    assert np.abs(found[..., TRANSLATION] - motion.sway).mean() < 0.003


def test_a_rehearsal_is_read_by_its_motion(tmp_path, open_head):
    rehearsal = make_rehearsal(11, seconds=20.0)
    save_rehearsal(tmp_path / "0000", rehearsal, perform_rehearsal(rehearsal, open_head))

    (recording,) = read_recordings(tmp_path, open_head, 256)[0]

    assert recording.rehearsed
    np.testing.assert_allclose(recording.stream[..., EXPRESSION], rehearsal.motion.expression, atol=2e-3)
    np.testing.assert_allclose(
        recording.stream[..., EYES][..., :2].mean(), rehearsal.motion.gaze.mean() - 0.02, atol=0.03
    )
    np.testing.assert_allclose(recording.stream[..., TRANSLATION], rehearsal.events["sway"], atol=1e-4)
    assert np.abs(recording.traits).max() > 0.0


def test_other_takes_of_a_rehearsal_are_read_with_it(tmp_path, open_head):
    rehearsal = make_rehearsal(11, seconds=20.0)
    save_rehearsal(tmp_path / "0000", rehearsal, perform_rehearsal(rehearsal, open_head))
    takes = act_again(11, 20.0, FLITE_ALONE, 2)
    without = read_recordings(tmp_path, open_head, 256)[0][0]
    save_takes(tmp_path / "0000", takes)

    (recording,) = read_recordings(tmp_path, open_head, 256)[0]

    assert (without.takes, recording.takes) == (1, 3)
    np.testing.assert_array_equal(recording.take(0), without.stream)
    np.testing.assert_allclose(recording.take(2)[..., NECK], takes["neck"][1], atol=1e-3)
    np.testing.assert_allclose(recording.take(1)[..., JAW], rehearsal.motion.jaw, atol=1e-3)  # the same words
    assert fingerprint([recording]) != fingerprint([without])


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda folder: (folder / "audio.wav").unlink(), "audio.wav is missing"),
        (lambda folder: (folder / "audio.wav").write_bytes(b"RIFF"), "cannot be read"),
        (lambda folder: (folder / "performance.npz").write_bytes(b"PK"), "cannot be read"),
        (lambda folder: write_take(folder, seconds=0.6), "it lasts 0.60 s; 1.00 s is the least"),
        (lambda folder: write_take(folder, seconds=3.0, sound_seconds=2.0), "2.00 s of sound and 3.00 s of motion"),
        (lambda folder: write_take(folder, channels=3), "3 channels"),
    ],
)
def test_what_is_wrong_with_a_recording_is_reported_by_name(tmp_path, spoil, reason):
    write_take(tmp_path / "good")
    spoil(write_take(tmp_path / "spoilt"))

    message = refusal(lambda: read(tmp_path))

    assert message.startswith("1 of 2 recordings")
    assert "spoilt" in message
    assert reason in message
    recordings, faults = read(tmp_path, leave_out_bad=True)
    assert [recording.name for recording in recordings] == ["good"]
    assert len(faults) == 1


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_a_folder_without_recordings_is_refused(tmp_path, name):
    (tmp_path / "empty").mkdir()

    assert str(tmp_path / name) in refusal(lambda: read(tmp_path / name))


def test_the_last_recordings_are_held_out(tmp_path):
    for name in ("c", "a", "b"):
        write_take(tmp_path / name, seconds=1.0)
    recordings, _ = read(tmp_path)

    learned, held_out = divided(recordings, 1)

    assert ([recording.name for recording in learned], [recording.name for recording in held_out]) == (
        ["a", "b"],
        ["c"],
    )
    assert fingerprint(learned) != fingerprint(recordings)
    assert "held out" in refusal(lambda: divided(recordings, 3))


@pytest.mark.parametrize(("rows", "variants"), [(3, 2), (1, 1)])
def test_mouths_are_read_of_tracks_and_of_the_mix_without_seams(rows, variants):
    torch.manual_seed(0)
    lips = LipReader(LipConfig(width=16)).eval()
    rng = np.random.default_rng(0)
    features = np.repeat(rng.standard_normal((rows, 1, 512)), 800, axis=1).astype(np.float16)
    speaking = np.ones((2, 400), np.float32)

    found = mouths_of(features, speaking, lips, seed=0)

    assert found.shape == (variants, 2, 400, MOUTH)
    assert found[..., -2:].min() >= 0.0
    assert found[..., -2:].max() <= 1.0
    if variants == 2:
        assert not np.allclose(found[0, 0, 200], found[0, 1, 200], atol=1e-3)


def test_audio_features_are_computed_once(tmp_path):
    write_take(tmp_path / "data" / "one", seconds=1.0)
    recordings, _ = read(tmp_path / "data")
    lips = LipReader(LipConfig(width=16)).eval()
    features = np.zeros((3, 50, 512), np.float16)
    (tmp_path / "features").mkdir()
    np.save(tmp_path / "features" / "one.npy", features)

    def encoder():
        raise AssertionError("the features are computed again")

    for _ in range(2):
        (audio,) = compute_audio_features(recordings, tmp_path / "features", tmp_path / "mouths", encoder, lambda: lips)
        assert audio.mouth_window(0, mix=True, window=slice(3, 13)).shape == (10, MOUTH)

    np.save(tmp_path / "features" / "one.npy", features[:, :30])
    with refused(ExitCode.ASSET_CORRUPT):
        compute_audio_features(recordings, tmp_path / "features", tmp_path / "mouths", encoder, lambda: lips)


@pytest.mark.parametrize(
    "words",
    [
        ["--steps", "0"],
        ["--batch", "0"],
        ["--window", "30"],
        ["--seed", "-1"],
        ["--rate", "2"],
        ["--held-out", "-1"],
        ["--batch", "1", "--devices", "2"],
        ["--resume", "--run", "nowhere"],
    ],
)
def test_a_request_that_cannot_be_is_refused(tmp_path, words, capsys):
    assert lab_main(["train", "colocated", "--data", str(tmp_path), *words]) == ExitCode.BAD_REQUEST
    assert words[0] in capsys.readouterr().err or "no checkpoint" in capsys.readouterr().err or words[0] == "--resume"


def test_a_folder_without_recordings_ends_with_its_number(tmp_path, capsys):
    if not FACE_FILE.is_file():
        pytest.skip("the open head is not prepared")

    assert (
        lab_main(["train", "colocated", "--data", str(tmp_path), "--run", str(tmp_path / "run")])
        == ExitCode.DATASET_INVALID
    )
    assert str(tmp_path) in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_recordings_of_one_s_own_become_weights_and_the_same_command_goes_on(tmp_path, capsys):
    if not FACE_FILE.is_file() or not (FACE_FILE.parents[1] / "speech").is_dir():
        pytest.skip("the assets are not prepared")
    for name in ("first", "second", "third"):
        write_take(tmp_path / "data" / name, seconds=2.0)
    words = ["--data", str(tmp_path / "data"), "--run", str(tmp_path / "run"), "--window", "16", "--batch", "1"]
    words += ["--held-out", "1", "--steps", "2", "--stage-two-steps", "1"]

    statuses = [lab_main(["train", "colocated", *words, *more]) for more in ([], ["--resume"], ["--steps", "3"])]

    assert statuses == [ExitCode.OK, ExitCode.OK, ExitCode.BAD_REQUEST]
    printed = capsys.readouterr()
    assert "2 recordings to learn from, 1 held out" in printed.out
    assert "going on after step 3 of 3" in printed.out
    assert "other settings" in printed.err
    assert (tmp_path / "run" / "colocated.safetensors").stat().st_size < 40e6
