"""From nothing to a backend: whole or not there, resumed, updated."""

import contextlib
import json
import os
import re
import subprocess
import sys
import threading
import time
import zipfile

import pytest

from backend.contract.errors import DuologueError, ExitCode
from backend.contract.installation import INSTALLATION_LOG, RUNNING_FILE, installation_in, wanted_stamp
from backend.installation import installing, packages, plan
from backend.installation.children import Children
from backend.installation.installing import Wish
from backend.installation.pythons import Base
from building.paths import ROOT
from tests.support.packed_backend import PYTHON, failing, run
from tests.support.refusals import refused


@pytest.mark.slow
def test_a_backend_is_made_from_a_packed_folder_without_a_network(packed, folder, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")

    installed = run(Wish(folder, source=packed, own=sys.executable))

    printed = subprocess.run(
        [installed.python, "-c", "import tiny; print(tiny.VERSION)"], capture_output=True, text=True, check=True
    )
    assert printed.stdout == "1.0\n"
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
    expected = pytest.raises(DuologueError) if code == ExitCode.DISK_FULL else contextlib.nullcontext()

    with expected, packages.compiling_beside(tmp_path / "bin" / "python", children, lambda *_: None):
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

    with refused(ExitCode.CANCELLED):
        run(Wish(folder, source=packed, own=sys.executable), check=stop)

    assert not list(folder.glob("environment-*"))
    assert installation_in(folder) is None
    assert not (folder / RUNNING_FILE).exists()


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
def test_two_blenders_do_not_install_at_once(packed, folder):
    from backend.installation.resources import one_at_a_time

    folder.mkdir(parents=True)
    with one_at_a_time(folder):
        code = failing_in_another_process(folder, packed)

    assert code == ExitCode.INSTALLATION_RUNNING
    assert not (folder / RUNNING_FILE).exists()


def failing_in_another_process(folder, packed):
    words = [sys.executable, "-m", "backend", "install", "--folder", str(folder), "--packed", str(packed)]
    return subprocess.run(words, cwd=ROOT, capture_output=True, check=False).returncode


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


def test_the_stamp_is_the_same_with_every_kind_of_line_end(tmp_path):
    from backend.contract.installation import stamp_of

    for name, text in (("a", b"one\ntwo\n"), ("b", b"one\r\ntwo\r\n")):
        (tmp_path / name).write_bytes(text)

    assert stamp_of([tmp_path / "a"]) == stamp_of([tmp_path / "b"])


def test_the_command_runs_with_every_library_blocked():
    code = "import sys; sys.modules.update(dict.fromkeys(('numpy', 'torch', 'av'))); import backend.command.install"

    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False, env=os.environ).returncode == 0
