"""The one list of engines, and what each of them says of itself once it is loaded."""

import hashlib

import numpy as np
import pytest
import torch

from backend.assets import BACKEND, assets_folder, read_manifest, read_shipped_weights
from backend.contract.constants import ENGINE_NAMES
from backend.contract.errors import ExitCode
from backend.engines.base import Conditions, DialogueAudio, KeptMotion, KnownPerson, Motion
from backend.engines.dualtalk_official.checkpoint import official_state
from backend.engines.dualtalk_official.conversion import convert_checkpoint
from backend.engines.registry import ENGINES, engine_named
from tests.support.official_models import TINY, tiny_model
from tests.support.refusals import refused

SHIPPED = [name for name, entry in ENGINES.items() if not entry.needs_checkpoint]
ENCODER = assets_folder() / "speech" / "whisper-base-encoder-4.safetensors"


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_list_is_what_panel_and_command_line_offer():
    assert tuple(ENGINES) == ENGINE_NAMES
    assert all(entry.name == name for name, entry in ENGINES.items())


def test_what_an_engine_needs_is_in_the_manifest():
    shipped = {BACKEND.joinpath(weight.file).stem for weight in read_shipped_weights()}
    assets = {asset.id for asset in read_manifest()}

    for entry in ENGINES.values():
        assert set(entry.shipped) <= shipped
        assert set(entry.assets) <= assets
    assert shipped - {"sentence-reader"} == {name for entry in ENGINES.values() for name in entry.shipped}


@pytest.mark.skipif(not ENCODER.is_file(), reason="python3 build.py setup prepares the speech encoder")
@pytest.mark.parametrize("name", SHIPPED)
def test_an_engine_names_every_file_that_its_motion_depends_on(name):
    entry = engine_named(name)

    engine = entry.load(assets_folder(), "cpu")

    files = [*(BACKEND / "weights" / f"{asset}.safetensors" for asset in entry.shipped), ENCODER]
    assert list(engine.weights.items()) == [(path.name, sha256(path)) for path in files]
    assert engine.face is entry.face is None


def test_the_official_engine_gives_motion_on_its_own_face(tmp_path):
    torch.save(official_state(tiny_model()), tmp_path / "DualTalk.pth")
    convert_checkpoint(tmp_path / "DualTalk.pth", tmp_path / "tiny.safetensors", TINY)
    entry = engine_named("dualtalk-official")

    engine = entry.load(tmp_path, "cpu", tmp_path / "tiny.safetensors")
    sound = 0.05 * np.random.default_rng(0).standard_normal((2, 48_000)).astype(np.float32)
    motion = engine.generate(Conditions(DialogueAudio(sound, None, separate=True)), 0)

    assert engine.face == entry.face == "flame"
    assert dict(engine.weights) == {"tiny.safetensors": sha256(tmp_path / "tiny.safetensors")}
    assert engine.notes["checkpoint"] == "tiny.safetensors"
    assert motion.expression.shape == (2, 75, 50)
    assert motion.jaw.shape == motion.neck.shape == (2, 75, 3)
    assert not motion.gaze.any()


def test_an_engine_without_its_checkpoint_is_refused():
    with refused(ExitCode.BAD_REQUEST):
        engine_named("dualtalk-official").load(assets_folder(), "cpu")


def test_who_speaks_is_known_for_every_frame_of_the_sound():
    sound = np.zeros((2, 3_300), np.float32)  # five frames and a bit
    activity = np.array([[0.1, 0.2, 0.3], [0.9, 0.8, 0.7]], np.float32)

    known = Conditions(DialogueAudio(sound, activity, separate=True)).speaking
    unknown = Conditions(DialogueAudio(sound, None, separate=True)).speaking

    np.testing.assert_array_equal(known, activity[:, [0, 1, 2, 2, 2, 2]])
    np.testing.assert_array_equal(unknown, np.full((2, 6), 0.5, np.float32))


@pytest.mark.parametrize(
    ("stays", "person"), [((True, False), 0), ((False, True), 1), ((True, True), None), ((False, False), None)]
)
def test_a_person_is_kept_whole_where_every_frame_is_theirs(stays, person):
    arrays = [np.full((2, 4, width), 0.5, np.float32) for width in (52, 3, 3, 2)]
    mask = np.array([[True, True, stays[0], True], [True, stays[1], True, True]])

    found = KeptMotion(Motion(*arrays, speaking=np.ones((2, 4), np.float32)), mask).whole_person()

    assert (found and found.person) == person if person is not None else found is None
    assert found is None or isinstance(found, KnownPerson)
