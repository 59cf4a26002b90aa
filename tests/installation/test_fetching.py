"""Packages come by pip's own rules, go on where a connection was cut, and are the pinned ones or none."""

import base64
import errno
import json
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from backend.contract.errors import DuologueError, ExitCode
from backend.installation import fetch_with_pip, installing
from backend.installation.children import Children
from backend.installation.fetching import Wanted, fetch, require_all
from backend.installation.index_without_pip import fetch_wheel, pip_setting, wheel_in
from backend.installation.locks import Requirement
from backend.installation.target import Target
from building.paths import ROOT
from tests.support.package_index import served, sha256, write_wheel
from tests.support.refusals import refused

TARGET = Target("linux", "x86_64", "3.11")


@pytest.fixture
def index(tmp_path, monkeypatch):
    write_wheel(tmp_path / "index", padding=900_000)
    with served(tmp_path / "index") as found:
        monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
        monkeypatch.setenv("PIP_INDEX_URL", found.address)
        monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
        monkeypatch.setenv("PIP_RETRIES", "0")
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        yield found


@pytest.fixture
def packages(tmp_path):
    folder = tmp_path / "packages"
    folder.mkdir()
    return folder


def children(tmp_path, check=lambda: None):
    return Children(tmp_path / "log", check, ROOT)


def pinned(index, name="tiny", version="1.0", **changes):
    wheel = index.folder / f"{name}-{version}-py3-none-any.whl"
    return Wanted(Requirement(name, version, (sha256(wheel),)), TARGET, size=wheel.stat().st_size, **changes)


def bring(index, packages, tmp_path, wanted=None, say=lambda *_: None, check=lambda: None):
    return fetch(sys.executable, wanted or [pinned(index)], packages, children(tmp_path, check), say)


def test_a_package_comes_from_the_index_that_pip_is_told_of(index, packages, tmp_path):
    said = []

    assert bring(index, packages, tmp_path, say=lambda *words: said.append(words)) == []
    assert [path.name for path in packages.iterdir()] == ["tiny-1.0-py3-none-any.whl"]
    assert sha256(packages / "tiny-1.0-py3-none-any.whl") == sha256(index.folder / "tiny-1.0-py3-none-any.whl")
    assert said[-1][1] == said[-1][2] > 0


def test_packages_come_side_by_side(index, packages, tmp_path):
    write_wheel(index.folder, "other")
    index.together = threading.Barrier(2, timeout=10)  # neither file is sent until both are asked for

    assert bring(index, packages, tmp_path, [pinned(index), pinned(index, "other")]) == []
    assert len(list(packages.glob("*.whl"))) == 2


def test_where_a_package_is_nowhere_the_others_are_not_asked_for(index, packages, tmp_path, monkeypatch, capsys):
    lacking = Wanted(Requirement("nowhere", "1.0", ("0" * 64,)), None)
    request = tmp_path / "request.json"
    files = [wanted.as_json() for wanted in (lacking, pinned(index))]
    request.write_text(json.dumps({"into": str(packages), "files": files}), encoding="utf-8")
    monkeypatch.setattr(fetch_with_pip, "_AT_ONCE", 1)

    fetch_with_pip.main([str(request)])

    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["of"] == "nowhere 1.0"
    assert index.ranges == []


def test_what_is_there_is_not_asked_for_again(index, packages, tmp_path):
    bring(index, packages, tmp_path)
    index.ranges.clear()

    bring(index, packages, tmp_path)

    assert index.ranges == []


def test_a_cut_connection_goes_on_where_it_ended(index, packages, tmp_path):
    index.cut_after = 400_000
    before = index.cut_after

    assert bring(index, packages, tmp_path) == []  # three pieces, in tries of one run
    assert index.ranges == [None, f"bytes={before}-", f"bytes={2 * before}-"]


def test_after_a_failed_try_the_next_one_begins_with_what_is_there(index, packages, tmp_path):
    index.cut_after = 100_000
    with refused(ExitCode.DOWNLOAD_FAILED):
        bring(index, packages, tmp_path)
    kept = sum(path.stat().st_size for path in packages.iterdir())
    index.ranges.clear()
    index.cut_after = None

    assert kept == 400_000  # in four tries
    assert bring(index, packages, tmp_path) == []
    assert index.ranges == [f"bytes={kept}-"]


def test_a_file_that_is_not_the_pinned_one_is_refused_and_not_kept(index, packages, tmp_path):
    wanted = Wanted(Requirement("tiny", "1.0", ("0" * 64,)), TARGET)

    with refused(ExitCode.DOWNLOAD_FAILED):
        bring(index, packages, tmp_path, [wanted])

    assert list(packages.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is always full is Linux'")
@pytest.mark.parametrize("optional", [False, True])
def test_a_full_disk_is_no_cut_connection(index, packages, tmp_path, optional):
    (packages / "tiny-1.0-py3-none-any.whl.fetching").symlink_to("/dev/full")

    with refused(ExitCode.DISK_FULL):
        bring(index, packages, tmp_path, [pinned(index, optional=optional)])

    assert len(index.ranges) == 1  # neither tried again


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, ExitCode.DISK_FULL),
        (errno.EDQUOT, ExitCode.DISK_FULL),
        (errno.EACCES, ExitCode.OUTPUT_NOT_WRITABLE),
        (errno.EROFS, ExitCode.OUTPUT_NOT_WRITABLE),
    ],
)
def test_what_the_disk_refuses_has_its_own_number(index, packages, tmp_path, monkeypatch, capsys, number, code):
    def refuse(*_):
        with fetch_with_pip._writing(packages / "tiny"):
            raise OSError(number, "refused")

    request = tmp_path / "request.json"
    request.write_text(json.dumps({"into": str(packages), "files": [pinned(index).as_json()]}), encoding="utf-8")
    monkeypatch.setattr(fetch_with_pip, "_fetch", refuse)
    fetch_with_pip.main([str(request)])
    line = capsys.readouterr().out.encode()
    monkeypatch.setattr(Children, "lines", lambda _self, _words, _what, hear: hear(line))

    with refused(code):
        bring(index, packages, tmp_path)


