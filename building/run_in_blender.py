"""Calls `main(words)` of one script inside a Blender, and ends the process at once with what it returns.

python run_in_blender.py SCRIPT …, where that Python has `bpy`;
blender -b --python run_in_blender.py -- SCRIPT …

No script of ours ends through Blender's own exit: as a module, 4.5 hangs in it and 4.2 crashes, and takes the exit code
with it.
"""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from pathlib import Path
from typing import NoReturn


def main() -> NoReturn:
    """Run the script that the command line names."""
    as_module = Path(sys.argv[0]).resolve() == Path(__file__).resolve()
    script, *words = sys.argv[1:] if as_module else sys.argv[sys.argv.index("--") + 1 :]
    path = Path(script).resolve()
    sys.path[:0] = [str(path.parent), str(Path(__file__).resolve().parent)]
    try:
        code = int(importlib.import_module(path.stem).main(words))
    except SystemExit as leaving:  # argparse's way
        code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except BaseException:  # noqa: BLE001  (whatever it was, it must not reach Blender's exit)
        traceback.print_exc()
        code = 1
    leave(code)


def leave(code: int) -> NoReturn:
    """End this process with `code`, at once."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
