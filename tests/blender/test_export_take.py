import shutil
from types import SimpleNamespace

import bpy
import numpy as np
import pytest
from duologue.addon import command
from duologue.addon.export.live_link_csv import read_live_link_csv
from duologue.addon.export.take_json import read_take_json
from duologue.addon.interface.operators.export_take import DUOLOGUE_OT_export_take
from duologue.addon.settings.properties import settings_of
from duologue.backend.contract.arkit import ARKIT_INDEX
from duologue.backend.contract.constants import JAW_OPEN_RADIANS, OPEN_HEAD
from duologue.backend.contract.errors import ExitCode
from duologue.backend.contract.performance import Performance, save_performance

FRAMES = 40


def performance(**given):
    """Two people who sit at angles to each other; the first one smiles, opens the mouth, nods and looks aside."""
    random = np.random.default_rng(3)
    expression = random.random((2, FRAMES, 52)) * 0.5
    pose = np.zeros((2, FRAMES, 5, 3))
    pose[0, :, 0, 1], pose[1, :, 0, 1] = 1.2, -0.9  # the way they sit
    pose[0, :, 1, 0] = 0.2 * np.sin(np.arange(FRAMES) / 5)  # a nod
    pose[0, :, 2, 0] = 0.5 * JAW_OPEN_RADIANS
    pose[0, :, 3:, 1] = 0.25  # both eyes to the person's left
    fields = {
        "fps": 25.0, "face": OPEN_HEAD, "speakers": ("Anna", "Ben"), "expression": expression, "pose": pose,
        "translation": random.random((2, FRAMES, 3)), "speaking": random.random((2, FRAMES)), "meta": {"seed": 1},
    }  # fmt: skip
    arrays = {"expression", "pose", "translation", "speaking"}
    return Performance(
        **{name: value.astype(np.float32) if name in arrays else value for name, value in (fields | given).items()}
    )


@pytest.fixture
def take(scene, tmp_path):
    path = tmp_path / "take-001" / "performance.npz"
    save_performance(path, performance())
    settings_of(scene).take = str(path)
    return path


def test_both_people_become_two_csv_files(take, tmp_path, scene):
    assert bpy.ops.duologue.export_take(filepath=str(tmp_path / "out.csv")) == {"FINISHED"}

    assert sorted(path.name for path in tmp_path.glob("*.csv")) == ["out-Anna.csv", "out-Ben.csv"]
    assert "out-Anna.csv, out-Ben.csv" in settings_of(scene).message


def test_csv_says_what_the_take_says(take, tmp_path):
    bpy.ops.duologue.export_take(filepath=str(tmp_path / "anna.csv"), person="1")
    back, taken = read_live_link_csv(tmp_path / "anna.csv"), performance()

    smile = ARKIT_INDEX["mouthSmileLeft"]
    assert back.fps == 25.0
    assert back.seconds == pytest.approx(np.arange(FRAMES) / 25, abs=1e-4)
    assert back.expression[:, smile] == pytest.approx(taken.expression[0, :, smile], abs=1e-4)
    assert back.expression[:, ARKIT_INDEX["jawOpen"]] == pytest.approx(np.full(FRAMES, 0.5), abs=1e-4)
    assert back.head == pytest.approx(np.array([[0, 0.2 * np.sin(t / 5), 0] for t in range(FRAMES)]), abs=1e-4)
    assert back.eyes == pytest.approx(np.tile([-0.25, 0, 0], (FRAMES, 2, 1)), abs=1e-4)
    assert (back.expression[:, ARKIT_INDEX["eyeLookOutLeft"]] > 0.3).all()


def test_json_reads_back_as_the_same_take(take, tmp_path):
    bpy.ops.duologue.export_take(filepath=str(tmp_path / "take.json"))
    back, taken = read_take_json(tmp_path / "take.json").performance(), performance()

    for name in ("expression", "pose", "translation", "speaking"):
        assert getattr(back, name) == pytest.approx(getattr(taken, name), abs=1e-4)
    assert (back.speakers, back.meta, back.face) == (taken.speakers, taken.meta, taken.face)


def test_format_gives_a_name_without_one_its_suffix(take, tmp_path):
    bpy.ops.duologue.export_take(filepath=str(tmp_path / "ben"), person="2", format=".json")

    assert [person.name for person in read_take_json(tmp_path / "ben.json").people] == ["Ben"]


