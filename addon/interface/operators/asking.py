"""What operators share that ask for a file: what the selector answers is worked on where a timer can be awaited."""

from __future__ import annotations

import bpy


class AsksForFile:
    """Beside an operator's base; its class has the property `filepath`, which is not remembered, of its own."""

    filepath: str
    _from_selector: bool = False

    def ask(self, context: bpy.types.Context) -> set[str]:
        """What `invoke` returns where there is no file yet."""
        self._from_selector = True
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def answered(self) -> bool:
        """Whether `execute` is the selector's answer; then the operator has been invoked again, with it."""
        if not self._from_selector:
            return False
        self._from_selector = False
        # A file selector ends in `execute`, where no timer can be awaited.
        module, _, name = type(self).bl_idname.partition(".")
        getattr(getattr(bpy.ops, module), name)("INVOKE_DEFAULT", **self.as_keywords())
        return True
