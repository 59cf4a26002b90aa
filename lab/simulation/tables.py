"""Tables in TOML files beside the modules that use them: sentences, wordings, moods, names, ranges of numbers."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from backend.contract.errors import DuologueError, ExitCode


@dataclass(frozen=True)
class Range:
    """From `low` to `high`, both included; −inf or inf where nothing bounds it."""

    low: float
    high: float

    def allows(self, value: float) -> bool:
        """Whether `value` lies within; nan does not."""
        return self.low <= value <= self.high

    @property
    def is_bounded(self) -> bool:
        """Whether there is a bound at all."""
        return math.isfinite(self.low) or math.isfinite(self.high)

    def verdict(self, value: float) -> bool | None:
        """Whether `value` lies within; None where it is nan or where there is no bound."""
        return None if math.isnan(value) or not self.is_bounded else self.allows(value)


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
