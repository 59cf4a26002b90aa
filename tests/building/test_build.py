import argparse
import ast
import subprocess
import sys
from pathlib import Path

import pytest

import build
from backend.installation.environment import python_of
from building import debian, demo, environments, training
from building.blenders import Source
from building.paths import ROOT
from building.processes import BuildFailedError, output, run, status_shown
from building.pythons import Python


def _arguments(**paths: Path | None) -> argparse.Namespace:
    return argparse.Namespace(**({"a": None, "b": None, "mix": None, "stereo": None} | paths))


def test_demo_without_audio_uses_the_bundled_dialogue():
    words = demo._audio_words(_arguments())

    assert [Path(word).name for word in words if not word.startswith("--")] == ["anna.flac", "ben.flac"]
    assert all(Path(word).is_file() for word in words if not word.startswith("--"))


def test_demo_takes_one_mixed_track(tmp_path):
    assert demo._audio_words(_arguments(mix=tmp_path / "both.mp3")) == ["--mix", str(tmp_path / "both.mp3")]


@pytest.mark.parametrize("name", ["a", "b"])
def test_demo_takes_one_track_alone(name, tmp_path):
    assert demo._audio_words(_arguments(**{name: tmp_path / "one.m4a"})) == [f"--{name}", str(tmp_path / "one.m4a")]


@pytest.mark.parametrize("given", [("a", "mix"), ("mix", "stereo"), ("a", "b", "stereo")])
def test_demo_refuses_double_audio(given, tmp_path):
    with pytest.raises(BuildFailedError) as caught:
        demo._audio_words(_arguments(**{name: tmp_path / name for name in given}))

    assert caught.value.exit_code == 2


@pytest.mark.parametrize(("words", "development"), [([], False), (["--development"], True), (["--tests"], True)])
def test_set_up_asks_for_what_the_command_line_says(words, development, monkeypatch):
    asked = []
    monkeypatch.setattr(environments, "set_up_backend", lambda **wanted: asked.append(wanted["development"]))
    monkeypatch.setattr(environments, "told_sources", lambda _: [])

    assert build.main(["setup", *words]) == 0
    assert asked == [development]


@pytest.fixture
def base():
    return Python(f"{sys.version_info.major}.{sys.version_info.minor}", sys.executable)


def test_second_set_up_installs_nothing(tmp_path, base):
    lock = tmp_path / "empty.lock"
    lock.write_text("", encoding="utf-8")
    first = environments.set_up(tmp_path / "environment", base, (lock,), lambda *_: None)

    second = environments.set_up(
        tmp_path / "environment", base, (lock,), lambda *_: pytest.fail("the second run set something up")
    )

    assert first == second
    assert second.exists()


def test_changed_lock_sets_up_again(tmp_path, base, monkeypatch):
    locks = tmp_path / "first.lock", tmp_path / "second.lock"
    for lock in locks:
        lock.write_text("", encoding="utf-8")
    monkeypatch.setattr(environments, "run", lambda *_, **__: (tmp_path / "environment").mkdir())
    installed: list[Path] = []

    for text in ("", "", "# another\n"):
        locks[1].write_text(text, encoding="utf-8")
        python = python_of(tmp_path / "environment")
        environments.set_up(
            tmp_path / "environment",
            base,
            locks,
            lambda python, _log: (installed.append(python), python.parent.mkdir(), python.touch()),
        )

    assert installed == [python, python]


@pytest.fixture
def plain_user(monkeypatch):
    """A user of a Debian that has no program at all but `sudo`."""
    monkeypatch.setattr(debian, "is_debian", lambda: True)
    monkeypatch.setattr(debian, "may_install", lambda: False)
    monkeypatch.setattr(debian.shutil, "which", lambda program: program if program == "sudo" else None)
    return monkeypatch


def _line(error: BuildFailedError) -> str:
    return str(error).splitlines()[-1].strip()


def test_missing_system_packages_are_named_in_one_right_line(plain_user):
    with pytest.raises(BuildFailedError) as caught:
        environments.install_missing(["libxi6", "python3.13-venv", "libxi6"])

    assert caught.value.exit_code == 50
    assert _line(caught.value).endswith("sudo apt-get install -y --no-install-recommends libxi6 python3.13-venv")


def test_a_system_without_sudo_is_given_a_line_that_root_can_run(plain_user):
    plain_user.setattr(debian.shutil, "which", lambda _program: None)

    with pytest.raises(BuildFailedError) as caught:
        environments.install_missing(["libxi6"])

    assert _line(caught.value) == "apt-get update && apt-get install -y --no-install-recommends libxi6"


