"""`import-flame`: a face and its transfers lie in the folder, or nothing does and a sentence says why."""

import json
import os
import pickle
import subprocess
import sys
import time
from pathlib import Path

import pytest

from backend.assets import assets_folder
from backend.command.entry import main
from backend.contract.constants import OPEN_HEAD
from backend.contract.errors import ExitCode
from backend.contract.face import load_face
from backend.contract.transfer import load_transfer, transfer_file
from tests.support.flame_arrays import TRIANGLES, VERTICES, flame_arrays
from tests.support.flame_pickles import pickle_of_2017

ROOT = Path(__file__).resolve().parents[2]

needs_open_head = pytest.mark.skipif(
    not (assets_folder() / "faces" / f"{OPEN_HEAD}.npz").is_file(),
    reason="python3 build.py setup derives the open head",
)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A model of Python 2's and chumpy's days, of few components."""
    path = tmp_path_factory.mktemp("flame") / "FLAME2017" / "generic_model.pkl"
    path.parent.mkdir()
    path.write_bytes(pickle_of_2017(flame_arrays(identities=4, expressions=6)))
    return path


@pytest.fixture
def faces(tmp_path):
    return tmp_path / "new folder" / "faces"


def files_in(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


@needs_open_head
def test_the_face_and_both_transfers_are_written(model, faces, capsys):
    assert main(["import-flame", str(model), "--faces", str(faces)]) == ExitCode.OK

    printed = capsys.readouterr().out
    (name,) = [name for name in files_in(faces) if "--" not in name]
    face = load_face(faces / name)
    assert name == f"{face.id}.npz"
    assert (len(face.v_template), len(face.f), len(face.expression_names)) == (VERTICES, TRIANGLES, 5)
    assert face.extras["title"] == "FLAME2017"
    for way in ((OPEN_HEAD, face.id), (face.id, OPEN_HEAD)):
        transfer = load_transfer(transfer_file(faces, *way))
        assert (transfer.source, transfer.target) == way
    assert len(files_in(faces)) == 3
    for said in (face.id, str(VERTICES), "5 identity and 5 expression components", "mm"):
        assert said in printed


@needs_open_head
def test_events_tell_the_steps_and_the_face(model, faces, capsys):
    assert main(["import-flame", str(model), "--faces", str(faces), "--json"]) == ExitCode.OK

    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    steps = [event for event in events if event["event"] == "progress"]
    assert [step["done"] for step in steps] == list(range(steps[0]["total"]))
    assert events[-1]["event"] == "done"
    assert Path(events[-1]["file"]).is_file()
    assert all(millimetres > 0 for millimetres in events[-1]["residuals"].values())


class Command:
    """Pickles as a command that leaves a file behind."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.system, (f"touch '{self.path}'",)


def test_a_file_that_runs_a_command_does_not_and_leaves_nothing(tmp_path, faces, capsys):
    file, mark = tmp_path / "generic_model.pkl", tmp_path / "ran"
    file.write_bytes(pickle.dumps({"v_template": Command(mark)}))

    assert main(["import-flame", str(file), "--faces", str(faces)]) == ExitCode.FLAME_FILE_REFUSED

    assert f"{os.name}.system" in capsys.readouterr().err
    assert not mark.exists()
    assert not faces.exists()


def test_a_refusal_is_an_event_too(tmp_path, faces, capsys):
    file = tmp_path / "theirs.pkl"
    file.write_bytes(b"no model")

    assert main(["import-flame", str(file), "--faces", str(faces), "--json"]) == ExitCode.FLAME_FILE_INVALID

    event = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (event["event"], event["code"]) == ("error", int(ExitCode.FLAME_FILE_INVALID))
    assert "theirs.pkl" in event["message"]
    assert event["fix"]


def test_a_file_that_is_not_there_is_told(tmp_path, faces, capsys):
    assert main(["import-flame", str(tmp_path / "no.pkl"), "--faces", str(faces)]) == ExitCode.FACE_NOT_FOUND
    assert "no.pkl" in capsys.readouterr().err


def test_without_the_open_head_there_is_nothing_to_transfer_from(model, faces, tmp_path, capsys):
    words = ["--faces", str(faces), "--assets", str(tmp_path / "nowhere")]

    assert main(["import-flame", str(model), *words]) == ExitCode.ASSET_MISSING

    assert "build.py setup" in capsys.readouterr().err
    assert not faces.exists()


@needs_open_head
def test_a_folder_that_cannot_be_written_is_told(model, tmp_path, capsys):
    (tmp_path / "file").touch()

    code = main(["import-flame", str(model), "--faces", str(tmp_path / "file" / "faces")])

    assert code == ExitCode.OUTPUT_NOT_WRITABLE
    assert str(tmp_path / "file") in capsys.readouterr().err


def test_the_worker_stops_when_blender_is_gone(model, faces):
    words = [sys.executable, "-m", "backend", "import-flame", str(model), "--faces", str(faces), "--json"]
    process = subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    began = time.monotonic()

    process.stdin.close()
    printed = process.stdout.read().decode()
    status = process.wait(60)

    assert status == ExitCode.CANCELLED
    assert json.loads(printed.splitlines()[-1])["code"] == int(ExitCode.CANCELLED)
    assert time.monotonic() - began < 60
    assert not faces.exists()
