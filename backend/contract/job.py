"""The job folder: the request the add-on writes and the events the worker writes back."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any, Final, Literal

from .constants import DEFAULT_ENGINE, OFFICIAL_ENGINE, OPEN_HEAD
from .errors import DuologueError, ExitCode
from .files import write_text_whole
from .reading import LARGEST_JSON, explained_read_errors, read_bytes, read_errors_as

SCHEMA: Final = 1
ANIMATE: Final = "animate"
"""The command whose request is a `JobRequest`; the others' are in `command_request.py`."""
REQUEST_FILE: Final = "request.json"
EVENTS_FILE: Final = "events.jsonl"
PERFORMANCE_FILE: Final = "performance.npz"
SEGMENTS_FILE: Final = "segments.json"
LOG_FILE: Final = "worker.log"
CANCEL_FILE: Final = "cancel"
PARTNER_FILE: Final = "partner.npz"
NOTES_FILE: Final = "take.json"
"""What the artist says about the take; Blender writes it before the job and after."""
UNFINISHED: Final = frozenset(
    (REQUEST_FILE, EVENTS_FILE, LOG_FILE, CANCEL_FILE, PARTNER_FILE, SEGMENTS_FILE, NOTES_FILE)
)
"""What may lie in the folder of a job that ended without a performance, beside files with the suffix `PART`."""
PART: Final = ".part"

LARGEST_SEED: Final = 2**63 - 1
_SEE_LOG: Final = "Run “Check backend”; the worker's log is in the job folder."

AudioKind = Literal["tracks", "stereo", "mix"]
_PATHS_OF_KIND: Final[dict[str, int]] = {"tracks": 2, "stereo": 1, "mix": 1}


@dataclass(frozen=True)
class AudioInput:
    """The dialogue's audio: two files (`tracks`), one file with a person a channel (`stereo`), or one `mix`.

    Of two tracks one may be None: this person has no recording and listens. `by_timecode`: tracks that both say when
    they were recorded are laid by it; otherwise both begin at the beginning.
    """

    kind: AudioKind
    paths: tuple[str | None, ...]
    by_timecode: bool = True


@dataclass(frozen=True)
class Character:
    """Who a head is: a name, identity coefficients by component name, and habits (blink rate, gaze …)."""

    name: str
    identity: dict[str, float] = field(default_factory=dict)
    habits: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class KnownPartner:
    """What `person`, 0 or 1, does is known: `take`, a performance's file, holds it. The other one reacts to it."""

    take: str
    person: int


@dataclass(frozen=True)
class KeptTake:
    """What stays of `take`, a performance's file for the same sound; the rest is made anew around it.

    `people`, 0 and 1, stay as a whole. `regenerate` are stretches [start, end) in seconds: outside of them everybody
    stays; without any, who is not among `people` is made anew from beginning to end.
    """

    take: str
    people: tuple[int, ...] = ()
    regenerate: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class JobRequest:
    """Everything the worker needs. All paths are absolute. `seed` 0 or more; `assets` None means the default folder.

    `segments`, a file of speaker segments, says who speaks when; None lets the worker find out.
    `swap_speakers`: who was taken for the first person is the second.
    `checkpoint` is the file of DualTalk's official weights, for the engine that runs them. With `partner` one person
    alone is animated. `transcripts` are text files of what each person says, None where nobody wrote it down.
    `keep` is what stays of an earlier take. `staging` says as plain values where the two are and how they carry
    themselves, in the layout of a take's meta "staging", and then the prompt decides nothing. `prompt_without` has the
    keys of what is not to be inferred from the prompt.
    """

    audio: AudioInput
    prompt: str = ""
    engine: str = DEFAULT_ENGINE
    seed: int = 0
    face: str = OPEN_HEAD
    characters: tuple[Character, Character] = (Character("Anna"), Character("Ben"))
    assets: str | None = None
    device: str = "auto"
    segments: str | None = None
    swap_speakers: bool = False
    checkpoint: str | None = None
    partner: KnownPartner | None = None
    transcripts: tuple[str | None, str | None] | None = None
    keep: KeptTake | None = None
    staging: dict[str, Any] | None = None
    prompt_without: tuple[str, ...] = ()


