"""Rules that hold for every file of the add-on."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "addon").rglob("*.py"))
ALLOWED = {
    "aud",
    "bpy",
    "bpy_extras",
    "bl_operators",
    "bl_ui",
    "blf",
    "bmesh",
    "mathutils",
    "numpy",
    *sys.stdlib_module_names,
}
FORBIDDEN = {"threading", "socket", "multiprocessing", "asyncio", "queue", "urllib", "http", "ctypes", "pickle"}
LENT = {"recycle_bin.py": {"ctypes"}}
"""Windows offers its bin to C alone."""


def imports(source):
    """(dots, name) of every import, also inside functions."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((0, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.level, node.module or ""


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_imports_only_what_blender_has(source):
    absolute = {name.partition(".")[0] for level, name in imports(source) if level == 0}

    assert absolute <= ALLOWED
    assert not absolute & (FORBIDDEN - LENT.get(source.name, set()))


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_knows_of_the_backend_only_its_contract(source):
    reached = [name for level, name in imports(source) if level > 1 and (name + ".").startswith("backend.")]

    assert all(name.startswith("backend.contract") for name in reached)


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_only_one_module_reaches_fcurves(source):
    text = source.read_text(encoding="utf-8")
    reached = any(word in text for word in (".fcurves", "keyframe_points", "channelbag", "keyframe_insert"))

    assert reached == (source.name == "actions.py")


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_runs_no_text_as_code_and_edits_no_path(source):
    tree = ast.parse(source.read_text(encoding="utf-8"))
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}

    assert not called & {"exec", "eval", "compile", "__import__"}
    assert "sys.path" not in source.read_text(encoding="utf-8")


def test_package_imports_without_bpy_and_torch():
    code = (
        "import sys, importlib.util\n"
        "sys.modules['bpy'] = sys.modules['torch'] = None\n"
        f"spec = importlib.util.spec_from_file_location('duologue', {str(ROOT / '__init__.py')!r}, "
        f"submodule_search_locations=[{str(ROOT)!r}])\n"
        "package = importlib.util.module_from_spec(spec); sys.modules['duologue'] = package\n"
        "spec.loader.exec_module(package)\n"
        "import duologue.addon.worker.worker_process, duologue.addon.retargeting.own_heads\n"
        "import duologue.addon.staging.cutting, duologue.addon.keys.timing\n"
    )

    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("preset", sorted((ROOT / "presets" / "characters").glob("*.json")), ids=lambda path: path.stem)
def test_characters_are_readable(preset):
    from duologue.backend.contract.character import job_character, load_character

    character = load_character(preset)

    assert job_character(character).name == json.loads(preset.read_text())["name"]
