"""From nothing to a backend: whole or not there, resumed, updated, moved and removed."""

import contextlib
import ensurepip
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest

from backend.contract.errors import DuologueError, ExitCode
from backend.contract.installation import (
    INSTALLATION_LOG,
    INSTALLED_FILE,
    MOVED_FILE,
    RUNNING_FILE,
    Installation,
    installation_in,
    moved_from,
    record_installation,
    remedy,
    wanted_stamp,
)
from backend.installation import installing, packages, plan, pythons, upkeep
from backend.installation.children import Children
from backend.installation.installing import Wish, install
from backend.installation.locks import Requirement
from backend.installation.pythons import Base
from backend.installation.target import Target, this_target
from building.paths import ROOT
from tests.support.package_index import sha256, write_wheel

PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


def requirement(wheel):
    name, version = wheel.name.split("-")[:2]
    return Requirement(name, version, (sha256(wheel),))


@pytest.fixture
def packed(tmp_path, monkeypatch):
    """A packed folder with one tiny package and pip, for this machine; the backend is that package alone."""
    folder = tmp_path / "packed"
    tiny = requirement(write_wheel(folder))
    (bundled,) = Path(ensurepip.__file__).parent.glob("_bundled/pip-*.whl")
    pip = folder / bundled.name
    pip.write_bytes(bundled.read_bytes())
    pinned_pip = requirement(pip)
    here = this_target(PYTHON)
    told = {"system": here.system, "processor": here.processor, "python": PYTHON, "glibc": here.glibc, "macos": 14}
    (folder / plan.WHEELHOUSE_FILE).write_text(json.dumps(told | {"device": "cpu", "stamp": ""}))
    monkeypatch.setattr(installing, "torch_requirements", lambda *_: [])
    monkeypatch.setattr(installing, "runtime_requirements", lambda _: [tiny])
    monkeypatch.setattr(installing, "asset_packages", list)
    monkeypatch.setattr(installing, "requirements_for", lambda *_: [pinned_pip])
    monkeypatch.setattr(installing, "_derive", lambda *_: None)
    monkeypatch.setattr(installing, "_try", lambda *_: None)
    monkeypatch.setattr(plan, "bases", lambda own: [Base(PYTHON, own, "venv", blenders=True)])
    return folder


def run(wish, said=None, check=lambda: None):
    heard = said if said is not None else []
    return install(wish, lambda *words: heard.append(words), heard.append, check)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "a folder with ünusual letters" / "backend"


