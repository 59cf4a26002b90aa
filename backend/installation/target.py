"""For which system and Python wheels are chosen, and which wheels fit it."""

from __future__ import annotations

import ast
import operator
import platform
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

_PROCESSORS: Final = {"amd64": "x86_64", "x64": "x86_64", "arm64": "aarch64"}
_SYSTEMS: Final = {"linux": "Linux", "win32": "Windows", "darwin": "macOS"}
_LEGACY_GLIBC: Final = {"manylinux1": 5, "manylinux2010": 12, "manylinux2014": 17}
_TAGS_IN_NAME: Final = 3


@dataclass(frozen=True)
class Target:
    """`system` as sys.platform says it, `processor` x86_64 or aarch64, `python` a minor version such as “3.11”.

    `glibc` is the minor version 2.x of Linux' C library, `macos` the major version.
    """

    system: str
    processor: str
    python: str
    glibc: int = 28
    macos: int = 14

    def title(self) -> str:
        """What a person calls it."""
        return f"{_SYSTEMS.get(self.system, self.system)} {self.processor} with Python {self.python}"

    def markers(self) -> dict[str, str]:
        """What the markers of a requirement ask for."""
        machine = {"win32": {"x86_64": "AMD64", "aarch64": "ARM64"}, "darwin": {"aarch64": "arm64"}}
        return {
            "sys_platform": self.system,
            "platform_machine": machine.get(self.system, {}).get(self.processor, self.processor),
            "platform_system": {"linux": "Linux", "win32": "Windows", "darwin": "Darwin"}.get(self.system, ""),
            "os_name": "nt" if self.system == "win32" else "posix",
            "python_version": self.python,
            "python_full_version": f"{self.python}.0",
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
        }

    def pip_options(self) -> tuple[str, ...]:
        """What pip is told to choose wheels for this target on another one."""
        if self.system == "win32":
            platforms = [{"x86_64": "win_amd64", "aarch64": "win_arm64"}[self.processor]]
        elif self.system == "darwin":
            platforms = [f"macosx_{self.macos}_0_{'arm64' if self.processor == 'aarch64' else self.processor}"]
        else:
            platforms = [f"manylinux_2_{minor}_{self.processor}" for minor in range(self.glibc, 4, -1)]
            platforms += [f"{name}_{self.processor}" for name in reversed(_LEGACY_GLIBC)]
        compact = self.python.replace(".", "")
        words = [word for tag in platforms for word in ("--platform", tag)]
        return (*words, "--python-version", compact, "--implementation", "cp", "--abi", f"cp{compact}")

    def fits(self, wheel: str) -> bool:
        """Whether a wheel of this file name can be installed."""
        parts = wheel.removesuffix(".whl").split("-")
        pythons, abis, platforms = (part.split(".") for part in parts[-_TAGS_IN_NAME:])
        return any(self._fits_python(python, abi) for python in pythons for abi in abis) and any(
            map(self._fits_platform, platforms)
        )

    def _fits_python(self, tag: str, abi: str) -> bool:
        minor = int(self.python.partition(".")[2])
        found = re.fullmatch(r"(py|cp)3(\d*)", tag)
        if found is None:
            return False
        asked = int(found[2]) if found[2] else 0
        if abi == "none" and found[1] == "py":
            return asked <= minor
        if abi == "abi3":
            return asked <= minor
        return asked == minor and abi in {f"cp3{minor}", "none"}

    def _fits_platform(self, tag: str) -> bool:
        if tag == "any":
            return True
        if self.system == "win32":
            return tag == {"x86_64": "win_amd64", "aarch64": "win_arm64"}[self.processor]
        if self.system == "darwin":
            found = re.fullmatch(r"macosx_(\d+)_\d+_(\w+)", tag)
            architecture = {"x86_64": "x86_64", "aarch64": "arm64"}[self.processor]
            return found is not None and int(found[1]) <= self.macos and found[2] in {architecture, "universal2"}
        found = re.fullmatch(r"(manylinux\d+|manylinux_2_(\d+)|linux)_(x86_64|aarch64)", tag)
        if found is None or found[3] != self.processor:
            return False
        return (int(found[2]) if found[2] else _LEGACY_GLIBC.get(found[1], 0)) <= self.glibc


def this_target(python: str) -> Target:
    """The machine this runs on, with a Python of the minor version `python`."""
    processor = platform.machine().lower()
    library, version = platform.libc_ver() if sys.platform == "linux" else ("", "")
    release = platform.mac_ver()[0] if sys.platform == "darwin" else ""
    return Target(
        sys.platform,
        _PROCESSORS.get(processor, processor),
        python,
        # Wheels for glibc fit no other C library.
        glibc=int(version.split(".")[1]) if library == "glibc" else -1,
        macos=int(release.split(".")[0]) if release else 14,
    )


def holds(marker: str, values: Mapping[str, str]) -> bool:
    """Whether a requirement's marker, such as “sys_platform == 'linux'”, holds; an empty one does.

    Raises ValueError for what is no marker.
    """
    return not marker.strip() or _truth(ast.parse(marker.strip(), mode="eval").body, values)


def _truth(node: ast.expr, values: Mapping[str, str]) -> bool:
    if isinstance(node, ast.BoolOp):
        return (all if isinstance(node.op, ast.And) else any)(_truth(value, values) for value in node.values)
    if not isinstance(node, ast.Compare) or len(node.ops) != 1:
        raise ValueError(f"{ast.unparse(node)} is no marker")
    left, right = _side(node.left, values), _side(node.comparators[0], values)
    if isinstance(node.ops[0], (ast.In, ast.NotIn)):
        return (left in right) is isinstance(node.ops[0], ast.In)
    compare = _COMPARISONS[type(node.ops[0])]
    if right.endswith(".*"):
        return compare(left.split(".")[: right.count(".")], right.split(".")[:-1])
    if isinstance(node.left, ast.Name) and node.left.id.startswith("python"):
        return compare(_numbers(left), _numbers(right))
    return compare(left, right)


_COMPARISONS: Final[dict[type[ast.cmpop], Callable[..., bool]]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def _side(node: ast.expr, values: Mapping[str, str]) -> str:
    if isinstance(node, ast.Name):
        return values.get(node.id, "")
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    raise ValueError(f"{ast.unparse(node)} is no part of a marker")


def _numbers(version: str) -> tuple[int, ...]:
    """The numbers of a version, without zeros at its end: 3.12 and 3.12.0 are one."""
    numbers = [int(part) for part in version.split(".")]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)
