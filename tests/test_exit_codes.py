"""The page of exit codes lists every code there is, in order, with a sentence and a remedy."""

import re
from pathlib import Path

from backend.contract.errors import DuologueError, ExitCode

PAGE = Path(__file__).resolve().parents[1] / "docs" / "exit-codes.md"


def rows():
    return re.findall(r"^\| (\d+) \| (\w+) \| (.*?) \| ?(.*?) ?\|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)


def test_the_page_lists_every_exit_code_in_order():
    assert [(int(number), name) for number, name, _, _ in rows()] == [(code.value, code.name) for code in ExitCode]


def test_every_failure_has_a_sentence_and_a_remedy():
    for number, _, what, remedy in rows():
        assert what.endswith(".")
        assert remedy.endswith((".", "?")) or int(number) == ExitCode.OK


def test_exit_codes_fit_into_a_process_status():
    assert all(0 <= code <= 125 for code in ExitCode)


def test_an_error_reads_as_one_line():
    error = DuologueError(ExitCode.AUDIO_EMPTY, "The file is empty.", "Choose another.")

    assert error.sentence() == "The file is empty. Choose another."
