"""Everything but Install backend works where nothing can be reached, and nothing tries to."""

import os
import socket
import subprocess
from pathlib import Path

import bpy
import pytest
from duologue.addon.settings.conversations import settings_of

ROOT = Path(__file__).resolve().parents[2]
BLOCKED = """
import os, socket
def refuse(*words, **more):
    open(os.environ["NETWORK_WAS_ASKED"], "a").close()
    raise OSError("the network is blocked")
socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = socket.create_connection = refuse
"""


@pytest.fixture
def blocked(monkeypatch):
    asked = []

    def refuse(*words, **_more):
        asked.append(words)
        raise OSError("the network is blocked")

    for owner, name in ((socket.socket, "connect"), (socket, "getaddrinfo"), (socket, "create_connection")):
        monkeypatch.setattr(owner, name, refuse)
    return asked


def test_the_add_on_registers_and_works_without_a_socket(blocked, registered, played):
    registered.unregister()
    registered.register()

    assert settings_of(bpy.context.scene).take
    assert blocked == []


@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get("DUOLOGUE_PYTHON"), reason="needs the backend's environment")
def test_the_backend_looks_at_everything_without_a_socket(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(BLOCKED, encoding="utf-8")
    asked = tmp_path / "asked"
    environment = os.environ | {"PYTHONPATH": str(tmp_path), "NETWORK_WAS_ASKED": str(asked)}
    words = [os.environ["DUOLOGUE_PYTHON"], "-m", "backend", "check", "--json"]

    finished = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    assert finished.returncode == 0, finished.stderr
    assert not asked.exists()
