"""`train dualtalk` from the data set to weights that `animate` takes, and what it refuses."""

import json

import numpy as np
import pytest
import soundfile
import torch
from safetensors.torch import load_file, save_file

from backend.assets import assets_folder
from backend.command import entry
from backend.contract.errors import ExitCode
from backend.contract.performance import load_performance
from backend.engines.base import Conditions, DialogueAudio
from backend.engines.dualtalk_official.checkpoint import load_checkpoint
from backend.engines.dualtalk_official.engine import OfficialEngine
from lab.training.dualtalk_official.start import fresh_model, sizes
from tests.support.dualtalk_data import TINY_SOUND, TINY_SPEECH, write_dataset
from tests.support.dualtalk_runs import train, words
from tests.support.refusals import refused


def animated(tracks, checkpoint):
    engine = OfficialEngine.load(assets_folder(), "cpu", checkpoint)
    return engine.generate(Conditions(DialogueAudio(tracks, None, separate=True)))


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return write_dataset(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def trained(data, tiny, tmp_path_factory):
    """A finished run."""
    run = tmp_path_factory.mktemp("run")
    assert train(words(data, run, tiny)) == ExitCode.OK
    return run


def sounds(data):
    """Both tracks of the test's clip."""
    return np.stack(
        [soundfile.read(data / "test" / f"clip00_speaker{person}.wav", dtype="float32")[0] for person in (1, 2)]
    )


def test_a_run_leaves_weights_curves_and_measures(trained):
    measures = json.loads((trained / "measures.json").read_text())

    assert load_checkpoint(trained / "dualtalk.safetensors").config == TINY_SOUND
    assert set(measures) == {"test", "ood"}
    for found in measures.values():
        assert found["clips"] == 1
        assert all(np.isfinite(found[f"{name}_{part}"]) for name in ("fid", "p_fid") for part in ("exp", "jaw", "pose"))
    assert {path.name for path in trained.iterdir()} >= {"train.csv", "validation.csv", "curves.png", "checkpoint.pt"}
    assert not list(trained.rglob("*.part"))


def test_a_finished_run_is_not_trained_again(trained, data, tiny, capsys):
    before = (trained / "train.csv").read_text()

    status = train(words(data, trained, tiny))

    assert status == ExitCode.OK
    assert (trained / "train.csv").read_text() == before
    assert "going on after step" in capsys.readouterr().out


def test_weights_that_were_trained_animate_a_dialogue(trained, data):
    tracks = np.stack(
        [soundfile.read(data / "test" / f"clip00_speaker{person}.wav", dtype="float32")[0] for person in (1, 2)]
    )

    performance = animated(tracks, trained / "dualtalk.safetensors")

    assert performance.expression.shape == (2, 60, 50)
    assert np.isfinite(performance.expression).all()
    assert performance.expression.std() > 1e-3


def test_training_can_start_from_weights(trained, data, tmp_path):
    given = words(data, tmp_path, "", "--start", trained / "dualtalk.safetensors", "--rate", 1e-9)
    place = given.index("--sizes")

    status = train([*given[:place], *given[place + 2 :]])

    assert status == ExitCode.OK
    before, after = (load_file(folder / "dualtalk.safetensors") for folder in (trained, tmp_path))
    for name, tensor in before.items():
        torch.testing.assert_close(after[name], tensor, atol=1e-6, rtol=0)


@pytest.mark.parametrize("form", ["folder", "prefixed file"])
def test_a_wav2vec_that_was_trained_before_is_taken_for_both_people(tmp_path, form):
    from transformers import Wav2Vec2Config, Wav2Vec2Model

    torch.manual_seed(5)
    config = {name: getattr(TINY_SPEECH, name) for name in TINY_SPEECH.__dataclass_fields__}
    published = Wav2Vec2Model(Wav2Vec2Config(**config))
    if form == "folder":
        published.save_pretrained(tmp_path)
        path, chosen = tmp_path, sizes("wav2vec2", None, tmp_path)
    else:
        path, chosen = tmp_path / "model.bin", TINY_SOUND
        state = {f"wav2vec2.{name}": tensor for name, tensor in published.state_dict().items()}
        torch.save(state | {"lm_head.weight": torch.zeros(3)}, path)

    model = fresh_model(chosen, 0, path)

    assert chosen.speech == TINY_SPEECH
    for encoder in (model.joint_encoder.audio_encoder1, model.joint_encoder.audio_encoder2):
        for name, tensor in encoder.state_dict().items():
            torch.testing.assert_close(tensor, published.state_dict()[name])


def test_a_wav2vec_of_other_sizes_is_named(tmp_path):
    save_file({"encoder.layer_norm.weight": torch.zeros(5)}, tmp_path / "model.safetensors")

    with refused(ExitCode.WEIGHTS_INVALID):
        fresh_model(TINY_SOUND, 0, tmp_path)


@pytest.mark.parametrize(
    "text",
    ['{"feature_dim": 15}', '{"width": 3}', "[1]", "{", '{"speech": {"hidden_size": 0}}', '{"feature_dim": "a"}'],
)
def test_sizes_that_make_no_model_are_refused(tmp_path, text):
    (tmp_path / "sizes.json").write_text(text)

    with refused(ExitCode.BAD_REQUEST):
        sizes("wav2vec2", tmp_path / "sizes.json", None)


@pytest.mark.parametrize(
    "wrong",
    [
        *[("--epochs", "0"), ("--batch", "0"), ("--window", "1"), ("--validation", "1"), ("--rate", "0")],
        *[
            ("--seed", str(2**40)),
            ("--devices", "0"),
            ("--start", "a.pth"),
            ("--resume",),
            ("--group", "("),
            ("--seed", "-1"),
            ("--device", "abacus"),
        ],
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_written(data, tiny, tmp_path, wrong):
    status = train(words(data, tmp_path / "run", tiny, *wrong))

    assert status == ExitCode.BAD_REQUEST
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("text", ['{"speech": {"width": 512}}', '{"blendshape_dim": 52}'])
def test_a_model_that_does_not_fit_the_data_is_refused(data, tmp_path, text):
    (tmp_path / "sizes.json").write_text(text)

    status = train(words(data, tmp_path / "run", tmp_path / "sizes.json", "--encoder", "whisper"))

    assert status == ExitCode.BAD_REQUEST
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("place", ["a file's child", "a folder"])
def test_weights_that_could_not_be_written_are_reported_before_training(data, tiny, tmp_path, place):
    (tmp_path / "file").write_text("")
    out = tmp_path / "file" / "weights.safetensors" if place == "a file's child" else tmp_path

    status = train(words(data, tmp_path / "run", tiny, "--out", out))

    assert status == ExitCode.OUTPUT_NOT_WRITABLE
    assert not (tmp_path / "run").exists()


@pytest.mark.skipif(not (assets_folder() / "speech").is_dir(), reason="the speech encoder is not derived")
def test_a_model_on_whisper_features_is_trained_and_animates(data, tmp_path):
    (tmp_path / "sizes.json").write_text('{"feature_dim": 16, "feed_forward": 32, "interaction_layers": 1}')

    status = train(words(data, tmp_path / "run", tmp_path / "sizes.json", "--encoder", "whisper"))
    performance = animated(sounds(data), tmp_path / "run" / "dualtalk.safetensors")

    assert status == ExitCode.OK
    assert np.load(tmp_path / "run" / "features" / "train" / "clip01.npy").shape == (2, 67, 1024)
    assert performance.expression.shape == (2, 60, 50)


def test_a_take_of_trained_weights_is_written_by_the_command_line(trained, data, tmp_path):
    if not (assets_folder() / "turns").is_dir():
        pytest.skip("the turn models are not derived")
    tracks = [str(data / "test" / f"clip00_speaker{person}.wav") for person in (1, 2)]
    given = ["animate", "--engine", "dualtalk-official", "--checkpoint", str(trained / "dualtalk.safetensors")]
    given += ["--a", tracks[0], "--b", tracks[1], "--out", str(tmp_path / "take.npz"), "--device", "cpu"]

    status = entry.main(given)

    assert status == ExitCode.OK
    assert load_performance(tmp_path / "take.npz").frame_count == 60
