"""The command line: what each command prints and how it ends."""

import json
import shutil
import sys
from importlib.metadata import version

import pytest

from backend.assets import BACKEND, LEDGER_FILE, assets_folder, read_manifest, read_shipped_weights
from backend.command import animate
from backend.command.entry import main
from backend.contract.command_flags import ANIMATE
from backend.contract.constants import OPEN_HEAD
from backend.contract.errors import ExitCode
from backend.contract.face import load_face
from backend.contract.performance import load_performance


@pytest.fixture
def copied_assets(tmp_path):
    """A copy of the assets that a test may spoil."""
    folder = tmp_path / "assets"
    shutil.copytree(assets_folder(), folder)
    return folder


def test_animate_writes_the_performance_and_prints_seconds_of_each_stage(dialogue, tmp_path, capsys):
    out = tmp_path / "new folder" / "performance.npz"
    words = ["--a", str(dialogue["a"]), "--b", str(dialogue["b"]), "--prompt", "standing", "--seed", "5"]

    assert main(["animate", *words, "--out", str(out), "--device", "cpu"]) == ExitCode.OK

    assert load_performance(out).meta["seed"] == 5
    printed = capsys.readouterr().out
    for stage in ("decode", "turns", "features", "model", "staging", "write", "total"):
        assert f"\n{stage} " in printed


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--b", "b.wav", "--stereo", "s.wav"],
        ["--a", "a.wav", "--mix", "m.wav"],
        ["--mix", "m.wav", "--stereo", "s.wav"],
    ],
)
def test_unclear_audio_is_a_bad_request(words, tmp_path, capsys):
    out = tmp_path / "performance.npz"

    assert main(["animate", *words, "--out", str(out)]) == ExitCode.BAD_REQUEST

    assert "--a and --b" in capsys.readouterr().err
    assert not out.exists()


def test_animate_without_an_output_is_a_bad_request(capsys):
    assert main(["animate", "--mix", "m.wav"]) == ExitCode.BAD_REQUEST
    assert "--out" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["animate", "--tempo", "fast"], ["dance"], [], ["animate", "--seed", "red"]])
def test_words_nobody_knows_end_as_a_bad_request(words, capsys):
    with pytest.raises(SystemExit) as ended:
        main(words)

    assert ended.value.code == ExitCode.BAD_REQUEST
    assert "usage" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", [["--help"], ["animate", "--help"], ["check", "--help"], ["prepare-assets", "--help"]]
)
def test_help_is_help(words, capsys):
    with pytest.raises(SystemExit) as ended:
        main(words)

    assert ended.value.code == 0
    assert "usage" in capsys.readouterr().out


def test_an_output_that_cannot_be_written_is_told(dialogue, tmp_path, capsys):
    (tmp_path / "file").touch()
    out = tmp_path / "file" / "performance.npz"

    code = main(["animate", "--mix", str(dialogue["mix"]), "--out", str(out), "--device", "cpu"])

    assert code == ExitCode.OUTPUT_NOT_WRITABLE
    assert str(out) in capsys.readouterr().err


@pytest.mark.parametrize("content", ["", "[]", '{"identity": {}}', '{"name": "A", "habits": {"blinks": "many"}}'])
def test_a_character_that_is_none_is_told(content, tmp_path, capsys):
    character = tmp_path / "character.json"
    character.write_text(content)
    words = ["--mix", "m.wav", "--character-a", str(character), "--out", str(tmp_path / "p.npz")]

    assert main(["animate", *words]) == ExitCode.CHARACTER_INVALID

    assert str(character) in capsys.readouterr().err


def test_export_face_writes_a_face_that_loads(tmp_path):
    out = tmp_path / "face.npz"

    assert main(["export-face", "--face", OPEN_HEAD, "--out", str(out)]) == ExitCode.OK

    face = load_face(out)
    assert face.id == OPEN_HEAD
    assert len(face.expression_names) == 52


def test_export_face_without_the_asset_is_told(tmp_path, capsys):
    assert main(["export-face", "--out", str(tmp_path / "f.npz"), "--assets", "/nowhere"]) == ExitCode.ASSET_MISSING
    assert "build.py setup" in capsys.readouterr().err