def test_a_connection_that_is_refused_is_no_disk(tmp_path):
    with pytest.raises(ConnectionError), fetch_with_pip._writing(tmp_path):
        raise ConnectionRefusedError(errno.ECONNREFUSED, "refused")


def test_an_optional_package_that_is_nowhere_is_left_out(index, packages, tmp_path):
    lacking = Wanted(Requirement("nowhere", "1.0", ("0" * 64,)), None, optional=True)

    assert bring(index, packages, tmp_path, [pinned(index), lacking]) == [lacking]


def test_a_second_index_serves_what_the_first_one_lacks(index, packages, tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", index.address.replace("/simple", "/empty/simple"))

    assert bring(index, packages, tmp_path, [pinned(index, indexes=(None, index.address))]) == []


def test_stopping_ends_the_program_and_keeps_what_came(index, packages, tmp_path):
    def stop():
        raise DuologueError(ExitCode.CANCELLED, "Cancelled.", "")

    with refused(ExitCode.CANCELLED):
        bring(index, packages, tmp_path, check=stop)


def test_a_folder_that_lacks_packages_is_refused_with_their_names(index, packages):
    with refused(ExitCode.PACKAGES_MISSING, "tiny 1.0"):
        require_all([pinned(index)], packages)

    require_all([pinned(index)], index.folder)


def test_without_pip_one_pinned_wheel_comes_from_the_same_index(index, packages):
    requirement = pinned(index).requirement

    path = fetch_wheel(requirement, TARGET, packages)

    assert path == packages / "tiny-1.0-py3-none-any.whl"
    assert wheel_in(packages, requirement, TARGET) == path


def test_without_pip_an_unreachable_index_is_told(monkeypatch, packages):
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")

    with refused(ExitCode.DOWNLOAD_FAILED):
        fetch_wheel(Requirement("tiny", "1.0", ("0" * 64,)), TARGET, packages)


def test_without_pip_a_wheel_that_is_not_the_pinned_one_is_missing(index, packages):
    with refused(ExitCode.PACKAGES_MISSING):
        fetch_wheel(Requirement("tiny", "1.0", ("0" * 64,)), TARGET, packages)


@pytest.mark.parametrize(("links", "sent"), [("", True), ("http://127.0.0.1", True), ("http://localhost", False)])
def test_without_pip_a_password_goes_to_the_host_of_the_index_alone(index, packages, monkeypatch, links, sent):
    port = index.address.split(":")[2].partition("/")[0]
    index.links = f"{links}:{port}" if links else ""
    monkeypatch.setenv("no_proxy", "127.0.0.1,localhost")
    monkeypatch.setenv("PIP_INDEX_URL", index.address.replace("http://", "http://me:t%40ken@"))

    fetch_wheel(pinned(index).requirement, TARGET, packages)

    password = f"Basic {base64.b64encode(b'me:t@ken').decode()}"
    assert index.authorizations == {
        "/simple/tiny/": password,
        "/files/tiny-1.0-py3-none-any.whl": password if sent else None,
    }


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("PIP_INDEX_URL", "http://127.0.0.1:ken/simple"),
        ("PIP_INDEX_URL", "https://me:to/ken@127.0.0.1/simple"),
        ("PIP_INDEX_URL", "me:token@127.0.0.1/simple"),
        ("PIP_INDEX_URL", "http://[ken/simple"),
        ("PIP_CERT", "/nowhere/certificates.pem"),
        ("PIP_CERT", __file__),
    ],
)
def test_what_pip_is_told_wrongly_leaves_it_to_the_pip_that_python_brings(index, packages, monkeypatch, setting, value):
    monkeypatch.setenv(setting, value)
    pip = Requirement("tiny", "1.0", ("0" * 64,))
    plan = SimpleNamespace(base=SimpleNamespace(way="venv"), target=TARGET)

    with pytest.raises(DuologueError) as caught:
        fetch_wheel(pip, TARGET, packages)

    assert caught.value.code == ExitCode.DOWNLOAD_FAILED
    assert "ken" not in caught.value.message
    assert installing._fetched_pip(pip, plan, packages) is None


def test_certificates_of_pip_may_be_a_folder(index, packages, tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_CERT", str(tmp_path))

    assert fetch_wheel(pinned(index).requirement, TARGET, packages).is_file()


def test_settings_of_pip_are_read_from_variables_then_files(tmp_path):
    own = tmp_path / "pip" / "pip.conf"
    own.parent.mkdir()
    own.write_text("[global]\nindex-url = https://own/simple\nproxy = http://proxy:1\n", encoding="utf-8")
    named = tmp_path / "named.conf"
    named.write_text("[global]\nindex-url = https://named/simple\n", encoding="utf-8")
    environment = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "XDG_CONFIG_DIRS": "/nowhere"}

    assert pip_setting("index-url", environment) == "https://own/simple"
    assert pip_setting("index-url", environment | {"PIP_CONFIG_FILE": str(named)}) == "https://named/simple"
    assert pip_setting("index-url", environment | {"PIP_INDEX_URL": "https://variable"}) == "https://variable"
    assert pip_setting("proxy", environment) == "http://proxy:1"