def write_request(folder: Path, request: JobRequest) -> None:
    """Write `folder/request.json`. Raises DuologueError (DISK_FULL, OUTPUT_NOT_WRITABLE)."""
    write_text_whole(
        folder / REQUEST_FILE, json.dumps({"schema": SCHEMA, "command": ANIMATE} | asdict(request), indent=1)
    )


def read_request(folder: Path) -> JobRequest:
    """Read `folder/request.json`. Raises DuologueError (BAD_REQUEST)."""
    path = folder / REQUEST_FILE
    with explained_read_errors(lambda reason: bad_request(f"{path} cannot be read ({reason})")):
        # Paths may hold bytes that are no letters, which JSON's escapes keep.
        data = json.loads(read_bytes(path, LARGEST_JSON))
        if data.get("schema") != SCHEMA:
            raise bad_request(f"{path} has schema {data.get('schema')}; this worker reads schema {SCHEMA}")
        if data.get("command", ANIMATE) != ANIMATE:  # older requests do not say
            raise bad_request(f"{path} is for the command {data['command']}, not for {ANIMATE}")
        request = request_from_dict(data)
        check_request(request)
    return request


def request_from_dict(data: dict[str, Any]) -> JobRequest:
    """A request from parsed JSON. Raises KeyError, TypeError, ValueError and the like where a field is off."""
    first, second = (character_from_dict(character) for character in data["characters"])
    return JobRequest(
        audio=_audio(data["audio"]),
        prompt=str(data["prompt"]),
        engine=str(data["engine"]),
        seed=int(data["seed"]),
        face=str(data["face"]),
        characters=(first, second),
        assets=None if data["assets"] is None else str(data["assets"]),
        device=str(data["device"]),
        segments=None if data.get("segments") is None else str(data["segments"]),  # older requests have neither
        swap_speakers=bool(data.get("swap_speakers", False)),
        checkpoint=None if data.get("checkpoint") is None else str(data["checkpoint"]),
        partner=_partner(data.get("partner")),
        transcripts=_transcripts(data.get("transcripts")),
        keep=_kept(data.get("keep")),
        staging=None if data.get("staging") is None else dict(data["staging"]),
        prompt_without=_texts(data.get("prompt_without", [])),
    )


def character_from_dict(data: Mapping[str, Any]) -> Character:
    """A character's name, identity and habits. Raises KeyError, TypeError, ValueError and the like where one is off."""
    name = str(data["name"])
    name.encode("utf-8")  # a name is shown, so it is made of whole letters
    return Character(name, _numbers(data.get("identity", {})), _numbers(data.get("habits", {})))


def _texts(data: Any) -> tuple[str, ...]:
    """The texts of a list in parsed JSON. Raises TypeError for anything else."""
    if not isinstance(data, list) or not all(isinstance(text, str) for text in data):
        raise TypeError(f"{data!r} is no list of texts")
    return tuple(data)


def _numbers(data: Mapping[str, Any]) -> dict[str, float]:
    numbers = {str(name): float(value) for name, value in data.items()}
    for name, value in numbers.items():
        if not isfinite(value):
            raise ValueError(f"{name} is {value}")
    return numbers


def _audio(data: dict[str, Any]) -> AudioInput:
    paths = tuple(None if path is None else str(path) for path in data["paths"])
    return AudioInput(data["kind"], paths, bool(data.get("by_timecode", True)))  # older requests do not say


def _partner(data: dict[str, Any] | None) -> KnownPartner | None:
    return None if data is None else KnownPartner(str(data["take"]), int(data["person"]))


def _kept(data: dict[str, Any] | None) -> KeptTake | None:
    if data is None:
        return None
    stretches = tuple((float(start), float(end)) for start, end in data["regenerate"])
    return KeptTake(str(data["take"]), tuple(int(person) for person in data["people"]), stretches)


def _transcripts(data: list[str | None] | None) -> tuple[str | None, str | None] | None:
    if data is None:
        return None
    first, second = (None if path is None else str(path) for path in data)
    return first, second