def test_check_lists_python_torch_device_and_every_asset_with_its_hash(capsys):
    assert main(["check", "--json"]) == ExitCode.OK

    report = json.loads(capsys.readouterr().out)
    assert report["python"]["version"].startswith("3.")
    assert report["libraries"]["torch"] == version("torch")
    assert report["device"]["auto"] in report["device"]["available"]
    files = {row["file"]: row for row in report["assets"]}
    for asset in read_manifest():
        for file in asset.files:
            assert files[file]["state"] == "ready"
            assert len(files[file]["sha256"]) == 64
    for weights in read_shipped_weights():
        assert files[f"backend/{weights.file}"]["sha256"] == weights.sha256
    assert {"transformers", "pocketsphinx"} <= set(report["libraries"])
    assert report["abilities"]["colocated"] == []
    assert report["problems"] == []


@pytest.mark.parametrize(("built", "named"), [(True, False), (False, True)])
def test_check_tells_whether_there_is_a_way_to_transcripts(monkeypatch, capsys, built, named):
    monkeypatch.setitem(sys.modules, "pocketsphinx", None)
    monkeypatch.setattr("backend.command.inspection.has_aligner_build", lambda: built)

    assert main(["check", "--json"]) == ExitCode.OK

    lacking = json.loads(capsys.readouterr().out)["abilities"]["transcripts"]
    assert lacking[0].startswith("pocketsphinx")
    assert ("no build for this Python" in lacking[0]) is named


def test_check_as_a_table_has_a_line_for_each_file(capsys):
    assert main(["check"]) == ExitCode.OK

    printed = capsys.readouterr().out
    for word in ("python", "torch", "device", "faces/open-head-1.npz", "ready", "CC0"):
        assert word in printed


def test_check_names_a_missing_asset(copied_assets, capsys):
    (copied_assets / "faces" / "open-head-1.npz").unlink()

    assert main(["check", "--assets", str(copied_assets)]) == ExitCode.ASSET_MISSING

    printed = capsys.readouterr()
    assert "missing" in printed.out
    assert "faces/open-head-1.npz" in printed.err


def test_check_as_events_tells_every_problem_and_what_lacks_for_it(copied_assets, capsys):
    (copied_assets / "faces" / "open-head-1.npz").unlink()
    path = copied_assets / "speech" / "whisper-base-encoder-4.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"!")

    assert main(["check", "--events", "--assets", str(copied_assets)]) == ExitCode.OK

    *steps, done = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {step["event"] for step in steps} == {"progress"}
    assert [problem["code"] for problem in done["report"]["problems"]] == [
        ExitCode.ASSET_MISSING,
        ExitCode.ASSET_CORRUPT,
    ]
    assert all(problem["fix"] for problem in done["report"]["problems"])
    assert any("open-head" in problem for problem in done["report"]["abilities"]["open head"])
    assert any("whisper" in problem for problem in done["report"]["abilities"]["colocated"])


@pytest.mark.parametrize("name", ["dualtalk-small", "colocated", "lip-reader"])
def test_check_names_weights_that_were_changed(tmp_path, monkeypatch, capsys, name):
    (tmp_path / "weights").mkdir()
    for weights in read_shipped_weights():
        shutil.copy(BACKEND / weights.file, tmp_path / "weights")
    with (tmp_path / "weights" / f"{name}.safetensors").open("ab") as file:
        file.write(b"!")
    folder = str(assets_folder())
    monkeypatch.setattr("backend.assets.BACKEND", tmp_path)
    monkeypatch.setattr("backend.command.inspection.BACKEND", tmp_path)

    assert main(["check", "--assets", folder]) == ExitCode.ASSET_CORRUPT

    assert f"{name}.safetensors" in capsys.readouterr().err


def test_check_names_an_asset_that_was_changed(copied_assets, capsys):
    path = copied_assets / "speech" / "whisper-base-encoder-4.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"!")

    assert main(["check", "--assets", str(copied_assets)]) == ExitCode.ASSET_CORRUPT

    assert "changed" in capsys.readouterr().out


def test_check_calls_an_asset_of_an_older_recipe_outdated_and_stays_content(copied_assets, capsys):
    ledger = json.loads((copied_assets / LEDGER_FILE).read_text())
    ledger[OPEN_HEAD]["origin"] = "an older recipe"
    (copied_assets / LEDGER_FILE).write_text(json.dumps(ledger))

    assert main(["check", "--assets", str(copied_assets)]) == ExitCode.OK

    assert "outdated" in capsys.readouterr().out


def test_animate_has_the_shared_flags_and_the_worker_s_own():
    own = {flag.name: flag for flag in animate.FLAGS}
    shared = {flag.name: flag for flag in ANIMATE}

    assert set(own) - set(shared) == {"--job", "--out", "--segments-out", "--staging", "--assets", "--device"}
    assert set(shared) <= set(own)
    assert {name for name, flag in shared.items() if own[name].help != flag.help} == set()