def test_what_the_backend_and_the_blenders_of_the_tests_lack_is_one_line(plain_user, capsys):
    python = Python("3.13", "python3.13", "python3.13-venv")
    plain_user.setattr(environments, "_backend_environment_is_there", lambda *_: None)
    plain_user.setattr(environments, "first_python", lambda _versions: python)
    plain_user.setattr(
        environments,
        "wheel_source",
        lambda version: Source(version, version, python, packages=("python3.13-venv", "libxi6")),
    )

    code = build.main(["setup", "--tests"])

    assert code == 50
    assert capsys.readouterr().err.rstrip().endswith("install -y --no-install-recommends libxi6 python3.13-venv")


def test_failing_step_shows_the_end_of_its_log(tmp_path):
    with pytest.raises(BuildFailedError, match="no such thing") as caught:
        run(
            [sys.executable, "-c", "import sys; print('no such thing'); sys.exit(7)"],
            what="A step",
            log=tmp_path / "step.log",
        )

    assert caught.value.exit_code == 7


def test_output_of_a_program_that_is_not_there_is_none():
    assert output(["a-program-that-is-not-there"]) is None


_RUN_BY_OTHER_PYTHONS = {
    "bench_colocated.py",
    "bench_dialogue.py",
    "bench_dualtalk.py",
    "bench_heads.py",
    "bench_material.py",
    "extension_tool.py",
    "flame_stand_in.py",
    "in_blender.py",
    "pytest_in_blender.py",
    "python_version.py",
    "run_in_blender.py",
    "studio.py",
}


_OF_BACKEND = (
    "backend.contract.console",
    "backend.contract.errors",
    "backend.contract.installation",
    "backend.installation.children",
    "backend.installation.environment",
    "backend.installation.fetching",
    "backend.installation.locks",
    "backend.installation.plan",
    "backend.installation.pythons",
    "backend.installation.target",
    "backend.words.availability",
)


def test_build_needs_only_the_standard_library():
    imported = set()
    backend = [ROOT.joinpath(*module.split(".")).with_suffix(".py") for module in _OF_BACKEND]
    for path in (ROOT / "build.py", *backend, *(ROOT / "building").glob("*.py")):
        if path.name in _RUN_BY_OTHER_PYTHONS:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module not in _OF_BACKEND:
                imported.add((node.module or "").split(".")[0])

    assert imported <= set(sys.stdlib_module_names) | {"building"}


def test_help_lists_every_command():
    result = subprocess.run(
        [sys.executable, str(ROOT / "build.py"), "--help"], capture_output=True, text=True, check=True
    )

    for command in ("setup", "demo", "test", "lint", "face", "train", "bench", "package"):
        assert command in result.stdout


def test_the_log_of_a_running_program_can_be_read(tmp_path):
    log = tmp_path / "program.log"
    seen: list[str] = []

    def show(line: str) -> str | None:
        seen.append(log.read_text(encoding="utf-8"))
        return None

    status_shown([sys.executable, "-c", "print('first'); print('second')"], show, environment={}, log=log)

    assert seen == ["first\n", "first\nsecond\n"]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("duologue: Listening …", "duologue: Listening …"),
        ("Append frame 50", None),
        ("Fra:35 Mem:106.84M | Sample 1/4", None),
    ],
)
def test_demo_shows_progress_and_no_noise(line, shown):
    assert demo.shown(line) == shown


def test_shown_output_is_kept_whole_in_the_log(tmp_path, capsys):
    log = tmp_path / "program.log"

    code = status_shown(
        [sys.executable, "-c", "print('loud'); print('quiet'); raise SystemExit(3)"],
        lambda line: line if line == "loud" else None,
        environment={},
        log=log,
    )

    assert code == 3
    assert capsys.readouterr().out == "loud\n"
    assert log.read_text(encoding="utf-8") == "loud\nquiet\n"


def test_options_of_training_reach_the_lab(monkeypatch):
    ran: list[list[str]] = []
    monkeypatch.setattr(training, "set_up_backend", lambda **_: Path("python"))
    monkeypatch.setattr(training.shutil, "which", lambda _: "flite")
    monkeypatch.setattr(training, "run", lambda command, **_: ran.append([str(word) for word in command]))

    assert build.main(["train", "--hours", "0.1", "--out", "somewhere"]) == 0
    assert ran == [["python", "-m", "lab", "train", "--hours", "0.1", "--out", "somewhere"]]


def test_unknown_options_of_other_commands_are_refused():
    with pytest.raises(SystemExit) as caught:
        build.main(["lint", "--hours", "1"])

    assert caught.value.code == 2
