"""Lanes of tests: several at once, each with a log; one alone prints as it goes."""

import sys

import pytest

from building import verification
from building.paths import BLENDER_WHEELS, ROOT
from building.real_blender import RELEASES
from building.verification import Lane, in_order, run_lanes


@pytest.fixture(autouse=True)
def out(tmp_path, monkeypatch):
    monkeypatch.setattr(verification, "OUT", tmp_path)
    return tmp_path


def _lane(name, code):
    return Lane(name, (sys.executable, "-c", code))


def test_the_worst_exit_code_counts_and_the_end_of_a_failing_log_is_printed(out, capsys):
    lanes = [_lane("good", "print('fine')"), _lane("Blender bad", "print('the reason'); raise SystemExit(3)")]

    assert run_lanes(lanes, {}) == 3

    printed = capsys.readouterr().out
    assert "the reason" in printed
    assert "fine" not in printed
    assert "fine" in (out / "logs" / "test-good.log").read_text(encoding="utf-8")


def test_the_longest_lanes_begin_and_windows_are_far_apart():
    modules = [f"Blender {version}" for version in BLENDER_WHEELS]
    names = ["backend", *modules, "real Blender", *(f"window {release}" for release in RELEASES)]

    ordered = [lane.name for lane in in_order([_lane(name, "") for name in names])]

    assert sorted(ordered) == sorted(names)
    assert ordered[:2] == ["backend", "real Blender"]
    assert [name for name in ordered if name in modules] == modules[::-1]
    windows = [place for place, name in enumerate(ordered) if name.startswith("window ")]
    assert windows[-1] == len(ordered) - 1
    assert windows[-1] - windows[-2] > len(modules)
    assert [lane.name for lane in in_order([_lane(name, "") for name in names[:3]])] == [names[0], *names[2:0:-1]]


def test_every_lane_has_a_settings_folder_of_its_own(out):
    write = "import os, pathlib; pathlib.Path(os.environ['BLENDER_USER_RESOURCES'], 'here').touch()"

    assert run_lanes([_lane("one", write), _lane("two", write)], {}) == 0

    assert {path.parent.name for path in (out / "tests").rglob("here")} == {"one", "two"}


def test_one_lane_alone_prints_as_it_goes(out, capfd):
    assert run_lanes([_lane("backend", "print('seen')")], {}) == 0

    assert "seen" in capfd.readouterr().out
    assert not (out / "logs").exists()


def test_every_module_that_is_called_slow_is_there():
    for name in (ROOT / "tests" / "slow_modules.txt").read_text(encoding="utf-8").split():
        assert (ROOT / name).is_file(), name
