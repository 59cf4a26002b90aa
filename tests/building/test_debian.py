"""What a Debian knows of its archive, and what its user is told to run."""

import pytest

from building import blenders, debian, pythons
from building.processes import BuildFailedError

_INSTALLED = """Package files:
 100 /var/lib/dpkg/status
     release a=now
Pinned packages:
"""
_FETCHED = _INSTALLED.replace("Pinned", " 500 http://deb.debian.org/debian sid/main amd64 Packages\nPinned")
_PYTHON = "python3:\n  Installed: 3.14.8-1\n  Candidate: 3.14.8-1\n"
"""What is installed is a candidate also where no list was fetched."""


class System:
    """A Debian: whether its list was fetched, and what was run."""

    def __init__(self) -> None:
        self.fetched = False
        self.root = False
        self.ran: list[list[str]] = []

    def output(self, command, **_):
        """As apt-cache."""
        if command[0] != "apt-cache":
            return None
        return _PYTHON if command[2:] else _FETCHED if self.fetched else _INSTALLED

    def run(self, command, **_):
        """As apt-get update."""
        self.ran.append(list(command))
        self.fetched = True


@pytest.fixture
def system(monkeypatch):
    found = System()
    debian._know_the_archive.cache_clear()
    monkeypatch.setattr(debian, "is_debian", lambda: True)
    monkeypatch.setattr(debian, "may_install", lambda: found.root)
    monkeypatch.setattr(debian, "output", found.output)
    monkeypatch.setattr(debian, "run", found.run)
    monkeypatch.setattr(debian.shutil, "which", lambda _program: None)
    monkeypatch.setattr(pythons, "find_python", lambda _version: None)
    monkeypatch.setattr(blenders, "find_python", lambda _version: None)
    yield found
    debian._know_the_archive.cache_clear()


def test_root_fetches_a_list_that_is_not_there_once(system):
    system.root = True

    debian.candidate_version("blender")
    debian.candidate_version("python3-venv")

    assert system.ran == [["apt-get", "update"]]


def test_a_list_that_is_there_is_not_fetched(system):
    system.root = system.fetched = True

    assert debian.candidate_version("python3") == "3.14.8-1"
    assert system.ran == []


@pytest.mark.parametrize("look", [blenders.any_source, lambda: pythons.first_python(("3.11", "3.12"))])
@pytest.mark.parametrize("fetched", [False, True])
def test_a_user_without_a_list_of_packages_is_told_to_fetch_it_before_anything_else(system, look, fetched, monkeypatch):
    monkeypatch.delenv("DUOLOGUE_BLENDER", raising=False)
    monkeypatch.setattr(blenders, "candidate_version", lambda _package: None)
    monkeypatch.setattr(pythons, "has_package", lambda _package: False)
    system.fetched = fetched

    with pytest.raises(BuildFailedError) as caught:
        look()

    assert caught.value.exit_code == 50
    assert str(caught.value).endswith("\n    apt-get update") == (not fetched)
