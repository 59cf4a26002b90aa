"""A take's notes name every file that it was made from."""

import hashlib
import json

import pytest

from backend.assets import assets_folder
from backend.contract.errors import ExitCode
from backend.contract.job import AudioInput, JobRequest, KeptTake, KnownPartner
from backend.job.provenance import derived_files, given_files
from tests.support.refusals import refused

AUDIO = AudioInput("mix", ("/talk.wav",))


def test_what_was_given_is_named_with_its_hash(tmp_path):
    paths = {name: tmp_path / name for name in ("face.npz", "turns.json", "said.txt", "take.npz", "partner.npz")}
    for name, path in paths.items():
        path.write_text(name, encoding="utf-8")
    request = JobRequest(
        AUDIO,
        face=str(paths["face.npz"]),
        segments=str(paths["turns.json"]),
        partner=KnownPartner(str(paths["partner.npz"]), 0),
        transcripts=(None, str(paths["said.txt"])),
        keep=KeptTake(str(paths["take.npz"]), (0,), ()),
    )

    found = given_files(request)

    assert {use: file["name"] for use, file in found.items() if use != "transcripts"} == {
        "face": "face.npz",
        "segments": "turns.json",
        "partner": "partner.npz",
        "kept": "take.npz",
    }
    assert found["transcripts"] == [{"name": "said.txt", "sha256": hashlib.sha256(b"said.txt").hexdigest()}]
    assert str(tmp_path) not in json.dumps(found)


@pytest.mark.parametrize(("prompt", "named"), [("", False), ("They are wistful.", True)])
def test_what_compares_words_counts_where_a_sentence_was_told(tmp_path, prompt, named):
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "minilm-l6-v2.safetensors").write_bytes(b"x")

    found = derived_files(JobRequest(AUDIO, prompt=prompt), (), tmp_path)

    assert ("minilm-l6-v2.safetensors" in found) is named


def test_turn_models_are_named_where_they_were_heard():
    request = JobRequest(AUDIO)

    assert set(derived_files(request, ("turn-models",), assets_folder())) == {
        "segmentation-3.0.safetensors",
        "campplus-zh-en.safetensors",
    }


def test_a_file_that_is_gone_meanwhile_is_told_by_its_own_code(tmp_path):
    with refused(ExitCode.SEGMENTS_INVALID):
        given_files(JobRequest(AUDIO, segments=str(tmp_path / "turns.json")))
