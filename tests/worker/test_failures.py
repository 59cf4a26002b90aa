"""Every way a job can end has a number and a sentence."""

import signal
import sys

import pytest

from backend.contract.errors import DuologueError, ExitCode
from backend.job.failures import run_explained


class OutOfMemoryError(RuntimeError):
    """As torch.cuda's own."""


def failing(error):
    def work():
        raise error

    return work


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (DuologueError(ExitCode.AUDIO_EMPTY, "Empty.", "Fill it."), ExitCode.AUDIO_EMPTY),
        (KeyboardInterrupt(), ExitCode.CANCELLED),
        (MemoryError(), ExitCode.OUT_OF_MEMORY),
        (OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB"), ExitCode.OUT_OF_MEMORY),
        (RuntimeError("[enforce fail at alloc_cpu.cpp:117] can't allocate memory"), ExitCode.OUT_OF_MEMORY),
        (ModuleNotFoundError("No module named 'scipy.signal'", name="scipy.signal"), ExitCode.DEPENDENCY_MISSING),
    ],
)
def test_a_failure_is_told_once_with_its_code(error, code):
    failures = []

    assert run_explained(failing(error), failures.append) == code

    assert [failure.code for failure in failures] == [code]
    assert failures[0].message.endswith(".")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_interruption_that_a_library_takes_for_a_failure_of_its_own_is_still_one(number):
    failures = []

    def read_weights():
        try:
            signal.raise_signal(number)
        except KeyboardInterrupt as error:
            raise DuologueError(ExitCode.ASSET_CORRUPT, "The weights are damaged.", "Fetch them again.") from error

    signal.signal(signal.SIGINT, signal.default_int_handler)  # where the tests run in the background it is ignored
    code = run_explained(read_weights, failures.append)

    assert code == ExitCode.CANCELLED
    assert [failure.code for failure in failures] == [ExitCode.CANCELLED]


def test_work_that_succeeds_tells_nothing():
    failures = []

    assert run_explained(lambda: None, failures.append) == ExitCode.OK
    assert failures == []


@pytest.mark.parametrize("error", [ZeroDivisionError("division by zero"), RuntimeError("shapes do not match")])
def test_an_error_nobody_foresaw_is_told_before_python_ends_with_its_traceback(error, capsys):
    failures = []

    with pytest.raises(type(error)) as caught:
        run_explained(failing(error), failures.append)
    sys.excepthook(caught.type, caught.value, caught.tb)

    assert [failure.code for failure in failures] == [ExitCode.UNEXPECTED]
    assert type(error).__name__ not in failures[0].message
    logged = capsys.readouterr().err
    assert "Traceback" in logged
    assert type(error).__name__ in logged