def check_request(request: JobRequest) -> None:
    """Raises DuologueError (BAD_REQUEST) when the request contradicts itself."""
    wanted = _PATHS_OF_KIND.get(request.audio.kind)
    if wanted is None:
        raise bad_request(f"Audio of kind “{request.audio.kind}” is unknown")
    if len(request.audio.paths) != wanted:
        there = len(request.audio.paths)
        raise bad_request(f"Audio of kind “{request.audio.kind}” needs {wanted} file(s), not {there}")
    if not any(request.audio.paths) or (request.audio.kind != "tracks" and None in request.audio.paths):
        raise bad_request("There is no audio")
    if request.partner is not None and request.partner.person not in (0, 1):
        raise bad_request(f"The partner is person {request.partner.person}; there are 0 and 1")
    if not 0 <= request.seed <= LARGEST_SEED:
        raise bad_request(f"The seed is {request.seed}; it must be 0 or more, and at most {LARGEST_SEED}")
    if request.keep is not None:
        _check_kept(request.keep, request)


def _check_kept(keep: KeptTake, request: JobRequest) -> None:
    if request.partner is not None:
        raise bad_request("One person reacts to another's take and a take is kept as well; it can be one of the two")
    if request.engine == OFFICIAL_ENGINE:
        what = "DualTalk's official weights know no chance, so that nothing of a take can be made anew by them"
        raise bad_request(what)
    if not set(keep.people) <= {0, 1}:
        raise bad_request(f"The people who stay are {', '.join(map(str, keep.people))}; there are 0 and 1")
    if set(keep.people) == {0, 1}:
        raise bad_request("Both people stay as they are, so that nothing is to be made")
    if not keep.people and not keep.regenerate:
        raise bad_request("Nothing of the take is kept: name a person who stays, or the seconds to make anew")
    for start, end in keep.regenerate:
        if not (isfinite(end) and 0.0 <= start < end):
            raise bad_request(f"From {start:g} to {end:g} s is no stretch of time to make anew")


def remove_unfinished(folder: Path) -> None:
    """Remove the job in `folder` where it ended without a performance, and the folder where nothing else is in it."""
    if (folder / PERFORMANCE_FILE).exists():
        return
    with contextlib.suppress(OSError):
        for file in folder.iterdir():
            if file.name in UNFINISHED or file.suffix == PART:
                file.unlink()
        folder.rmdir()


def append_event(folder: Path, event: str, /, **fields: Any) -> None:
    """Append one event to `folder/events.jsonl`: progress, warning, error or done."""
    with (folder / EVENTS_FILE).open("a", encoding="utf-8") as file:
        file.write(json.dumps({"event": event} | fields) + "\n")


def read_events(folder: Path, offset: int = 0) -> tuple[list[dict[str, Any]], int]:
    """The complete events after byte `offset`, and the offset to read from next.

    A line that is still being written waits for the next call. Raises DuologueError (WORKER_GARBAGE) for a line
    that is no event.
    """
    with read_errors_as(ExitCode.WORKER_GARBAGE, "What the worker says cannot be read", _SEE_LOG):
        lines, offset = complete_lines(folder / EVENTS_FILE, offset)
    return [_parse_event(line) for line in lines], offset


def complete_lines(path: Path, offset: int) -> tuple[list[bytes], int]:
    """The lines of `path` with something on them after byte `offset` that are whole, and the offset after them."""
    try:
        with path.open("rb") as file:
            file.seek(offset)
            data = file.read()
    except FileNotFoundError:
        return [], offset
    complete, newline, _ = data.rpartition(b"\n")
    return [line for line in complete.split(b"\n") if line.strip()], offset + len(complete) + len(newline)


def _parse_event(line: bytes) -> dict[str, Any]:
    with explained_read_errors(lambda _reason: _garbage(line)):
        event = json.loads(line.decode("utf-8"))
    if not isinstance(event, dict) or not isinstance(event.get("event"), str):
        raise _garbage(line)
    return event


def _garbage(line: bytes) -> DuologueError:
    return DuologueError(
        ExitCode.WORKER_GARBAGE,
        f"The worker wrote something that is no event: {line[:80]!r}.",
        _SEE_LOG,
    )


def bad_request(what: str) -> DuologueError:
    """The failure of a request that cannot be followed."""
    return DuologueError(ExitCode.BAD_REQUEST, f"{what}.", "Correct the request and run it again.")
