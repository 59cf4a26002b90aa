"""Tables in TOML files beside the modules that use them: sentences, wordings, moods, names, targets."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from backend.contract.errors import DuologueError, ExitCode

Table = TypeVar("Table")


def read_table(path: Path, kind: type[Table] | Any) -> Table:
    """The content of the TOML file `path` as a `kind`: a dataclass, or a dict or tuple of such.

    Entries keep their order in the file, which random draws depend on.
    Raises DuologueError (ASSET_CORRUPT) where the file cannot be read, or has a field that is missing, unknown to
    `kind` or of another type; the message names the field.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        table: Table = TypeAdapter(kind).validate_python(content, extra="forbid")
    except ValidationError as error:
        faults = (f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}" for fault in error.errors())
        raise _corrupt(path, "; ".join(faults)) from error
    except (OSError, ValueError) as error:
        raise _corrupt(path, str(error)) from error
    return table


def _corrupt(path: Path, why: str) -> DuologueError:
    return DuologueError(
        ExitCode.ASSET_CORRUPT, f"The table {path.name} cannot be used ({why}).", "Correct it or restore the file."
    )