@pytest.mark.slow
def test_a_backend_is_made_from_a_packed_folder_without_a_network(packed, folder, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")

    installed = run(Wish(folder, source=packed, own=sys.executable))

    told = subprocess.run(
        [installed.python, "-c", "import tiny; print(tiny.VERSION)"], capture_output=True, text=True, check=True
    )
    assert told.stdout == "1.0\n"
    assert installation_in(folder) == installed
    assert installed.stamp == wanted_stamp(ROOT)
    assert {path.name for path in folder.iterdir()} == {"environment-1", "installed.json", INSTALLATION_LOG}


@pytest.mark.slow
def test_what_is_there_is_not_made_again_unless_it_is_asked_for(packed, folder):
    first = run(Wish(folder, source=packed, own=sys.executable))

    assert run(Wish(folder, own=sys.executable)) == first
    again = run(Wish(folder, source=packed, again=True, own=sys.executable))
    assert again.python != first.python
    assert not first.python.exists()


@pytest.mark.slow
def test_an_update_replaces_the_older_backend_when_the_new_one_is_whole(packed, folder, monkeypatch):
    old = run(Wish(folder, source=packed, own=sys.executable))
    monkeypatch.setattr(installing, "wanted_stamp", lambda _: "newer")

    def fail(*_words):
        raise DuologueError(ExitCode.ASSET_MISSING, "A file is missing.", "")

    with monkeypatch.context() as broken:
        broken.setattr(installing, "_try", fail)
        assert failing(Wish(folder, source=packed, own=sys.executable)) == ExitCode.ASSET_MISSING
    assert installation_in(folder) == old
    assert [path.name for path in folder.glob("environment-*")] == ["environment-1"]

    new = run(Wish(folder, source=packed, own=sys.executable))
    assert new.stamp == "newer"
    assert [path.name for path in folder.glob("environment-*")] == [new.python.parents[1].name]


@pytest.mark.slow
def test_an_environment_that_was_cut_short_is_no_backend_and_is_replaced(packed, folder):
    half = folder / "environment-7" / "bin" / "python"
    half.parent.mkdir(parents=True)
    half.touch()
    (folder / INSTALLATION_LOG).touch()

    assert installation_in(folder) is None
    assert run(Wish(folder, source=packed, own=sys.executable)).python.is_file()
    assert not half.exists()


@pytest.mark.parametrize("code", [ExitCode.ASSET_CORRUPT, ExitCode.CANCELLED])
def test_what_is_compiled_beside_ends_when_the_rest_fails(tmp_path, monkeypatch, code):
    ended = threading.Event()

    def compile_forever(self, _words, _what, tick):
        try:
            while not time.sleep(0.001):
                self.check()
                tick()
        finally:
            ended.set()

    (tmp_path / "lib" / "site-packages").mkdir(parents=True)
    monkeypatch.setattr(Children, "run", compile_forever)
    children = Children(tmp_path / "log", lambda: None, ROOT)

    with pytest.raises(DuologueError) as caught:  # noqa: SIM117
        with packages.compiling_beside(tmp_path / "bin" / "python", children, lambda *_: None):
            raise DuologueError(code, "It broke.", "")

    assert caught.value.code == code
    assert ended.is_set()


@pytest.mark.parametrize("code", [ExitCode.INSTALLATION_FAILED, ExitCode.DISK_FULL])
def test_a_disk_that_is_full_while_packages_are_compiled_is_told(tmp_path, monkeypatch, code):
    def fail(*_):
        raise DuologueError(code, "It broke.", "")

    (tmp_path / "lib" / "site-packages").mkdir(parents=True)
    monkeypatch.setattr(Children, "run", fail)
    children = Children(tmp_path / "log", lambda: None, ROOT)
    told = pytest.raises(DuologueError) if code == ExitCode.DISK_FULL else contextlib.nullcontext()

    with told, packages.compiling_beside(tmp_path / "bin" / "python", children, lambda *_: None):
        pass


@pytest.mark.parametrize("text", ["", "[]", "{", '{"python": 3}', '{"python": "gone", "device": "cpu", "stamp": ""}'])
def test_a_damaged_record_is_no_backend(tmp_path, text):
    (tmp_path / "installed.json").write_text(text, encoding="utf-8")

    assert installation_in(tmp_path) is None


@pytest.mark.slow
def test_cancelling_leaves_nothing_half_done(packed, folder):
    def stop():
        if any(folder.glob("environment-*")):
            raise DuologueError(ExitCode.CANCELLED, "Cancelled.", "")

    with pytest.raises(DuologueError) as caught:
        run(Wish(folder, source=packed, own=sys.executable), check=stop)

    assert caught.value.code == ExitCode.CANCELLED
    assert not list(folder.glob("environment-*"))
    assert installation_in(folder) is None
    assert not (folder / RUNNING_FILE).exists()


def failing(wish):
    with pytest.raises(DuologueError) as caught:
        run(wish)
    return caught.value.code


def test_a_disk_without_room_is_told_before_anything_is_made(packed, folder, monkeypatch):
    monkeypatch.setattr("backend.installation.resources.free_bytes", lambda _: 1000)

    assert failing(Wish(folder, source=packed, own=sys.executable)) == ExitCode.DISK_FULL
    assert not list(folder.glob("environment-*"))


def test_a_device_without_a_build_is_told(packed, folder):
    assert failing(Wish(folder, "mps", packed, own=sys.executable)) == ExitCode.SYSTEM_UNSUITABLE


@pytest.mark.parametrize("damage", ["missing", "cut short"])
def test_a_packed_folder_of_another_duologue_is_refused_before_anything_is_made(packed, folder, damage):
    wheel, wish = packed / "tiny-1.0-py3-none-any.whl", Wish(folder, source=packed, own=sys.executable)
    assert installing.planned(wish).choices
    if damage == "missing":
        wheel.rename(packed / "tiny-0.9-py3-none-any.whl")
        with pytest.raises(DuologueError) as caught:
            installing.planned(wish)  # so that the artist is not even asked
        assert caught.value.code == ExitCode.PACKAGES_MISSING
    else:
        wheel.write_bytes(wheel.read_bytes()[:-1])

    assert failing(wish) == ExitCode.PACKAGES_MISSING
    assert not list(folder.glob("environment-*"))


def test_a_packed_folder_whose_packages_do_not_run_here_is_refused(packed, folder):
    newer = {"linux": "manylinux_2_99_x86_64", "darwin": "macosx_99_0_universal2"}.get(sys.platform, "win_arm64")
    (packed / "tiny-1.0-py3-none-any.whl").rename(packed / f"tiny-1.0-py3-none-{newer}.whl")

    with pytest.raises(DuologueError) as caught:
        installing.planned(Wish(folder, source=packed, own=sys.executable))

    assert caught.value.code == ExitCode.PACKAGES_MISSING


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"system": "win32"}, ExitCode.PACKAGES_MISSING),
        ({"python": "3.99"}, ExitCode.PYTHON_NOT_FOUND),
        ({"glibc": "many"}, ExitCode.PACKAGES_MISSING),
    ],
)
def test_a_folder_that_was_packed_for_another_machine_is_refused(packed, folder, changes, code):
    place = packed / plan.WHEELHOUSE_FILE
    if sys.platform == "win32" and "system" in changes:
        changes = {"system": "linux"}
    place.write_text(json.dumps(json.loads(place.read_text()) | changes))

    assert failing(Wish(folder, source=packed, own=sys.executable)) == code


