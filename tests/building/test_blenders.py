"""Which Blender and which Python a machine gets, and how what runs in a Blender ends."""

import ast
from pathlib import Path

import pytest

from building import blenders, pythons
from building.blenders import Absent, Blender
from building.locking import all_locks, compile_words, entries
from building.paths import BACKEND_PYTHONS, BLENDER_WHEELS, LOCKS, ROOT
from building.processes import BuildFailedError
from building.pythons import Python


@pytest.fixture
def machine(monkeypatch):
    """A machine with none of it: no Python for a wheel, no program, nothing in the archive."""
    monkeypatch.delenv("DUOLOGUE_BLENDER", raising=False)
    monkeypatch.setattr(blenders, "_machine", lambda: "linux x86_64")
    monkeypatch.setattr(blenders, "find_python", lambda _version: None)
    monkeypatch.setattr(blenders, "missing_library_packages", list)
    monkeypatch.setattr(blenders, "candidate_version", lambda _package: None)
    monkeypatch.setattr(blenders, "way_to_the_archive", lambda: None)
    monkeypatch.setattr(blenders.shutil, "which", lambda _program: None)
    return monkeypatch


def test_wheel_of_a_python_that_is_here_goes_first(machine):
    machine.setattr(blenders, "find_python", lambda version: Python("3.13", "python") if version == "3.13" else None)
    machine.setattr(blenders.shutil, "which", lambda _program: "/usr/bin/blender")

    assert blenders.any_source().version == "5.2.3"


def test_where_a_wheel_fits_neither_the_program_nor_the_archive_is_asked(machine):
    machine.setattr(blenders, "find_python", lambda version: Python(version, "python"))
    machine.setattr(blenders.shutil, "which", lambda _program: pytest.fail("the program was looked for"))
    machine.setattr(blenders, "candidate_version", lambda _package: pytest.fail("the archive was asked"))

    assert blenders.any_source().version


def test_program_on_the_path_serves_where_no_wheel_fits(machine):
    machine.setattr(blenders.shutil, "which", lambda program: "/opt/blender" if program == "blender" else None)
    machine.setattr(blenders, "output", lambda *_, **__: "Blender 4.2.1 LTS")

    source = blenders.any_source()

    assert (source.program, source.packages) == ("/opt/blender", ())


@pytest.mark.parametrize(
    ("archive", "fits"),
    [("4.3.2+dfsg-2", True), ("5.2.2+dfsg-1", True), ("1:4.2.0", True), ("3.4.1+dfsg-2+b1", False), ("4.0.2", False)],
)
def test_distributions_package_serves_where_it_is_new_enough(machine, archive, fits):
    machine.setattr(blenders, "candidate_version", lambda _package: archive)

    if fits:
        assert "blender" in blenders.any_source().packages
    else:
        with pytest.raises(BuildFailedError):
            blenders.any_source()


def test_machine_without_any_is_told_so_before_anything_is_set_up(machine):
    with pytest.raises(BuildFailedError) as caught:
        blenders.any_source()

    assert caught.value.exit_code == 50
    assert all(version in str(caught.value) for version in BLENDER_WHEELS)


def test_version_without_a_wheel_for_the_processor_is_left_out_by_name(machine):
    machine.setattr(blenders, "_machine", lambda: "linux aarch64")
    machine.setattr(blenders, "find_python", lambda version: Python(version, "python"))

    assert all(isinstance(blenders.wheel_source(version), Absent) for version in BLENDER_WHEELS)


@pytest.mark.parametrize(("answer", "version"), [("Blender 5.2.2", (5, 2, 2)), ("Blender 4.2", (4, 2, 0)), ("", None)])
def test_version_of_a_program_is_what_it_tells(monkeypatch, answer, version):
    monkeypatch.setattr(blenders, "output", lambda *_, **__: answer or None)

    assert blenders.program_version("blender") == version


def test_both_kinds_of_blender_are_given_the_same_script_and_words():
    script = Path("script.py")
    module = Blender("module", ("python",), program=False).command(script, "--a", "b")
    program = Blender("program", ("blender",), program=True).command(script, "--a", "b")

    assert module[2:] == program[program.index("--") + 1 :] == ["script.py", "--a", "b"]


def test_complete_python_goes_before_a_better_one_that_debian_has_to_mend(monkeypatch):
    here = {"3.11": Python("3.11", "a", "python3.11-venv"), "3.13": Python("3.13", "b")}
    monkeypatch.setattr(pythons, "find_python", here.get)

    assert pythons.first_python(BACKEND_PYTHONS).version == "3.13"


def test_python_of_the_archive_is_named_where_none_is_here(monkeypatch):
    monkeypatch.setattr(pythons, "find_python", lambda _version: None)
    monkeypatch.setattr(pythons, "has_package", lambda package: package == "python3.12-venv")

    assert pythons.first_python(BACKEND_PYTHONS) == Python("3.12", "/usr/bin/python3.12", "python3.12-venv")


def test_no_python_at_all_is_a_failure_with_its_code(monkeypatch):
    monkeypatch.setattr(pythons, "find_python", lambda _version: None)
    monkeypatch.setattr(pythons, "has_package", lambda _package: False)

    with pytest.raises(BuildFailedError) as caught:
        pythons.first_python(BACKEND_PYTHONS)

    assert caught.value.exit_code == 50


@pytest.mark.parametrize("lock", sorted(LOCKS.glob("*.lock")), ids=lambda path: path.name)
def test_everything_is_pinned_with_hashes(lock):
    for requirement, hashes in entries(lock.read_text(encoding="utf-8")):
        assert "==" in requirement
        assert hashes
        assert all(len(digest) == 64 for digest in hashes)


def _versions(lock):
    pinned = (requirement.partition(";")[0].split("==") for requirement, _ in entries((LOCKS / lock).read_text()))
    return {name.strip(): version.strip() for name, version in pinned}


def test_what_develops_has_the_versions_of_what_animates():
    runtime, development = _versions("runtime.lock"), _versions("dev.lock")

    assert runtime.items() <= development.items()
    assert not {"pytest", "mypy", "ruff", "matplotlib", "scikit-learn", "onnxruntime"} & set(runtime)


def test_no_lock_pins_what_another_one_installs():
    assert not set(_versions("dev.lock")) & set(_versions("torch.lock"))


def test_the_resolver_is_asked_for_every_lock_but_those_that_are_kept_by_hand():
    resolved = {lock.file for lock in all_locks()}

    assert resolved | {"torch-cpu.lock", "torch-cuda.lock"} == {path.name for path in LOCKS.glob("*.lock")}
    words = compile_words(all_locks()[0], Path("pyproject.toml"), ["numpy"])
    assert words[-2:] == ["--upgrade-package", "numpy"]
    assert "torch" in words


_IN_BLENDER = {"bpy", "mathutils", "in_blender"}


def _imports(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


@pytest.mark.parametrize(
    "path",
    [*sorted((ROOT / "building").glob("*.py")), *sorted((ROOT / "tests" / "blender").glob("*.py"))],
    ids=lambda path: path.name,
)
def test_no_script_in_a_blender_ends_through_its_exit(path):
    """Scripts have a `main` that run_in_blender.py calls; one that can be started by itself leaves by `leave`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if not _IN_BLENDER & set(_imports(tree)):
        return
    started = [node for node in tree.body if isinstance(node, ast.If) and "__name__" in ast.unparse(node.test)]
    loose = [node for node in tree.body if isinstance(node, ast.Expr) and "main" in ast.unparse(node)]

    assert not loose
    assert all(ast.unparse(node.body).startswith("leave(") for node in started)
