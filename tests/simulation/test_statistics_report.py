"""Statistics of rehearsals as a table and as a picture."""

import re
from collections import Counter
from pathlib import Path

import pytest

from backend.contract.errors import ExitCode
from lab.__main__ import main as lab_main
from lab.simulation.statistics.report import PICTURE, TABLE, as_markdown, as_text, shown
from lab.simulation.statistics.statistics import TARGETS

DEVELOPERS = Path(__file__).resolve().parents[2] / "docs" / "developers"


@pytest.fixture
def measured():
    every = {name: target for targets in TARGETS.values() for name, target in targets.items()}
    return {name: (target.low + target.high) / 2 for name, target in every.items()}


def test_every_measure_stands_beside_its_source(measured):
    page = as_markdown(measured, count=3, hours=0.05, words="FOLDER")

    for targets in TARGETS.values():
        for name, target in targets.items():
            assert f"| {name} | {shown(measured[name])} |" in page
            assert f"| {target.source} | {target.checked} |" in page
    assert "outside" not in page


def test_the_documents_say_what_was_checked():
    every = {name: target for targets in TARGETS.values() for name, target in targets.items()}
    page, text = ((DEVELOPERS / name).read_text(encoding="utf-8") for name in (TABLE, "rehearsals.md"))
    counts = Counter(target.checked for target in every.values())

    for name, target in every.items():
        row = next(line for line in page.splitlines() if line.startswith(f"| {name} |"))
        assert row.endswith(f"| {shown(target.low)} to {shown(target.high)} | {target.literature} | "
                            f"{target.source} | {target.checked} |")  # fmt: skip
    assert f"Of {len(every)}, {counts['measured']} were measured on recordings" in text
    assert f"{counts['abstract']} values stand in the abstract of their paper, {counts['secondary']} were found" in text
    assert f"For {counts['trend']} a paper's abstract says that it is so" in text
    assert f"for {counts['target']} nothing was found, and {counts['own']} are our choice" in text
    assert f"these {counts['trend'] + counts['target'] + counts['own']} ranges are targets" in text


def test_a_range_of_this_project_is_never_called_published():
    for targets in TARGETS.values():
        for target in targets.values():
            ours = target.checked in {"target", "own"}
            assert ours == target.source.startswith("this project") == target.literature.startswith("–"), target


def test_what_is_said_to_stand_in_an_abstract_is_a_value_of_that_measure():
    units = {"s", "ms", "deg", "Hz"}
    for targets in TARGETS.values():
        for name, target in targets.items():
            if target.checked == "abstract":
                values = [float(number) for number in re.findall(r"\d+(?:\.\d+)?", target.literature)]
                assert any(target.low <= value <= target.high for value in values), name
                assert units & set(re.findall(r"\d ([a-zA-Z]+)", target.literature)) <= {name.rpartition(", ")[2]}, name
                assert "here " not in target.literature, f"{name} was worked out"


def test_what_left_its_range_is_marked(measured):
    wrong = measured | {"mutual gaze": 0.9}

    assert "| mutual gaze | 0.9 (outside) |" in as_markdown(wrong, count=1, hours=0.1, words="FOLDER")
    assert next(line for line in as_text(wrong).splitlines() if line.startswith("!")).startswith("! mutual gaze")


def test_what_could_not_be_measured_is_a_dash():
    assert shown(float("nan")) == "–"


def test_rehearsals_become_a_table_and_a_picture(tmp_path, capsys):
    status = lab_main(["train", "statistics", "--rehearsals", "1", "--seed", "3", "--out", str(tmp_path)])

    assert status == 0
    assert "turn gap mode, s" in capsys.readouterr().out
    assert (tmp_path / TABLE).read_text(encoding="utf-8").startswith("# Statistics of the rehearsals")
    assert (tmp_path / "pictures" / PICTURE).read_bytes().startswith(b"\x89PNG")


def test_a_folder_without_rehearsals_is_reported_plainly(tmp_path, capsys):
    status = lab_main(["train", "statistics", str(tmp_path)])

    assert status == ExitCode.BAD_REQUEST
    assert str(tmp_path) in capsys.readouterr().err
