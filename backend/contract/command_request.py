"""The request in the job folder of a command other than `animate`: the command's name and its arguments by flag."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .files import write_text_whole
from .job import ANIMATE, REQUEST_FILE, SCHEMA, bad_request
from .reading import LARGEST_JSON, explained_read_errors, read_bytes, read_or_none


def write_command_request(folder: Path, command: str, arguments: Mapping[str, Any]) -> None:
    """Write `folder/request.json`. `arguments` has a text, number, truth value or list of texts for a flag's key.

    Raises DuologueError (DISK_FULL, OUTPUT_NOT_WRITABLE).
    """
    request = {"schema": SCHEMA, "command": command, "arguments": dict(arguments)}
    write_text_whole(folder / REQUEST_FILE, json.dumps(request, indent=1))


def read_command_request(folder: Path, command: str) -> dict[str, Any]:
    """Return the arguments in `folder/request.json`. Raises DuologueError (BAD_REQUEST), also for another command."""
    path = folder / REQUEST_FILE
    with explained_read_errors(lambda reason: bad_request(f"{path} cannot be read ({reason})")):
        # Paths may hold bytes that are no letters, which JSON's escapes keep.
        data = json.loads(read_bytes(path, LARGEST_JSON))
        if data.get("schema") != SCHEMA:
            raise bad_request(f"{path} has schema {data.get('schema')}; this worker reads schema {SCHEMA}")
        if data.get("command") != command:
            raise bad_request(f"{path} is for the command {data.get('command')}, not for {command}")
        return {str(key): value for key, value in data["arguments"].items()}


def command_of(folder: Path) -> str:
    """The command that `folder/request.json` is for; `animate` where it does not say, or cannot be read."""
    data = read_or_none(lambda: json.loads(read_bytes(folder / REQUEST_FILE, LARGEST_JSON)))
    return str(data.get("command", ANIMATE)) if isinstance(data, dict) else ANIMATE
