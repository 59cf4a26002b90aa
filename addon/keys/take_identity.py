"""Which take is which: folders of several .blend files have the same names, and copies of a take are alike."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass
from pathlib import Path

from ...backend.contract.reading import read_or_none


@dataclass(frozen=True)
class TakeIdentity:
    """The `name` of a take's folder and its `content`, empty where nobody knows that; they stay when it is moved."""

    name: str
    content: str

    def fits(self, other: TakeIdentity) -> bool:
        """Whether both may be one take. What earlier versions remembered has a name alone."""
        return self.name == other.name and (self.content == other.content or not (self.content and other.content))


def identity_of(take: Path, content: str = "") -> TakeIdentity:
    """Of the performance `take`, whose `content` may be known already."""
    return TakeIdentity(take.parent.name, content or content_of(take))


def content_of(take: Path) -> str:
    """One hash of the checksums that the file's arrays carry; empty where it cannot be read.

    It takes less than a millisecond however long the take is: arrays are not read.
    """
    return read_or_none(lambda: _content_of(take)) or ""


def _content_of(take: Path) -> str:
    with zipfile.ZipFile(take) as opened:
        arrays = sorted((one.filename, one.file_size, one.CRC) for one in opened.infolist())
    return hashlib.sha256(repr(arrays).encode()).hexdigest()
