"""What `build.py bench` measures with, and what it refuses before it measures."""

import ast
import subprocess
import sys

import pytest

import build
from building import bench
from building.paths import ROOT
from building.processes import BuildFailedError

_NOT_ON_WINDOWS = {"resource", "fcntl", "pwd", "grp", "termios"}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(bench, "_FOLDER", tmp_path)
    return tmp_path


@pytest.mark.parametrize("length", ["0", "-5", "0.5", "nan", "inf", "a minute"])
def test_a_dialogue_that_cannot_be_measured_is_refused_before_anything_is_set_up(length, monkeypatch):
    monkeypatch.setattr(bench, "set_up_both", lambda **_: pytest.fail("something was set up"))

    with pytest.raises(SystemExit) as caught:
        build.main(["bench", f"--seconds={length}"])

    assert caught.value.code == 2


_MEASURE = """
import sys
from pathlib import Path
from building import bench
bench._FOLDER = Path(sys.argv[1])
print(*bench._timed("a program", [sys.executable, "-c", sys.argv[2]], {}))
"""
"""A new program's memory counts from that of the one that starts it, and this one may be large by now."""


@pytest.mark.skipif(sys.platform == "win32", reason="the system does not tell memory")
def test_time_and_memory_are_those_of_the_program_that_ran(tmp_path):
    script = "import time; held = bytearray(300_000_000); time.sleep(0.2)"

    words = [sys.executable, "-c", _MEASURE, str(tmp_path), script]
    printed = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    seconds, megabytes = map(float, printed.splitlines()[-1].split())

    assert 0.2 <= seconds < 30.0
    assert 300.0 < megabytes < 400.0


def test_a_program_that_fails_ends_the_bench_with_the_end_of_its_log(folder, capsys):
    bench._timed("one that works", [sys.executable, "-c", "print('an earlier step')"], {})

    with pytest.raises(BuildFailedError, match="what went wrong"):
        bench._timed("one that fails", [sys.executable, "-c", "raise SystemExit('what went wrong')"], {})

    printed = capsys.readouterr().out
    assert printed.index("one that works") < printed.index("one that fails")
    assert "an earlier step" in (folder / "bench.log").read_text(encoding="utf-8")


def test_where_the_system_does_not_tell_memory_time_is_measured_all_the_same(monkeypatch):
    monkeypatch.setattr(bench.sys, "platform", "win32")
    process = subprocess.Popen([sys.executable, "-c", "raise SystemExit(7)"])

    assert bench._waited(process) == 0.0
    assert process.returncode == 7


@pytest.fixture
def report():
    """What a bench measures, on a quiet machine that tells no memory."""
    worker = {"total_seconds": 1.0, "peak_megabytes": 0.0}
    dualtalk = {"real_time_factor": 0.01, "processor_factor": 0.02, "peak_megabytes": 0.0}
    colocated = {"loading_seconds": 1.0, "features_seconds": 2.0, "model_seconds": 3.25, "processor_seconds": 4.0}
    return {
        "dialogue_seconds": 60.0,
        "load_before": 0.1,
        "cores": 2,
        "worker": worker,
        "blender": worker | {"stages": {"start": 1.0}},
        "heads": {name: 0.0 for name, *_ in bench._HEADS},
        "dualtalk": {"60": dualtalk},
        "colocated": {seconds: colocated | {"peak_megabytes": 0.0} for seconds in ("60", "600")},
        "zip_megabytes": 17.0,
    }


def test_a_bench_without_memory_prints_its_report(report, capsys):
    bench._print_report(report)

    assert "5.25 s" in capsys.readouterr().out


@pytest.mark.parametrize(("load", "printed"), [(0.1, False), (0.4, False), (8.2, True)])
def test_a_bench_beside_other_work_says_so(report, load, printed, capsys):
    bench._print_report(report | {"load_before": load})

    assert (f"load {load}" in capsys.readouterr().out) == printed


def _at_import(body):
    """The names of modules that are imported as soon as the file is."""
    for node in body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module
        elif isinstance(node, ast.If) or (isinstance(node, ast.Try) and not _expects_import_errors(node)):
            yield from _at_import(node.body)


def _expects_import_errors(node):
    """Whether an import that fails in the `try` is caught."""
    caught = {name.id for handler in node.handlers for name in ast.walk(handler) if isinstance(name, ast.Name)}
    return bool(caught & {"ImportError", "ModuleNotFoundError"})


@pytest.mark.parametrize("folder_name", ["building", "backend", "addon", "tests"])
def test_no_file_needs_modules_that_windows_does_not_have(folder_name):
    files = sorted((ROOT / folder_name).glob("**/*.py"))
    found = {
        path.relative_to(ROOT): needed
        for path in files
        if (needed := _NOT_ON_WINDOWS & set(_at_import(ast.parse(path.read_text(encoding="utf-8")).body)))
    }

    assert files
    assert found == {}
