"""A request that carries the staging as values: they decide, the lips do not care, and what is none has a number."""

import json

import numpy as np
import pytest

from backend.assets import assets_folder
from backend.command.animate import staging_in
from backend.command.entry import main
from backend.contract.arkit import ARKIT_NAMES
from backend.contract.constants import JOINT_NAMES
from backend.contract.errors import ExitCode
from backend.contract.job import PERFORMANCE_FILE, read_events
from backend.contract.performance import load_performance
from backend.worker import run_job
from tests.support.refusals import refused

pytestmark = pytest.mark.skipif(
    not (assets_folder() / "faces" / "open-head-1.npz").is_file(), reason="python3 build.py setup derives the open head"
)

LIPS = [index for index, name in enumerate(ARKIT_NAMES) if name.startswith(("mouth", "jaw", "tongue"))]


@pytest.fixture(scope="module")
def plain(dialogue, tmp_path_factory):
    """A take staged by its sentence."""
    from backend.contract.job import AudioInput, JobRequest, write_request

    folder = tmp_path_factory.mktemp("plain")
    audio = AudioInput("tracks", (str(dialogue["a"]), str(dialogue["b"])))
    write_request(folder, JobRequest(audio, "across a café table", engine="dualtalk", seed=3, device="cpu"))
    assert run_job(folder) == ExitCode.OK
    return load_performance(folder / PERFORMANCE_FILE)


def made(folder):
    assert run_job(folder) == ExitCode.OK
    return load_performance(folder / PERFORMANCE_FILE)


def test_a_takes_own_staging_gives_the_same_take_whatever_the_sentence_says(plain, request_for, job):
    again = made(job(request_for(engine="dualtalk", prompt="far apart, arguing", staging=plain.meta["staging"])))

    np.testing.assert_array_equal(again.pose, plain.pose)
    np.testing.assert_array_equal(again.expression, plain.expression)


def test_only_the_staging_changes_and_the_lips_are_the_same(plain, request_for, job):
    staging = json.loads(json.dumps(plain.meta["staging"]))
    staging["places"][0] |= {"position": [-1.1, 1.6, 0.2], "posture": "standing", "lean": 0.1}
    staging["places"][1] |= {"facing": -0.9, "gaze_away": 0.5}

    other = made(job(request_for(engine="dualtalk", staging=staging)))

    assert other.meta["staging"] == staging
    assert np.median(other.translation[0, :, 0]) < np.median(plain.translation[0, :, 0]) - 0.3
    np.testing.assert_array_equal(other.expression[..., LIPS], plain.expression[..., LIPS])
    jaw = JOINT_NAMES.index("jaw")
    np.testing.assert_array_equal(other.pose[:, :, jaw], plain.pose[:, :, jaw])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"mood": "hungry"}, "hungry"),
        ({"position": [0.0, 9.0, 0.0]}, "9"),
        ({"position": [0.0, 1.2]}, "cannot be read"),
        ({"lean": float("nan")}, "lean"),
        ({"gaze_away": 2.0}, "gaze_away"),
    ],
)
def test_a_value_that_is_none_has_a_number_and_leaves_nothing(plain, request_for, job, change, reason):
    staging = json.loads(json.dumps(plain.meta["staging"]))
    staging["places"][0] |= change
    folder = job(request_for(engine="dualtalk", staging=staging))

    assert run_job(folder) == ExitCode.BAD_REQUEST

    assert reason in read_events(folder)[0][-1]["message"]
    assert not (folder / PERFORMANCE_FILE).exists()


@pytest.fixture
def printed(capsys):
    """What `stage --json` prints for a sentence."""
    assert main(["stage", "side by side on a bench", "--json"]) == ExitCode.OK
    return json.loads(capsys.readouterr().out)


def test_what_the_stage_command_prints_is_read_again(printed, tmp_path):
    (tmp_path / "scene.json").write_text(json.dumps(printed), encoding="utf-8")

    found = staging_in(tmp_path / "scene.json")

    assert found["arrangement"] == printed["staging"]["arrangement"]
    for one, other in zip(found["places"], printed["staging"]["places"], strict=True):
        assert np.allclose(one["position"], other["position"], atol=1e-4)
        assert one["mood"] == other["mood"]


def test_corrected_values_count_and_so_does_a_takes_own_layout(printed, tmp_path):
    printed["values"]["people"][0]["mood"] = "sad"
    (tmp_path / "values.json").write_text(json.dumps(printed), encoding="utf-8")
    (tmp_path / "bare.json").write_text(json.dumps(printed["values"]), encoding="utf-8")
    (tmp_path / "meta.json").write_text(json.dumps(printed["staging"]), encoding="utf-8")

    assert staging_in(tmp_path / "values.json")["places"][0]["mood"] == "sad"
    assert staging_in(tmp_path / "bare.json") == staging_in(tmp_path / "values.json")
    assert staging_in(tmp_path / "meta.json") == printed["staging"]


def test_the_command_line_stages_by_a_file(dialogue, printed, tmp_path):
    scene, out = tmp_path / "scene.json", tmp_path / "take.npz"
    scene.write_text(json.dumps(printed), encoding="utf-8")
    words = ["--a", str(dialogue["a"]), "--b", str(dialogue["b"]), "--device", "cpu", "--engine", "dualtalk"]

    assert main(["animate", *words, "--staging", str(scene), "--out", str(out)]) == ExitCode.OK

    assert load_performance(out).meta["staging"]["arrangement"] == printed["staging"]["arrangement"]


@pytest.mark.parametrize("content", ["", "[]", '{"values": 3}', '{"values": {"people": [1, 2]}}', None])
def test_a_file_that_is_no_staging_is_told(content, tmp_path):
    if content is not None:
        (tmp_path / "scene.json").write_text(content, encoding="utf-8")

    with refused(ExitCode.BAD_REQUEST):
        staging_in(tmp_path / "scene.json")


def test_values_from_which_nobody_can_look_round_are_warned_of(plain, request_for, job):
    staging = json.loads(json.dumps(plain.meta["staging"]))
    staging["places"][1]["facing"] = np.pi / 2  # away from her, who is on the left

    folder = job(request_for(engine="dualtalk", staging=staging))
    made(folder)

    warnings = [event["message"] for event in read_events(folder)[0] if event["event"] == "warning"]
    assert any(warning.startswith("Ben faces too far away to look at Anna") for warning in warnings), warnings
