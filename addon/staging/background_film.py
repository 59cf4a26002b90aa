"""What another Blender runs in the background: the film that a job folder asks for.

blender -b COPY.blend --python background_film.py -- FOLDER; or python background_film.py FOLDER where bpy is a module.
"""

import importlib
import importlib.util
import json
import os
import shutil
import sys
from pathlib import Path

import bpy

_EXTENSION = Path(__file__).resolve().parents[2]
_PACKAGE = "duologue"


def main(folder: Path) -> int:
    """Render, and tell the folder's events of it; the exit status."""
    _load_package()
    job = importlib.import_module(f"{_PACKAGE}.backend.contract.job")
    errors = importlib.import_module(f"{_PACKAGE}.backend.contract.errors")
    render = importlib.import_module(f"{_PACKAGE}.addon.staging.render")
    request = json.loads((folder / job.REQUEST_FILE).read_text(encoding="utf-8"))
    if not bpy.app.binary_path:
        bpy.ops.wm.open_mainfile(filepath=request["blend"])
    scene = bpy.data.scenes[request["scene"]]
    if request["engine"]:
        scene.render.engine = render.engine_id(request["engine"])
    render.scale_picture(scene.render, request["percent"])

    parent, part = os.getppid(), render.part_of_film(Path(request["film"]))

    def tell(progress: object) -> None:
        leave_if_alone(parent, part, folder)
        job.append_event(folder, "progress", stage="Rendering", done=progress.done, total=progress.frames)  # type: ignore[attr-defined]

    try:
        job.append_event(folder, "progress", stage="Rendering", done=0, total=0)
        render.render_film(scene, Path(request["film"]), tell)
    except errors.DuologueError as error:
        job.append_event(folder, "error", code=int(error.code), message=error.message, fix=error.fix)
        return int(error.code)
    job.append_event(folder, "done", film=request["film"])
    return 0


def leave_if_alone(parent: int, part: Path, folder: Path) -> None:
    """End at once, and leave nothing, where the Blender `parent` that asked for the film is gone."""
    if os.getppid() != parent:
        shutil.rmtree(folder, ignore_errors=True)
        part.unlink(missing_ok=True)
        os._exit(1)


def _load_package() -> None:
    """The extension that this file belongs to, by a name of its own; it need not be enabled here."""
    spec = importlib.util.spec_from_file_location(
        _PACKAGE, _EXTENSION / "__init__.py", submodule_search_locations=[str(_EXTENSION)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"{_EXTENSION} is no package")
    package = importlib.util.module_from_spec(spec)
    sys.modules[_PACKAGE] = package
    spec.loader.exec_module(package)


if __name__ == "__main__":
    status = main(Path(sys.argv[-1]))
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)  # Blender's own exit hangs or crashes as a module