def test_any_other_folder_is_refused(packed, folder, tmp_path):
    assert failing(Wish(folder, source=tmp_path, own=sys.executable)) == ExitCode.PACKAGES_MISSING


@pytest.mark.slow
def test_a_backend_moves_and_runs_where_it_is_then(packed, folder, tmp_path):
    run(Wish(folder, source=packed, own=sys.executable))
    there = tmp_path / "there"

    moved = upkeep.move(folder, there, lambda *_: None, lambda: None)

    assert subprocess.run([moved.python, "-c", "import tiny"], check=False).returncode == 0
    assert installation_in(there) == moved
    assert installation_in(folder) is None
    assert str(folder) not in (moved.python.parents[1] / "pyvenv.cfg").read_text(encoding="utf-8")


@pytest.fixture
def brought(tmp_path, monkeypatch):
    """A backend whose Python uv has brought, with uv's link from the minor version to the whole one; it runs."""
    folder = tmp_path / "backend"
    whole, minor = folder / "python" / "cpython-3.13.5", folder / "python" / "cpython-3.13"
    environment = folder / "environment-1"
    for place in (whole / "bin", environment / "bin", folder / "assets"):
        place.mkdir(parents=True)
    (whole / "bin" / "python3.13").write_text("runs", encoding="utf-8")
    minor.symlink_to(whole, target_is_directory=True)
    (environment / "bin" / "python").symlink_to(minor / "bin" / "python3.13")
    settings = f"home = {minor / 'bin'}\nbeside = {tmp_path / 'backend of mine'}\n"
    (environment / "pyvenv.cfg").write_text(settings, encoding="utf-8")
    (folder / "assets" / "head.npz").write_bytes(b"head")
    (folder / INSTALLATION_LOG).touch()
    installed = Installation(folder, environment / "bin" / "python", folder / "assets", "cpu", "3.13", "stamp")
    record_installation(installed)
    monkeypatch.setattr("backend.contract.files.os.fsync", lambda _: None)
    monkeypatch.setattr(upkeep, "asked", lambda python: Path(python).read_text(encoding="utf-8"))
    return installed


def moved_to(installed, to, say=lambda *_: None, check=lambda: None):
    return upkeep.move(installed.folder, to, say, check)


@pytest.mark.skipif(sys.platform == "win32", reason="uv's links are junctions there, which are copied as folders")
def test_a_python_that_uv_brought_moves_along_with_its_links(brought, tmp_path):
    moved = moved_to(brought, tmp_path / "there")

    assert moved.python.read_text(encoding="utf-8") == "runs"
    assert moved.python.resolve() == tmp_path / "there" / "python" / "cpython-3.13.5" / "bin" / "python3.13"
    assert (moved.folder / "environment-1" / "pyvenv.cfg").read_text(encoding="utf-8").splitlines() == [
        f"home = {tmp_path / 'there' / 'python' / 'cpython-3.13' / 'bin'}",
        f"beside = {tmp_path / 'backend of mine'}",
    ]


