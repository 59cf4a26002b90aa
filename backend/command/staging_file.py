"""A staging from a file: what `stage --json` printed, with or without corrections, or a take's meta "staging"."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..contract.errors import DuologueError, ExitCode
from ..contract.reading import explained_read_errors, read_json


def staging_in(path: Path) -> dict[str, Any]:
    """The staging in `path`, in the layout of a take's meta "staging"; of `stage --json` its values count.

    Raises DuologueError (BAD_REQUEST) for a file that is not there, no JSON, or holds a value that is none.
    """
    with explained_read_errors(lambda reason: _bad(f"The staging {path} cannot be read ({reason})")):
        found = read_json(path)
    if not isinstance(found, dict):
        raise _bad(f"The staging {path} is no table of values")
    values = found.get("values", found if "people" in found else None)
    if values is None:
        return found
    if not isinstance(values, dict):
        raise _bad(f"The values of the staging {path} are no table")
    from ..staging.values import staging_of_values  # needs scipy, which a broken Python lacks

    return staging_of_values(values).as_json()


def _bad(what: str) -> DuologueError:
    return DuologueError(ExitCode.BAD_REQUEST, f"{what}.", "Write it with `python -m backend stage PROMPT --json`.")
