import pytest
from duologue.addon.worker.backend_location import face_file, find_assets, find_python
from duologue.backend.contract.errors import ExitCode

from tests.support.refusals import refused


@pytest.fixture
def python(tmp_path):
    path = tmp_path / "checkout" / ".venv" / "bin" / "python"
    path.parent.mkdir(parents=True)
    path.touch()
    return path


def test_variable_comes_before_preference_and_checkout(python, tmp_path):
    other = tmp_path / "other"
    other.touch()

    assert find_python(str(python), tmp_path / "checkout", {"DUOLOGUE_PYTHON": str(other)}) == other
    assert find_python(str(other), tmp_path / "checkout", {}) == other
    assert find_python("", tmp_path / "checkout", {}) == python


def test_unknown_python_is_explained(tmp_path):
    with refused(ExitCode.WORKER_NOT_FOUND):
        find_python("", tmp_path, {})


@pytest.mark.parametrize(("preferred", "environment"), [("/gone", {}), ("", {"DUOLOGUE_PYTHON": "/gone"})])
def test_python_that_is_gone_is_named_and_not_replaced(python, tmp_path, preferred, environment):
    with refused(ExitCode.WORKER_NOT_FOUND):
        find_python(preferred, tmp_path / "checkout", environment)


def test_installed_extension_finds_assets_beside_the_backends_environment(python, tmp_path):
    assets = tmp_path / "checkout" / ".assets"
    assets.mkdir()

    assert find_assets("", python, tmp_path / "installed", {}) == assets
    assert find_assets("", None, tmp_path / "installed", {}) is None


def test_assets_variable_comes_first(python, tmp_path):
    assert find_assets("/b", python, tmp_path, {"DUOLOGUE_ASSETS": "/a"}).as_posix() == "/a"
    assert find_assets("/b", python, tmp_path, {}).as_posix() == "/b"


@pytest.mark.parametrize("known", [True, False])
def test_head_that_is_not_there_is_explained(tmp_path, known):
    with refused(ExitCode.FACE_NOT_FOUND):
        face_file(tmp_path if known else None)