def test_a_move_that_is_cut_short_anywhere_loses_no_backend_and_is_finished_by_another_try(brought, tmp_path):
    folder, to, moments = brought.folder, tmp_path / "there", []

    def note(*_):
        moment = tmp_path / f"moment-{len(moments)}"
        for place in (folder, to):
            shutil.copytree(place, moment / place.name, symlinks=True, ignore=shutil.ignore_patterns(RUNNING_FILE))
        moments.append(moment)

    wanted = moved_to(brought, to, note, note)
    half_removed = tmp_path / "half removed"
    shutil.copytree(moments[-1], half_removed, symlinks=True)
    (half_removed / folder.name / INSTALLED_FILE).unlink()

    for moment in (*moments, half_removed):
        for place in (folder, to):
            shutil.rmtree(place)
            shutil.copytree(moment / place.name, place, symlinks=True)
        assert installation_in(moved_from(folder)) is not None, "Blender has a backend meanwhile"

        assert moved_to(brought, to) == wanted == installation_in(to)

        assert wanted.python.read_text(encoding="utf-8") == "runs"
        assert [path.name for path in folder.iterdir()] == [MOVED_FILE]
        assert moved_from(folder) == to, "also where Blender ended before it could remember it"
    assert len(moments) > 5


def test_a_move_replaces_no_backend_that_it_did_not_make(brought, tmp_path):
    other = tmp_path / "there"
    shutil.copytree(brought.folder, other, symlinks=True)

    with pytest.raises(DuologueError) as caught:
        moved_to(brought, other)

    assert caught.value.code == ExitCode.BAD_REQUEST
    assert installation_in(other) is not None


@pytest.mark.slow
def test_a_move_that_is_stopped_leaves_the_backend_where_it_is(packed, folder, tmp_path):
    installed = run(Wish(folder, source=packed, own=sys.executable))

    def stop():
        raise DuologueError(ExitCode.CANCELLED, "Cancelled.", "")

    with pytest.raises(DuologueError):
        upkeep.move(folder, tmp_path / "there", lambda *_: None, stop)

    assert installation_in(folder) == installed
    assert not any((tmp_path / "there").glob("environment-*"))


@pytest.mark.parametrize("to", ["", "inside"])
@pytest.mark.slow
def test_a_backend_does_not_move_into_itself(packed, folder, to):
    installed = run(Wish(folder, source=packed, own=sys.executable))

    with pytest.raises(DuologueError) as caught:
        upkeep.move(folder, folder / to, lambda *_: None, lambda: None)

    assert caught.value.code == ExitCode.BAD_REQUEST
    assert installation_in(folder) == installed


@pytest.mark.slow
def test_removing_takes_what_was_installed_and_nothing_else(packed, folder):
    run(Wish(folder, source=packed, own=sys.executable))
    (folder / "notes.txt").write_text("an artist's own", encoding="utf-8")

    assert upkeep.remove(folder, lambda *_: None) is True
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]
    assert upkeep.remove(folder, lambda *_: None) is False


@pytest.mark.parametrize("name", ["assets", "packages", "python", "environment-1"])
def test_a_folder_that_no_installation_made_is_neither_installed_into_nor_removed(packed, folder, name):
    theirs = folder / name / "an artist's own.txt"
    theirs.parent.mkdir(parents=True)
    theirs.touch()

    assert failing(Wish(folder, source=packed, own=sys.executable)) == ExitCode.BAD_REQUEST
    assert upkeep.remove(folder, lambda *_: None) is False
    with pytest.raises(DuologueError) as caught:
        plan.plan_for(folder, sys.executable, packed)
    assert caught.value.code == ExitCode.BAD_REQUEST
    assert theirs.is_file()


def test_a_removal_that_is_cut_short_can_be_finished(folder):
    (folder / "environment-1").mkdir(parents=True)
    for name in ("installed.json", INSTALLATION_LOG):
        (folder / name).touch()

    def stop(_stage, done, _total):
        if done == 1:
            raise DuologueError(ExitCode.CANCELLED, "Cancelled.", "")

    with pytest.raises(DuologueError):
        upkeep.remove(folder, stop)

    assert not (folder / "installed.json").exists()
    assert upkeep.remove(folder, lambda *_: None) is True
    assert not folder.exists()


