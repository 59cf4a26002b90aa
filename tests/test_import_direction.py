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
    "tokenizers",
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
    assert "addon.worker.worker_process" in free
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
        for candidate in (name, *(f"{name}.{word}" for word in names)):
            file = ROOT.joinpath(*candidate.split(".")).with_suffix(".py")
            if candidate.startswith("addon.") and file.is_file() and _reaches_blender(file, seen):
                return True
    return False


def modules_imported_by(path):
    """Every module that `path` names, counted from the root; `from . import x` names x."""
    for dots, module, names in imports_of(path):
        whole = absolute_module(path, dots, module)
        yield from [whole] if module else [f"{whole}.{name}".strip(".") for name in names]


def offences(paths, offends):
    """File → what it does that `offends(path)` lists, for those that do."""
    found = {path.relative_to(ROOT).as_posix(): sorted(offends(path)) for path in paths}
    assert found
    return {path: listed for path, listed in found.items() if listed}


def test_contracts_between_the_rooms_of_backend_and_lab_are_kept():
    lint = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(cache_dir=None))"

    ran = subprocess.run(
        [sys.executable, "-c", lint], cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False
    )

    assert ran.returncode == 0, ran.stdout


def test_addon_imports_blender_numpy_the_standard_library_and_the_contract():
    def allowed(name):
        top = name.partition(".")[0]
        return (
            top in sys.stdlib_module_names
            or top in {"numpy", "addon_utils", "bl_operators", "bl_ui", "addon", *BLENDER_MODULES}
            or name.startswith("backend.contract")
        )

    assert offences(ADDON_FILES, lambda path: {name for name in modules_imported_by(path) if not allowed(name)}) == {}


_ALSO = {"recycle_bin.py": {"ctypes"}}
"""Windows' bin is reached by a call of the system alone."""


def test_addon_has_no_threads_sockets_or_code_from_text():
    modules = {
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
    calls = {"exec", "eval", "__import__", "compile"}

    def forbidden(path):
        found = modules & {name.partition(".")[0] for name in modules_imported_by(path)}
        yield from found - _ALSO.get(path.name, set())
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in calls:
                yield node.func.id
            if isinstance(node, ast.Attribute) and ast.unparse(node) == "sys.path":
                yield "sys.path"

    assert offences(ADDON_FILES, forbidden) == {}


def test_contract_imports_the_standard_library_numpy_and_itself():
    def forbidden(path):
        for name in modules_imported_by(path):
            top = name.partition(".")[0]
            if top not in sys.stdlib_module_names and top != "numpy" and not name.startswith("backend.contract"):
                yield name

    assert offences(CONTRACT_FILES, forbidden) == {}


def test_only_one_module_of_the_addon_knows_curves_and_few_know_slots():
    apis = {"fcurves", "channelbag", "channelbags", "keyframe_insert"}
    slots = {"assigning.py", "removing.py", "strips.py"}

    def used(path):
        nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        wanted = apis if path.name in slots else apis | {"action_slot"}
        return wanted & {node.attr for node in nodes if isinstance(node, ast.Attribute)}

    others = [path for path in ADDON_FILES if path.name != "actions.py"]
    assert offences(others, used) == {}
