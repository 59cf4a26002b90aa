"""Which wheels fit which system and Python, and which requirements hold there."""

import pytest

from backend.installation.locks import entries, requirements_for, torch_build, wheel_for
from backend.installation.plan import runtime_requirements, torch_requirements
from backend.installation.target import Target, holds
from building.paths import LOCKS
from building.platforms import SHIPPED, TARGETS, gaps

LINUX = Target("linux", "x86_64", "3.11")
WINDOWS = Target("win32", "x86_64", "3.13")
MAC = Target("darwin", "aarch64", "3.13")


@pytest.mark.parametrize(
    ("target", "wheel", "fits"),
    [
        (LINUX, "a-1-py3-none-any.whl", True),
        (LINUX, "a-1-py2.py3-none-any.whl", True),
        (LINUX, "a-1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", True),
        (LINUX, "a-1-cp311-cp311-manylinux_2_35_x86_64.whl", False),
        (LINUX, "a-1-cp311-cp311-musllinux_1_2_x86_64.whl", False),
        (LINUX, "a-1-cp311-cp311-manylinux_2_17_aarch64.whl", False),
        (LINUX, "a-1-cp312-cp312-manylinux_2_17_x86_64.whl", False),
        (LINUX, "a-1-cp39-abi3-manylinux2010_x86_64.whl", True),
        (LINUX, "a-1-cp312-abi3-manylinux2010_x86_64.whl", False),
        (LINUX, "a-1-py3-none-manylinux_2_28_x86_64.whl", True),
        (LINUX, "a-1-pp311-pypy311_pp73-manylinux_2_17_x86_64.whl", False),
        (WINDOWS, "a-1-cp313-cp313-win_amd64.whl", True),
        (WINDOWS, "a-1-cp313-cp313t-win_amd64.whl", False),
        (WINDOWS, "a-1-cp313-cp313-win32.whl", False),
        (MAC, "a-1-cp313-cp313-macosx_11_0_arm64.whl", True),
        (MAC, "a-1-cp313-cp313-macosx_10_13_universal2.whl", True),
        (MAC, "a-1-cp313-cp313-macosx_10_13_x86_64.whl", False),
        (MAC, "a-1-cp313-cp313-macosx_15_0_arm64.whl", False),
        (MAC, "a-1-2-cp313-none-macosx_11_0_arm64.whl", True),
    ],
)
def test_wheels_are_chosen_by_their_tags(target, wheel, fits):
    assert target.fits(wheel) is fits


@pytest.mark.parametrize(
    ("marker", "target", "wanted"),
    [
        ("", LINUX, True),
        ("sys_platform == 'linux'", LINUX, True),
        ("sys_platform == 'linux'", MAC, False),
        ("(platform_machine == 'aarch64' or platform_machine == 'x86_64') and sys_platform == 'linux'", LINUX, True),
        ("python_full_version < '3.12' or python_full_version == '3.13.*'", LINUX, True),
        ("python_full_version < '3.12' or python_full_version == '3.13.*'", Target("linux", "x86_64", "3.12"), False),
        ("python_full_version >= '3.12' and sys_platform == 'emscripten'", WINDOWS, False),
        ("platform_machine != 'ARM64' or sys_platform != 'win32'", Target("win32", "aarch64", "3.11"), False),
        ("python_version >= '3.9'", Target("linux", "x86_64", "3.11"), True),
        ("sys_platform in 'linux darwin'", MAC, True),
    ],
)
def test_markers_hold_as_the_packaging_rules_say(marker, target, wanted):
    from packaging.markers import Marker

    assert holds(marker, target.markers()) is wanted
    assert not marker or Marker(marker).evaluate(target.markers()) is wanted


@pytest.mark.parametrize("lock", SHIPPED)
@pytest.mark.parametrize("target", TARGETS[::3], ids=Target.title)
def test_every_marker_in_the_locks_is_read_as_the_packaging_library_reads_it(lock, target):
    from packaging.requirements import Requirement

    wanted = []
    for text, _ in entries((LOCKS / lock).read_text(encoding="utf-8")):
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate(target.markers()):
            wanted.append(requirement.name)

    assert [pinned.name for pinned in requirements_for(LOCKS / lock, target)] == wanted


@pytest.mark.parametrize("text", ["import os", "sys_platform", "'a' < len('b')"])
def test_what_is_no_marker_is_refused(text):
    with pytest.raises((ValueError, SyntaxError)):
        holds(text, LINUX.markers())


def test_every_pinned_wheel_is_there_for_every_system_and_python():
    assert gaps() == []


def test_an_intel_mac_has_no_torch():
    target = Target("darwin", "x86_64", "3.11")

    assert [
        requirement.name for requirement in torch_requirements(target, "cpu") if wheel_for(requirement, target) is None
    ] == ["torch"]


@pytest.mark.parametrize(("system", "device", "lock"), [
    ("linux", "cpu", "torch-cpu.lock"), ("linux", "cuda", "torch.lock"), ("win32", "cpu", "torch.lock"),
    ("win32", "cuda", "torch-cuda.lock"), ("darwin", "mps", "torch.lock"),
])  # fmt: skip
def test_each_system_and_device_has_its_build_of_torch(system, device, lock):
    assert torch_build(system, device).lock.name == lock
    assert torch_build("darwin", "cuda") is None


@pytest.mark.parametrize("target", TARGETS, ids=Target.title)
def test_the_processors_build_brings_nothing_of_cuda(target):
    names = {requirement.name for requirement in (*torch_requirements(target, "cpu"), *runtime_requirements(target))}

    of_cuda = {name for name in names if name.startswith(("nvidia-", "cuda-", "triton"))}
    assert of_cuda <= {"nvidia-cuda-cccl"}  # headers of 4 MB, which runtime.lock has


def test_pip_is_told_the_target_of_another_machine():
    assert WINDOWS.pip_options()[:2] == ("--platform", "win_amd64")
    assert "macosx_14_0_arm64" in MAC.pip_options()
    assert {"manylinux_2_28_x86_64", "manylinux2014_x86_64"} <= set(LINUX.pip_options())
    assert LINUX.pip_options()[-2:] == ("--abi", "cp311")
