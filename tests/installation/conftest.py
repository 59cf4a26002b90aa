"""A folder to install into, and a packed backend without a network: one tiny package and pip."""

import ensurepip
import json
from pathlib import Path

import pytest

from backend.installation import installing, plan
from backend.installation.locks import Requirement
from backend.installation.pythons import Base
from backend.installation.target import this_target
from tests.support.package_index import sha256, write_wheel
from tests.support.packed_backend import PYTHON


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
    machine = {"system": here.system, "processor": here.processor, "python": PYTHON, "glibc": here.glibc, "macos": 14}
    (folder / plan.WHEELHOUSE_FILE).write_text(json.dumps(machine | {"device": "cpu", "stamp": ""}))
    monkeypatch.setattr(installing, "torch_requirements", lambda *_: [])
    monkeypatch.setattr(installing, "runtime_requirements", lambda _: [tiny])
    monkeypatch.setattr(installing, "asset_packages", list)
    monkeypatch.setattr(installing, "requirements_for", lambda *_: [pinned_pip])
    monkeypatch.setattr(installing, "_derive", lambda *_: None)
    monkeypatch.setattr(installing, "_try", lambda *_: None)
    monkeypatch.setattr(plan, "bases", lambda own: [Base(PYTHON, own, "venv", blenders=True)])
    return folder


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "a folder with ünusual letters" / "backend"
