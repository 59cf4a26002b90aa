"""What an installation would fetch, and by which Python, is known before anything is fetched."""

import json
import sys
from pathlib import Path

import pytest

from backend.contract.errors import DuologueError, ExitCode
from backend.contract.installation import remedy
from backend.installation import installing, plan, pythons
from backend.installation.pythons import Base
from backend.installation.target import Target
from building.paths import ROOT
from tests.support.packed_backend import PYTHON
from tests.support.refusals import refused


def test_blenders_own_python_goes_first_where_it_can_make_environments(monkeypatch):
    answers = {
        "own": Base("3.14", "own", "venv without pip", blenders=True),
        "a": Base("3.12", "a", "venv"),
        "b": Base("3.11", "b", "venv"),
        "c": None,
    }
    monkeypatch.setattr(pythons, "_executables", lambda *_: iter(["own", "a", "b", "c"]))
    monkeypatch.setattr(pythons, "asked", lambda name, *, blenders: answers[name])

    assert [base.executable for base in pythons.bases("own")] == ["b", "a", "own", ""]
    answers["own"] = Base("3.14", "own", "venv", blenders=True)
    assert [base.executable for base in pythons.bases("own")] == ["own", "b", "a", ""]


def test_the_sizes_of_what_is_fetched_are_known_from_the_beginning(folder, monkeypatch):
    target = Target("linux", "x86_64", "3.11")
    asked = []

    def stop(_python, wanted, *_):
        asked.extend(wanted)
        raise DuologueError(ExitCode.CANCELLED, "Cancelled.", "")

    monkeypatch.setattr(installing, "fetch", stop)
    with refused(ExitCode.CANCELLED):
        installing._fill(Path(sys.executable), target, "cpu", None, folder, None, None, None)

    assert asked
    assert all(wheel.size > 0 for wheel in asked)
    assert 4e8 < sum(wheel.size for wheel in asked) < 1e9


def test_this_python_can_carry_the_backend():
    found = pythons.asked(sys.executable)

    assert found is not None
    assert (found.python, found.way) == (PYTHON, "venv")


@pytest.mark.parametrize("printed", ["nonsense", "", '[[3, 10], "cpython", true, false, true, true]', "exit"])
def test_what_is_no_python_for_the_backend_is_passed_over(tmp_path, printed):
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\n" + ("exit 1" if printed == "exit" else f"echo '{printed}'") + "\n")
    program.chmod(0o755)

    assert pythons.asked(str(program)) is None


def test_a_python_that_lacks_pip_alone_is_told_apart(tmp_path):
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\necho '[[3, 13], \"cpython\", true, false, true, false]'\n")
    program.chmod(0o755)

    assert pythons.asked(str(program)).way == "venv without pip"


def test_the_plan_tells_size_place_and_python(packed, folder):
    described = plan.plan_for(folder, sys.executable, packed).as_json(folder)

    assert described["folder"] == str(folder)
    assert sys.executable in described["python"]
    assert described["choices"][0]["fetch"] == 0
    assert described["free"] > 0
    json.dumps(described)


def test_a_plan_for_the_network_tells_what_is_fetched(folder, monkeypatch):
    monkeypatch.setattr(plan, "bases", lambda own: [Base(PYTHON, own, "venv")])
    monkeypatch.setattr(plan, "this_target", lambda python: Target("linux", "x86_64", python))

    choices = {choice.device: choice for choice in plan.plan_for(folder).choices}

    assert set(choices) == {"cpu", "cuda"}
    assert 4e8 < choices["cpu"].fetch < 1e9
    assert choices["cuda"].fetch > 2e9
    assert choices["cpu"].room > 2 * choices["cpu"].fetch


def test_windows_is_told_that_its_usual_build_has_no_cuda(folder, monkeypatch):
    monkeypatch.setattr(plan, "bases", lambda own: [Base("3.11", own, "venv")])
    monkeypatch.setattr(plan, "this_target", lambda python: Target("win32", "x86_64", python))
    monkeypatch.setattr(plan, "nvidia_card", lambda: plan.Card("RTX 4080"))

    first, second = plan.plan_for(folder).choices

    assert (first.device, second.device) == ("cuda", "cpu")
    assert "no CUDA" in first.note


def test_an_intel_mac_is_told_before_anything_is_fetched(folder, monkeypatch):
    monkeypatch.setattr(plan, "bases", lambda own: [Base("3.11", own, "venv")])
    monkeypatch.setattr(plan, "this_target", lambda python: Target("darwin", "x86_64", python))

    with refused(ExitCode.SYSTEM_UNSUITABLE):
        plan.plan_for(folder)


def test_the_way_to_a_backend_is_the_button_in_an_installed_extension(tmp_path):
    assert "build.py setup" in remedy(ROOT)
    assert remedy(tmp_path) == "Press Install backend"
