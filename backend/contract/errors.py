"""Every failure has a number, a sentence that says what happened and one that says what to do."""

from __future__ import annotations

from enum import IntEnum, unique


@unique
class ExitCode(IntEnum):
    """Exit status of the worker and of the command line; also the `code` of an `error` event."""

    OK = 0
    UNEXPECTED = 1
    BAD_REQUEST = 2
    AUDIO_NOT_FOUND = 10
    AUDIO_UNREADABLE = 11
    AUDIO_EMPTY = 12
    AUDIO_SILENT = 13
    AUDIO_NOT_FINITE = 14
    AUDIO_TOO_SHORT = 15
    AUDIO_TOO_LONG = 16
    AUDIO_MISMATCH = 17
    SEGMENTS_INVALID = 18
    TRANSCRIPT_INVALID = 19
    FACE_NOT_FOUND = 20
    FACE_INVALID = 21
    ASSET_MISSING = 22
    ASSET_CORRUPT = 23
    ENGINE_UNKNOWN = 24
    WEIGHTS_INVALID = 25
    CHARACTER_INVALID = 26
    FLAME_FILE_REFUSED = 27
    FLAME_FILE_INVALID = 28
    DATASET_INVALID = 29
    DISK_FULL = 30
    OUTPUT_NOT_WRITABLE = 31
    CANCELLED = 40
    OUT_OF_MEMORY = 41
    DEPENDENCY_MISSING = 50
    PYTHON_NOT_FOUND = 51
    DOWNLOAD_FAILED = 52
    INSTALLATION_RUNNING = 53
    INSTALLATION_FAILED = 54
    PACKAGES_MISSING = 55
    ONLINE_ACCESS_OFF = 56
    SYSTEM_UNSUITABLE = 57
    WORKER_NOT_FOUND = 60
    WORKER_DIED = 61
    WORKER_HUNG = 62
    WORKER_GARBAGE = 63
    PERFORMANCE_INVALID = 64
    RIG_UNSUITABLE = 65
    SCENE_UNSUITABLE = 66
    RENDER_FAILED = 67
    TAKE_NOT_FOUND = 68


class DuologueError(Exception):
    """A failure that is explained to the artist.

    `message` says what happened, `fix` what to do about it; both are whole sentences.
    """

    def __init__(self, code: ExitCode, message: str, fix: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.fix = fix

    def sentence(self) -> str:
        """What happened and what to do, as the one line an artist reads."""
        return f"{self.message} {self.fix}".strip()
