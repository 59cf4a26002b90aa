"""The network that reads sentences: the same in numpy as in torch, joined over long texts, refused where spoilt."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from backend.assets import assets_folder
from backend.contract.errors import ExitCode
from backend.staging.prompt import stage_prompt
from backend.staging.prompt.model import reader as module
from backend.staging.prompt.model.outputs import INDEX, OUTPUTS, Output
from backend.staging.prompt.model.reader import SceneReader, Tagged, scene_reader
from backend.staging.prompt.model.tagging import Hint, tagged
from backend.staging.sentence_encoder import WEIGHTS_FILE, load_sentence_encoder
from tests.support.made_probabilities import probabilities
from tests.support.refusals import refused

ASSETS = assets_folder()
needs_encoder = pytest.mark.skipif(not (ASSETS / WEIGHTS_FILE).is_file(), reason="the sentence encoder is not prepared")
NAMES = ("Anna", "Ben")


@pytest.fixture(scope="module")
def both():
    """Lower and upper layers in torch with random outputs, and the reader in numpy with the same weights."""
    torch = pytest.importorskip("torch")
    from lab.training.sentence_reader.model import LowerLayers, UpperLayers

    encoder = load_sentence_encoder(ASSETS)
    torch.manual_seed(3)
    lower, upper = LowerLayers(encoder.weights), UpperLayers(encoder.weights).eval()
    for part in (upper.hints, upper.pieces, upper.sentence, upper.distance, upper.rise):
        torch.nn.init.normal_(part.weight, std=0.05)
    weights = {name: tensor.detach().numpy() for name, tensor in upper.state_dict().items()}
    weights |= {
        "calibration.scale": np.ones(len(OUTPUTS), dtype=np.float32),
        "calibration.shift": np.zeros(len(OUTPUTS), dtype=np.float32),
    }
    return lower, upper, SceneReader(encoder, weights)


HINTS = (Hint(5, 11, (INDEX[Output(0, "posture", "kneeling")],)),)


def parts_of(text, reader):
    return tagged(text, NAMES, reader.encoder.tokenizer, None, HINTS)


def as_torch(sentence, torch):
    return (
        torch.from_numpy(sentence.ids.astype(np.int64))[None],
        torch.from_numpy(sentence.tags.astype(np.int64))[None],
        torch.from_numpy(sentence.hints)[None],
    )


@needs_encoder
def test_numpy_and_torch_read_the_same(both):
    import torch

    lower, upper, reader = both
    (sentence,) = parts_of("Anna kneels on the platform while Ben stares past her.", reader)
    there = torch.ones((1, len(sentence.ids)), dtype=torch.bool)

    found = reader.read([sentence])
    ids, tags, hints = as_torch(sentence, torch)
    with torch.no_grad():
        said = upper(lower(ids, there), tags, hints, there)

    assert found.pieces == pytest.approx(said.pieces[0].sigmoid().numpy(), abs=1e-4)
    assert found.said == pytest.approx(said.sentence[0].sigmoid().numpy(), abs=1e-4)
    assert found.distance == pytest.approx(said.distance[0].softmax(-1).numpy(), abs=1e-4)
    assert found.rise == pytest.approx(said.rise[0].softmax(-1).numpy(), abs=1e-4)
    assert np.ptp(found.said) > 1e-3


@needs_encoder
def test_pieces_that_only_fill_up_a_batch_change_nothing(both):
    import torch

    lower, upper, reader = both
    (sentence,) = parts_of("Anna kneels.", reader)
    count = len(sentence.ids)
    ids, tags, hints = (
        torch.cat((part, torch.zeros((1, 5, *part.shape[2:]), dtype=part.dtype)), dim=1)
        for part in as_torch(sentence, torch)
    )
    there = torch.arange(count + 5)[None] < count

    with torch.no_grad():
        said = upper(lower(ids, there), tags, hints, there)

    assert reader.read([sentence]).said == pytest.approx(said.sentence[0].sigmoid().numpy(), abs=1e-4)


@needs_encoder
def test_what_the_rules_read_changes_what_is_found(both):
    reader = both[2]
    text = "Anna kneels on the platform."
    (hinted,), (plain,) = parts_of(text, reader), tagged(text, NAMES, reader.encoder.tokenizer, None)

    assert hinted.hints.sum() == np.count_nonzero([last > 5 and first < 11 for first, last in hinted.spans])
    assert plain.hints.sum() == 0.0
    assert not np.allclose(reader.read([hinted]).said, reader.read([plain]).said)


@needs_encoder
def test_a_long_text_says_what_one_of_its_parts_says(both):
    reader = both[2]
    parts = parts_of("Anna kneels on the platform while Ben stares past her. " * 12, reader)
    assert len(parts) > 1

    whole, single = reader.read(parts), [reader.read([part]) for part in parts]

    assert whole.spans == tuple(span for part in parts for span in part.spans)
    assert whole.pieces.shape == (len(whole.spans), len(OUTPUTS))
    assert np.array_equal(whole.said, np.max([part.said for part in single], axis=0))


def test_a_joined_text_has_the_distance_of_the_part_that_is_surer_of_it():
    output = ("scene", "distance", "said")
    near, far = (probabilities("x", {output: ("x", sure)}, distance=m) for sure, m in ((0.2, 0.5), (0.9, 5.0)))

    for joined in (near.joined(far), far.joined(near)):
        assert np.array_equal(joined.distance, far.distance)
        assert joined.said[INDEX[Output(*output)]] == 0.9
        assert len(joined.spans) == len(joined.pieces) == 2


@pytest.fixture
def weights_at(monkeypatch, tmp_path):
    path = tmp_path / "reader.safetensors"
    monkeypatch.setattr(module, "WEIGHTS", path)
    module._loaded.cache_clear()
    yield path
    module._loaded.cache_clear()


@needs_encoder
def test_whole_weights_are_read(both, weights_at):
    save_file(both[2].weights, weights_at)
    unmarked, unhinted = np.zeros((3, 3), dtype=int), np.zeros((3, len(OUTPUTS)))
    trial = [Tagged(np.array([1, 2, 3]), ((0, 1), (1, 2), (2, 3)), unmarked, unhinted)]

    found = scene_reader(ASSETS)

    assert found.read(trial).said == pytest.approx(both[2].read(trial).said)


def spoilt(weights, how):
    changed = dict(weights)
    if how == "a missing part":
        del changed["layers.4.query.weight"]
    if how == "too few outputs":
        changed |= {
            f"{part}.{name}": weights[f"{part}.{name}"][:-1]
            for part in ("pieces", "sentence")
            for name in ("weight", "bias")
        }
    if how == "another width":
        changed["pieces.weight"] = weights["pieces.weight"][:, :-1].copy()
    if how == "no numbers":
        changed["sentence.bias"] = np.full_like(weights["sentence.bias"], np.nan)
    if how == "another layout of distances":
        changed["distance.weight"] = weights["distance.weight"][:-1].copy()
        changed["distance.bias"] = weights["distance.bias"][:-1].copy()
    return changed


@needs_encoder
@pytest.mark.parametrize(
    "how", ["a missing part", "too few outputs", "another width", "no numbers", "another layout of distances"]
)
def test_weights_of_another_version_are_refused(both, weights_at, how):
    save_file(spoilt(both[2].weights, how), weights_at)

    with refused(ExitCode.WEIGHTS_INVALID, str(weights_at)):
        scene_reader(ASSETS)


@needs_encoder
@pytest.mark.parametrize("content", [b"", b"nothing of the kind", b"\xff" * 100])
def test_a_file_that_is_none_of_weights_is_refused(weights_at, content):
    weights_at.write_bytes(content)

    with refused(ExitCode.WEIGHTS_INVALID, str(weights_at)):
        scene_reader(ASSETS)


@needs_encoder
def test_without_weights_the_rules_stage_alone(weights_at):
    assert scene_reader(ASSETS) is None
    staged = stage_prompt("Anna is angry, side by side", assets=ASSETS)
    assert (staged.staging.arrangement, staged.staging.places[0].mood) == ("side_by_side", "angry")
    assert staged.inferences == ()


def test_without_an_encoder_the_rules_stage_alone():
    assert scene_reader(Path("no assets")) is None
    assert stage_prompt("side by side", assets=Path("no assets")).staging.arrangement == "side_by_side"
