"""What *Adjust Last Operation* shows of operators that work on a take."""

from __future__ import annotations

from pathlib import Path

import bpy

from ....backend.contract.job import PERFORMANCE_FILE


class ShowsTake:
    """Beside an operator's base: its property `take` is in Info's line, and is no field that a slip would exchange."""

    def draw(self, _context: bpy.types.Context) -> None:
        """Which take it was."""
        path = Path(self.take)  # type: ignore[attr-defined]
        name = path.parent.name if path.name == PERFORMANCE_FILE else path.name
        self.layout.label(text=name, icon="ACTION", translate=False)  # type: ignore[attr-defined]
