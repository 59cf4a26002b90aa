"""The add-on's folders import one another in one direction."""

import ast
from pathlib import Path

ADDON = Path(__file__).resolve().parents[2] / "addon"
ORDER = (
    "paths", "steps", "recycle_bin", "menu_texts", "worker", "retargeting", "adjusting", "heads", "characters",
    "settings", "staging", "conversation", "removal", "adding", "keys", "export", "interface", "file_handlers",
    "command_arguments", "command", "registration", "__init__",
)  # fmt: skip
"""Each may import what stands before it."""


def room(path):
    inside = path.relative_to(ADDON)
    return inside.parts[0] if len(inside.parts) > 1 else inside.stem


def imported_rooms(path):
    folder = path.relative_to(ADDON).parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and 0 < node.level <= len(folder) + 1:
            base = folder[: len(folder) - node.level + 1] + tuple((node.module or "").split("."))
            names = [part for part in base if part]
            yield from ([names[0]] if names else [alias.name for alias in node.names])


def test_folders_import_in_one_direction():
    upwards = {
        path.relative_to(ADDON).as_posix(): names
        for path in ADDON.rglob("*.py")
        if (names := [name for name in imported_rooms(path) if ORDER.index(name) > ORDER.index(room(path))])
    }

    assert upwards == {}


def test_every_folder_has_its_place_in_the_order():
    rooms = {path.stem for path in ADDON.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}

    assert rooms == set(ORDER)
