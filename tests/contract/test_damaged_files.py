"""Whatever is wrong with a file, its reader takes it or refuses it with a code of its own; nothing else is raised."""

import io
import json
import zipfile
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from test_face_file import face
from test_performance_file import performance
from test_transfer_file import _transfer

from backend.contract.character import load_character
from backend.contract.errors import DuologueError, ExitCode
from backend.contract.face import load_face, save_face
from backend.contract.job import AudioInput, JobRequest, KeptTake, append_event, read_events, read_request
from backend.contract.performance import load_performance, save_performance
from backend.contract.segments_file import read_segments
from backend.contract.transfer import load_transfer, save_transfer
from tests.support.damage import Kind, check_damage, each_damaged, misplaced, outcome
from tests.support.damaged_files import damaged_bytes, damaged_json, damaged_npz, damaged_text

ROOT = Path(__file__).resolve().parents[2]
REQUEST = JobRequest(
    AudioInput("tracks", ("/a.wav", "/b.wav")),
    transcripts=("/a.txt", None),
    keep=KeptTake("/take.npz", (0,), ((1.0, 2.0),)),
    staging={"arrangement": "x", "places": []},
)
SEGMENTS = {"schema": 1, "speakers": ["Anna", "Ben"], "segments": [{"start": 0.5, "end": 2.25, "speaker": "Anna"}]}
RTTM = b"SPEAKER talk 1 0.500 1.750 <NA> <NA> Anna <NA> <NA>\nSPKR-INFO talk 1 <NA> <NA> <NA> unknown Ben <NA> <NA>\n"


def _saved(save, thing, folder):
    path = folder / "whole.npz"
    save(path, thing)
    return path.read_bytes()


def _events(folder):
    append_event(folder, "progress", stage="model", done=1, total=2)
    append_event(folder, "done", performance="p.npz", frames=3)
    return (folder / "events.jsonl").read_bytes()


FACE = {ExitCode.FACE_INVALID, ExitCode.FACE_NOT_FOUND}
KINDS = {
    "performance.npz": Kind(
        lambda folder: _saved(save_performance, performance(), folder),
        damaged_npz, load_performance, {ExitCode.PERFORMANCE_INVALID},
    ),
    "face.npz": Kind(
        lambda folder: _saved(save_face, face(), folder), damaged_npz, load_face, FACE,
    ),
    "a--b.npz": Kind(
        lambda folder: _saved(save_transfer, _transfer(), folder), damaged_npz, load_transfer, FACE,
    ),
    "anna.json": Kind(
        lambda _: (ROOT / "presets" / "characters" / "anna.json").read_bytes(),
        damaged_json, load_character, {ExitCode.CHARACTER_INVALID},
    ),
    "request.json": Kind(
        lambda _: json.dumps({"schema": 1} | asdict(REQUEST)).encode(),
        damaged_json, lambda path: read_request(path.parent), {ExitCode.BAD_REQUEST},
    ),
    "events.jsonl": Kind(
        _events, damaged_bytes, lambda path: read_events(path.parent), {ExitCode.WORKER_GARBAGE},
    ),
    "segments.json": Kind(
        lambda _: json.dumps(SEGMENTS).encode(), damaged_json, read_segments, {ExitCode.SEGMENTS_INVALID},
    ),
    "segments.rttm": Kind(lambda _: RTTM, damaged_text, read_segments, {ExitCode.SEGMENTS_INVALID}),
}  # fmt: skip


@each_damaged(KINDS, 40)
def test_a_damaged_file_is_taken_or_refused_by_its_own_code(tmp_path, name, number):
    check_damage(KINDS[name], tmp_path / name, number)


@pytest.mark.parametrize("name", KINDS)
def test_where_no_file_can_be_read_a_code_of_its_own_says_so(tmp_path, name):
    for path in misplaced(tmp_path, name):
        found = outcome(KINDS[name], path)
        assert isinstance(found, DuologueError) or name == "events.jsonl"  # a job that has said nothing yet


@pytest.mark.parametrize("shape", [(2**60,), (2**62, 4), (10**30,)])
@pytest.mark.parametrize("name", ["performance.npz", "face.npz", "a--b.npz"])
def test_an_array_that_claims_more_than_the_file_holds_takes_no_memory(tmp_path, name, shape):
    kind = KINDS[name]
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f4", "fortran_order": False, "shape": shape})
    claimed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(kind.make(tmp_path))) as whole, zipfile.ZipFile(claimed, "w") as archive:
        for index, member in enumerate(whole.namelist()):
            archive.writestr(member, header.getvalue() if index == 5 else whole.read(member))
    path = tmp_path / name
    path.write_bytes(claimed.getvalue())

    with pytest.raises(DuologueError) as caught:
        kind.read(path)

    assert caught.value.code in kind.codes


@pytest.mark.parametrize("name", [name for name in KINDS if name.endswith(".json")])
def test_what_is_nested_too_deeply_is_refused(tmp_path, name):
    kind = KINDS[name]
    (tmp_path / name).write_text("[" * 100_000, encoding="utf-8")

    with pytest.raises(DuologueError) as caught:
        kind.read(tmp_path / name)

    assert caught.value.code in kind.codes


def test_bytes_of_a_path_that_are_no_letters_survive_a_request(tmp_path):
    request = JobRequest(AudioInput("mix", ("/sound/\udcff.wav",)))
    (tmp_path / "request.json").write_text(json.dumps({"schema": 1} | asdict(request)), encoding="utf-8")

    assert read_request(tmp_path).audio.paths == ("/sound/\udcff.wav",)
