"""What is refused, held to the code of the failure; the sentence may say it in any words."""

import contextlib
from collections.abc import Iterator

import pytest


@contextlib.contextmanager
def refused(code: int, *values: str) -> Iterator[pytest.ExceptionInfo]:
    """Expect a DuologueError with `code`, of either program; afterwards it is the `value` of what is given.

    `values` are names and numbers that its sentence has to say.
    """
    with pytest.raises(Exception) as caught:  # noqa: PT011  (the code is what is asserted)
        yield caught
    assert getattr(caught.value, "code", None) == code, caught.value
    assert [value for value in values if value not in caught.value.message] == []