def test_only_numbered_environments_are_removed(folder):
    for name in ("environment-1", "environment-old", "environment-old-3", "environment-²"):
        (folder / name).mkdir(parents=True)
    (folder / INSTALLATION_LOG).touch()

    assert upkeep.remove(folder, lambda *_: None) is True
    assert {path.name for path in folder.iterdir()} == {"environment-old", "environment-old-3", "environment-²"}


@pytest.mark.slow
def test_removing_takes_the_folder_too_where_it_is_empty(packed, folder):
    run(Wish(folder, source=packed, own=sys.executable))

    upkeep.remove(folder, lambda *_: None)

    assert not folder.exists()


@pytest.mark.slow
def test_two_blenders_do_not_install_at_once(packed, folder):
    from backend.installation.resources import one_at_a_time

    folder.mkdir(parents=True)
    with one_at_a_time(folder):
        code = failing_in_another_process(folder, packed)

    assert code == ExitCode.INSTALLATION_RUNNING
    assert not (folder / RUNNING_FILE).exists()


UV = """#!/bin/sh
while [ "$1" != --install-dir ]; do shift; done
mkdir -p "$2/cpython-3/bin"
printf '#!/bin/sh\\nexec {python} "$@"\\n' > "$2/cpython-3/bin/python{version}"
chmod +x "$2/cpython-3/bin/python{version}"
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for uv is a shell script")
@pytest.mark.parametrize("brings", [True, False])
def test_where_there_is_no_python_uv_brings_one_or_it_is_said(packed, folder, tmp_path, monkeypatch, brings):
    script = UV.format(python=sys.executable, version=PYTHON) if brings else "#!/bin/sh\nexit 2\n"
    wheel = tmp_path / "uv-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as opened:
        opened.writestr("uv-1.data/scripts/uv", script)
    monkeypatch.setattr(plan, "bases", lambda _own: [Base(PYTHON, "", "uv")])
    monkeypatch.setattr(plan, "base_for", lambda found, _packed: found[0])
    monkeypatch.setattr(installing, "fetch_wheel", lambda *_: wheel)

    wish = Wish(folder, source=packed, own=sys.executable)
    if brings:
        assert run(wish).python.is_file()
        assert (folder / "python" / "cpython-3").is_dir()
    else:
        assert failing(wish) == ExitCode.PYTHON_NOT_FOUND


def failing_in_another_process(folder, packed):
    words = [sys.executable, "-m", "backend", "install", "--folder", str(folder), "--packed", str(packed)]
    return subprocess.run(words, cwd=ROOT, capture_output=True, check=False).returncode


def test_blenders_own_python_goes_first_where_it_can_make_environments(monkeypatch):
    told = {
        "own": Base("3.14", "own", "venv without pip", blenders=True),
        "a": Base("3.12", "a", "venv"),
        "b": Base("3.11", "b", "venv"),
        "c": None,
    }
    monkeypatch.setattr(pythons, "_executables", lambda *_: iter(["own", "a", "b", "c"]))
    monkeypatch.setattr(pythons, "asked", lambda one, *, blenders: told[one])

    assert [base.executable for base in pythons.bases("own")] == ["b", "a", "own", ""]
    told["own"] = Base("3.14", "own", "venv", blenders=True)
    assert [base.executable for base in pythons.bases("own")] == ["own", "b", "a", ""]


def test_the_sizes_of_what_is_fetched_are_known_from_the_beginning(folder, monkeypatch):
    target = Target("linux", "x86_64", "3.11")
    asked = []

    def stop(_python, wanted, *_):
        asked.extend(wanted)
        raise DuologueError(ExitCode.CANCELLED, "Cancelled.", "")

    monkeypatch.setattr(installing, "fetch", stop)
    with pytest.raises(DuologueError):
        installing._fill(Path(sys.executable), target, "cpu", None, folder, None, None, None)

    assert asked
    assert all(one.size > 0 for one in asked)
    assert 4e8 < sum(one.size for one in asked) < 1e9


@pytest.mark.parametrize(
    ("path", "left_out"),
    [
        ("/home/models/backend/environment-1/lib/python3.11/site-packages/torch/nn.py", False),
        ("/home/tests/site-packages/environment-1/lib/python3.11/site-packages/torch/nn.py", False),
        ("/home/a/environment-1/lib/python3.11/site-packages/torch/tests/nn.py", True),
        (r"C:\models\environment-1\Lib\site-packages\torch\nn.py", False),
        (r"C:\a\environment-1\Lib\site-packages\transformers\models\bert.py", True),
        ("/home/a/environment-1/lib/python3.11/site-packages/tests/nn.py", True),
    ],
)
def test_packages_are_compiled_wherever_the_backend_lies(path, left_out):
    assert bool(re.search(packages._NEVER_LOADED, path)) == left_out


def test_this_python_can_carry_the_backend():
    found = pythons.asked(sys.executable)

    assert found is not None
    assert (found.python, found.way) == (PYTHON, "venv")


@pytest.mark.parametrize("told", ["nonsense", "", '[[3, 10], "cpython", true, false, true, true]', "exit"])
def test_what_is_no_python_for_the_backend_is_passed_over(tmp_path, told):
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\n" + ("exit 1" if told == "exit" else f"echo '{told}'") + "\n")
    program.chmod(0o755)

    assert pythons.asked(str(program)) is None


def test_a_python_that_lacks_pip_alone_is_told_apart(tmp_path):
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\necho '[[3, 13], \"cpython\", true, false, true, false]'\n")
    program.chmod(0o755)

    assert pythons.asked(str(program)).way == "venv without pip"


def test_the_plan_tells_size_place_and_python(packed, folder):
    told = plan.plan_for(folder, sys.executable, packed).as_json(folder)

    assert told["folder"] == str(folder)
    assert sys.executable in told["python"]
    assert told["choices"][0]["fetch"] == 0
    assert told["free"] > 0
    json.dumps(told)


def test_a_plan_for_the_network_tells_what_is_fetched(folder, monkeypatch):
    monkeypatch.setattr(plan, "bases", lambda own: [Base(PYTHON, own, "venv")])
    monkeypatch.setattr(plan, "this_target", lambda python: Target("linux", "x86_64", python))

    choices = {one.device: one for one in plan.plan_for(folder).choices}

    assert set(choices) == {"cpu", "cuda"}
    assert 4e8 < choices["cpu"].fetch < 1e9
    assert choices["cuda"].fetch > 2e9
    assert choices["cpu"].room > 2 * choices["cpu"].fetch


def test_windows_is_told_that_its_usual_build_has_no_cuda(folder, monkeypatch):
    monkeypatch.setattr(plan, "bases", lambda own: [Base("3.11", own, "venv")])
    monkeypatch.setattr(plan, "this_target", lambda python: Target("win32", "x86_64", python))
    monkeypatch.setattr(plan, "nvidia_card", lambda: plan.Card("RTX 4080"))

    first, second = plan.plan_for(folder).choices

    assert (first.device, second.device) == ("cuda", "cpu")
    assert "no CUDA" in first.note


def test_an_intel_mac_is_told_before_anything_is_fetched(folder, monkeypatch):
    monkeypatch.setattr(plan, "bases", lambda own: [Base("3.11", own, "venv")])
    monkeypatch.setattr(plan, "this_target", lambda python: Target("darwin", "x86_64", python))

    with pytest.raises(DuologueError) as caught:
        plan.plan_for(folder)

    assert caught.value.code == ExitCode.SYSTEM_UNSUITABLE


def test_the_way_to_a_backend_is_the_button_in_an_installed_extension(tmp_path):
    assert "build.py setup" in remedy(ROOT)
    assert remedy(tmp_path) == "Press Install backend"


def test_the_stamp_is_the_same_with_every_kind_of_line_end(tmp_path):
    from backend.contract.installation import stamp_of

    for name, text in (("a", b"one\ntwo\n"), ("b", b"one\r\ntwo\r\n")):
        (tmp_path / name).write_bytes(text)

    assert stamp_of([tmp_path / "a"]) == stamp_of([tmp_path / "b"])


def test_the_command_runs_with_every_library_blocked():
    code = "import sys; sys.modules.update(dict.fromkeys(('numpy', 'torch', 'av'))); import backend.command.install"

    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False, env=os.environ).returncode == 0
