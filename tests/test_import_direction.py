"""One direction of import: the add-on knows only the contract of the backend; the backend knows no Blender."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BLENDER_MODULES = ("bpy", "bpy_extras", "bpy_types", "mathutils", "gpu", "blf", "bmesh", "aud")
NOT_IN_BLENDER = (
    "torch",
    "scipy",
    "soundfile",
    "av",
    "safetensors",
    "transformers",
    "onnxruntime",
    "matplotlib",
    "PIL",
)
THROW_AWAY = (  # these run in environments of their own
    "lab.evaluation.recordings.forced_alignment",
    "lab.evaluation.recordings.openfacefx_curves",
    "lab.simulation.speech.kokoro_process",
)

ADDON_FILES = [*sorted(ROOT.glob("addon/**/*.py")), ROOT / "__init__.py"]
BACKEND_FILES = sorted(ROOT.glob("backend/**/*.py"))
LAB_FILES = sorted(ROOT.glob("lab/**/*.py"))
CONTRACT_FILES = sorted(ROOT.glob("backend/contract/*.py"))

_BLOCK = """
import importlib, importlib.util, sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {blocked!r}:
            raise ImportError(f"{{name}} is blocked")
sys.meta_path.insert(0, Blocker())
"""


def run_blocked(blocked, code):
    return subprocess.run(
        [sys.executable, "-c", _BLOCK.format(blocked=blocked) + code],
        cwd=ROOT,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def imports_of(path):
    """(dots, module, names) of every import statement, wherever it stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((0, alias.name, ()) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.level, node.module or "", tuple(alias.name for alias in node.names)


def absolute_module(path, dots, module):
    """The module a relative import of `path` means, counted from the root."""
    if dots == 0:
        return module
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    return ".".join((*package[: len(package) - dots + 1], *([module] if module else [])))


def relative(paths):
    return pytest.mark.parametrize("path", paths, ids=lambda path: path.relative_to(ROOT).as_posix())


def test_backend_imports_with_blender_blocked():
    pytest.importorskip("torch")
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in (*BACKEND_FILES, *LAB_FILES)
        if path.name != "__main__.py"
    ]
    wanted = [module for module in modules if module not in THROW_AWAY]

    result = run_blocked((*BLENDER_MODULES, "addon"), f"for n in {wanted!r}: importlib.import_module(n)")

    assert result.returncode == 0, result.stderr


def test_contract_imports_with_everything_blocked_that_blender_lacks():
    modules = [f"backend.contract.{path.stem}" for path in CONTRACT_FILES if path.stem != "__init__"]

    result = run_blocked(NOT_IN_BLENDER, f"for n in {modules!r}: importlib.import_module(n)")

    assert result.returncode == 0, result.stderr


def test_worker_starts_up_without_any_library_to_say_which_is_missing():
    result = run_blocked(
        (*NOT_IN_BLENDER, "numpy"), "import backend.worker, backend.command.animate, backend.command.check"
    )

    assert result.returncode == 0, result.stderr


def test_addon_modules_without_bpy_import_with_torch_blocked():
    free = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in ADDON_FILES
        if path.stem != "__init__" and not _reaches_blender(path)
    ]
    assert "addon.worker.worker_client" in free
    code = f"""
root = {str(ROOT)!r}
spec = importlib.util.spec_from_file_location("duologue", root + "/__init__.py", submodule_search_locations=[root])
package = sys.modules["duologue"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(package)
for name in {free!r}: importlib.import_module("duologue." + name)
"""

    result = run_blocked((*NOT_IN_BLENDER, *BLENDER_MODULES), code)

    assert result.returncode == 0, result.stderr


def _reaches_blender(path, seen=None):
    """Whether importing `path` imports bpy, itself or through other modules of the add-on."""
    seen = set() if seen is None else seen
    if path in seen:
        return False
    seen.add(path)
    for dots, module, names in imports_of(path):
        name = absolute_module(path, dots, module)
        if name.partition(".")[0] in BLENDER_MODULES:
            return True
        for candidate in (name, *(f"{name}.{one}" for one in names)):
            file = ROOT.joinpath(*candidate.split(".")).with_suffix(".py")
            if candidate.startswith("addon.") and file.is_file() and _reaches_blender(file, seen):
                return True
    return False


@relative(ADDON_FILES)
def test_addon_imports_blender_numpy_the_standard_library_and_the_contract(path):
    for dots, module, names in imports_of(path):
        name = absolute_module(path, dots, module)
        if dots:
            for target in [name] if module else [f"{name}.{one}".strip(".") for one in names]:
                assert target.split(".")[0] in {"addon", "backend"}, target
                assert not target.startswith("backend") or target.startswith("backend.contract"), target
        else:
            top = name.partition(".")[0]
            assert top in sys.stdlib_module_names or top in {"numpy", "addon_utils", *BLENDER_MODULES}, name


@relative(ADDON_FILES)
def test_addon_has_no_threads_sockets_or_code_from_text(path):
    forbidden = {
        "threading",
        "_thread",
        "multiprocessing",
        "concurrent",
        "socket",
        "asyncio",
        "urllib",
        "http",
        "ctypes",
    }
    for _, module, _ in imports_of(path):
        assert module.partition(".")[0] not in forbidden, module
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in {"exec", "eval", "__import__", "compile"}
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "sys":
            assert node.attr != "path"


@relative([*BACKEND_FILES, *LAB_FILES])
def test_backend_and_lab_import_neither_blender_nor_the_addon(path):
    for dots, module, _ in imports_of(path):
        name = absolute_module(path, dots, module)
        assert name.partition(".")[0] not in {*BLENDER_MODULES, "addon", "building"}, name


@relative(BACKEND_FILES)
def test_backend_never_imports_the_lab(path):
    assert "lab" not in {absolute_module(path, dots, module).partition(".")[0] for dots, module, _ in imports_of(path)}


@relative(CONTRACT_FILES)
def test_contract_imports_the_standard_library_numpy_and_itself(path):
    for dots, module, _ in imports_of(path):
        name = absolute_module(path, dots, module)
        top = name.partition(".")[0]
        assert top in sys.stdlib_module_names or top == "numpy" or name.startswith("backend.contract"), name


@relative(ADDON_FILES)
def test_only_one_module_of_the_addon_knows_the_action_apis(path):
    if path.name == "actions.py":
        return
    attributes = {
        node.attr for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Attribute)
    }
    assert not attributes & {"fcurves", "channelbag", "channelbags", "keyframe_insert", "action_slot"}