@pytest.mark.parametrize(
    ("speakers", "names"),
    [
        (("Kim / 1", "Kim / 1"), ["out-Kim - 1 1.csv", "out-Kim - 1 2.csv"]),
        (("A/", "A-"), ["out-A- 1.csv", "out-A- 2.csv"]),
        (("anna", "Anna "), ["out-anna 1.csv", "out-Anna 2.csv"]),
        (("\u1100\u1161", "\uac00"), ["out-\u1100\u1161 1.csv", "out-\uac00 2.csv"]),
        (("2", ""), ["out-2 1.csv", "out-2 2.csv"]),
        (("", ""), ["out-1.csv", "out-2.csv"]),
    ],
)
def test_people_whose_names_are_one_to_some_disk_get_two_files(take, tmp_path, speakers, names):
    save_performance(take, performance(speakers=speakers))

    bpy.ops.duologue.export_take(filepath=str(tmp_path / "out.csv"))

    assert sorted(path.name for path in tmp_path.glob("*.csv")) == sorted(names)
    smiles = [read_live_link_csv(tmp_path / name).expression[:, ARKIT_INDEX["mouthSmileLeft"]] for name in names]
    expected = performance().expression[:, :, ARKIT_INDEX["mouthSmileLeft"]]
    assert np.array(smiles) == pytest.approx(expected, abs=1e-4), "each has their own"


@pytest.mark.parametrize("suffix", [".csv", ".json"])
def test_an_export_that_is_given_up_writes_nothing_after_whichever_step(take, tmp_path, suffix):
    out = tmp_path / "out" / f"take{suffix}"
    asked = SimpleNamespace(_file=lambda: out, person="both", adjusted=True)
    count = len(list(DUOLOGUE_OT_export_take.steps(asked, bpy.context)))
    assert count > 2
    assert list(out.parent.iterdir()), "one that is not given up writes"
    shutil.rmtree(out.parent)

    for done in range(1, count + 1):
        steps = DUOLOGUE_OT_export_take.steps(asked, bpy.context)
        for _ in range(done):
            next(steps)
        steps.close()

        assert not out.parent.exists(), done


def test_take_on_a_flame_face_without_transfer_is_a_sentence_as_csv_and_a_file_as_json(take, tmp_path, scene):
    expression = np.zeros((2, FRAMES, 100), np.float32)
    save_performance(take, performance(face="flame-0123456789abcdef", expression=expression))

    assert bpy.ops.duologue.export_take(filepath=str(tmp_path / "out.csv")) == {"CANCELLED"}
    assert settings_of(scene).message_code == ExitCode.PERFORMANCE_INVALID
    assert not list(tmp_path.glob("*.csv"))

    assert bpy.ops.duologue.export_take(filepath=str(tmp_path / "out.json")) == {"FINISHED"}
    assert read_take_json(tmp_path / "out.json").components[0] == "expression_001"


@pytest.mark.parametrize(
    ("name", "code"),
    [("out.xml", ExitCode.BAD_REQUEST), ("file/out.json", ExitCode.OUTPUT_NOT_WRITABLE)],
)
def test_what_cannot_be_written_is_explained(take, tmp_path, scene, name, code):
    (tmp_path / "file").touch()

    assert bpy.ops.duologue.export_take(filepath=str(tmp_path / name)) == {"CANCELLED"}

    assert settings_of(scene).message_code == code


def test_when_the_second_file_fails_the_first_is_taken_back(take, tmp_path):
    (tmp_path / "out-Ben.csv").mkdir()

    assert bpy.ops.duologue.export_take(filepath=str(tmp_path / "out.csv")) == {"CANCELLED"}

    assert not (tmp_path / "out-Anna.csv").exists()


def test_button_waits_for_a_take(scene):
    with pytest.raises(RuntimeError, match="Generate a take first"):
        bpy.ops.duologue.export_take(filepath="out.csv")


def test_command_line_exports(take, tmp_path, capsys):
    words = ["export", "--take", str(take), "--out", str(tmp_path / "ben.csv"), "--person", "2"]

    assert command.main(words) == ExitCode.OK

    assert len(read_live_link_csv(tmp_path / "ben.csv").seconds) == FRAMES
    assert "ben.csv written" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--take", "gone.npz", "--out", "out.csv"], ExitCode.PERFORMANCE_INVALID),
        (["--take", "{take}", "--out", "{folder}/out.txt"], ExitCode.BAD_REQUEST),
        (["--take", "{take}", "--out", "out.csv", "--person", "3"], ExitCode.BAD_REQUEST),
        (["--take", "{take}"], ExitCode.BAD_REQUEST),
    ],
)
def test_command_line_refuses_in_words(take, tmp_path, capsys, words, code):
    words = [word.format(take=take, folder=tmp_path) for word in words]

    assert command.main(["export", *words]) == code

    assert capsys.readouterr().err.startswith("duologue: ")
