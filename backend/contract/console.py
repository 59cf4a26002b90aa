"""What a process of ours sets up before its work: printing that cannot fail a job, and the environment of its models.

A console may have any encoding or be closed, and a pipe may have nobody who reads it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from typing import Any, Final

_NAMES: Final = ("stdout", "stderr")


class ForgivingStream:
    """A text stream whose `write` and `flush` never raise. What its encoding lacks is written as an escape."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write as far as it goes; how many characters were given."""
        encoding = getattr(self._stream, "encoding", None) or "utf-8"
        with self._forgiven():
            self._stream.write(text.encode(encoding, errors="backslashreplace").decode(encoding))
        return len(text)

    def writelines(self, lines: Any) -> None:
        """`write` each."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Hand on what was written, as far as it goes."""
        with self._forgiven():
            self._stream.flush()

    def isatty(self) -> bool:
        """Whether a person sees it; a stream that is closed is seen by nobody."""
        try:
            return bool(self._stream.isatty())
        except (OSError, ValueError):
            return False

    def fileno(self) -> int:
        """The stream's file. Raises OSError where there is none, also where the stream is closed."""
        try:
            return int(self._stream.fileno())
        except ValueError as error:  # what a closed stream raises; argparse of Python 3.14 expects an OSError
            raise OSError(str(error)) from error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    @contextlib.contextmanager
    def _forgiven(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError):  # ValueError: the stream is closed
            with contextlib.suppress(OSError, ValueError):
                _lead_nowhere(self._stream.fileno())


def forgive_printing() -> None:
    """From now on nothing that this program prints can fail it, up to the end of the process."""
    _fill_closed_places()
    with contextlib.suppress(AttributeError, ValueError):  # Windows has no such signal; only a main thread may say so
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    for name in _NAMES:
        stream = getattr(sys, name)
        if stream is None:  # it stays open as long as the program
            stream = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
        if not isinstance(stream, ForgivingStream):
            setattr(sys, name, ForgivingStream(stream))


@contextlib.contextmanager
def forgiven_printing() -> Iterator[None]:
    """The same while a command runs inside another program, whose streams come back afterwards."""
    before = {name: getattr(sys, name) for name in _NAMES}
    handler = _pipe_handler()
    forgive_printing()
    try:
        yield
    finally:
        for name, stream in before.items():
            getattr(sys, name).flush()
            setattr(sys, name, stream)
        with contextlib.suppress(AttributeError, ValueError, TypeError):
            signal.signal(signal.SIGPIPE, handler)


def _pipe_handler() -> Any:
    with contextlib.suppress(AttributeError):
        return signal.getsignal(signal.SIGPIPE)
    return None


def _fill_closed_places() -> None:
    """Where the standard streams were closed the next file that is opened would take their place, and be printed on."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            _lead_nowhere(number)


def _lead_nowhere(number: int) -> None:
    """Whatever is written to the file `number` from now on vanishes; what waits to be written cannot fail any more."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    if nowhere != number:
        os.dup2(nowhere, number)
        os.close(nowhere)


def set_process_environment() -> None:
    """No look-ups in the network, and threads that sleep while they wait.

    Threads that spin cost ten times the processor time as soon as anything, such as Blender, runs beside.
    """
    os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1", DO_NOT_TRACK="1")
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
