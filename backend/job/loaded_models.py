"""Models that stay loaded from one job to the next, as long as the files that they came from stay as they are."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from pathlib import Path
from typing import TypeVar, cast

from ..contract.files import stamp_of

Model = TypeVar("Model")


class LoadedModels:
    """At most one model of each kind, so that memory does not grow with the jobs."""

    def __init__(self) -> None:
        self._loaded: dict[str, tuple[Hashable, object]] = {}

    def get(self, kind: str, which: Hashable, files: Iterable[Path], load: Callable[[], Model]) -> Model:
        """The model of `kind` that `load` makes of `files`; loaded again where `which` or a file is another one.

        Raises what `load` raises.
        """
        files = tuple(files)
        key = (which, stamp_of(files))
        there = self._loaded.get(kind)
        if there is not None and there[0] == key:
            return cast("Model", there[1])
        self._loaded.pop(kind, None)  # before the next one is loaded: memory for two may not be there
        del there
        model = load()
        if (which, stamp_of(files)) == key:  # else nobody knows which of both files was read
            self._loaded[kind] = (key, model)
        return model

    def forget(self) -> None:
        """Drop all models."""
        self._loaded.clear()
