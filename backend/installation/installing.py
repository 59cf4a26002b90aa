"""*Install backend*: from nothing, or from what an earlier try left, to a backend that was tried."""

from __future__ import annotations

import contextlib
import shutil
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..assets import BACKEND
from ..contract.command_request import write_command_request
from ..contract.errors import DuologueError, ExitCode
from ..contract.files import explained_write_errors
from ..contract.installation import (
    ASSETS,
    INSTALLATION_LOG,
    MOVED_FILE,
    Installation,
    installation_in,
    record_installation,
    wanted_stamp,
)
from ..contract.job import read_events
from .children import Children
from .environment import create_environment, pip_install, unpack_pip
from .fetching import Say, Wanted, fetch, lacking_in, lacks, require_all, wanted_asset, wanted_wheel
from .folders import BROUGHT, ENVIRONMENT, PACKAGES, environments_in, number_of, require_own
from .index_without_pip import fetch_wheel, wheel_in
from .locks import LOCKS, Requirement, requirements_for, torch_build
from .packages import compiling_beside, install_packages
from .plan import Plan, asset_packages, plan_for, runtime_requirements, torch_requirements
from .pythons import Base, asked
from .resources import free_memory, one_at_a_time, require_memory, require_room, require_writable
from .target import Target, this_target


@dataclass(frozen=True)
class Wish:
    """What is asked for: where, for which device (empty for the proposed one), from which packed folder, if any.

    `again` makes it anew although it is there; `own` is the Python that Blender runs.
    """

    folder: Path
    device: str = ""
    source: Path | None = None
    again: bool = False
    own: str = sys.executable


def install(wish: Wish, say: Say, warn: Callable[[str], None], check: Callable[[], None]) -> Installation:
    """Make the backend in `wish.folder`, and return it; one that is there stays until the new one is whole.

    `say` hears each step, `warn` what was left out, `check` may raise to stop: then what was fetched stays.
    Raises DuologueError (BAD_REQUEST, PYTHON_NOT_FOUND, DOWNLOAD_FAILED, INSTALLATION_RUNNING, INSTALLATION_FAILED,
    PACKAGES_MISSING, SYSTEM_UNSUITABLE, DISK_FULL, OUTPUT_NOT_WRITABLE, OUT_OF_MEMORY, ASSET_CORRUPT).
    """
    folder = wish.folder
    require_own(folder)
    require_writable(folder)
    with one_at_a_time(folder):
        say("Looking at this computer", 0, 1)
        stamp, there = wanted_stamp(BACKEND.parent), installation_in(folder)
        if there is not None and there.stamp == stamp and wish.device in {"", there.device} and not wish.again:
            say("Everything is there", 1, 1)
            return there
        plan = planned(wish)
        choice = next((each for each in plan.choices if wish.device in {"", each.device}), None)
        if choice is None:
            raise DuologueError(
                ExitCode.SYSTEM_UNSUITABLE,
                f"There is no build of torch for the device {wish.device} and {plan.target.title()}.",
                f"Choose {' or '.join(each.device for each in plan.choices)}.",
            )
        for warning in filter(None, (require_memory(free_memory()),)):
            warn(warning)
        require_room(folder, choice.room)
        if wish.source is not None:
            say("Checking the packages", 0, 1)
            require_all(_wanted(plan.target, choice.device, packed=True), wish.source)
        (folder / INSTALLATION_LOG).touch()  # from now on the folder is known as a backend's
        _remove_half_done(folder, there)
        children = Children(folder / INSTALLATION_LOG, check, BACKEND.parent)
        with explained_write_errors(folder), _new_environment(folder) as environment:
            python = _made(environment, plan, wish, children, say)
            _fill(python, plan.target, choice.device, wish.source, folder, children, say, warn)
            _try(python, folder, children, say)
            installed = Installation(folder, python, folder / ASSETS, choice.device, plan.base.python, stamp)
            record_installation(installed)
            (folder / MOVED_FILE).unlink(missing_ok=True)  # of one that was here before
        _remove_half_done(folder, installed)
        shutil.rmtree(folder / PACKAGES, ignore_errors=True)
    return installed


def planned(wish: Wish) -> Plan:
    """What installing comes to, before anything is made; a packed folder has to name all that this Duologue needs.

    Raises DuologueError as `plan_for`.
    """
    plan = plan_for(wish.folder, wish.own, wish.source)
    if wish.source is not None:
        # What was packed for this kind of system may still ask for a newer one.
        here = this_target(plan.base.python)
        require_all(_wanted(here, plan.choices[0].device, packed=True), wish.source, by_name=True)
    return plan


def _wanted(target: Target, device: str, *, packed: bool) -> list[Wanted]:
    """Every file of the backend for `device`; of a packed folder pip as well."""
    build = torch_build(target.system, device)
    indexes = build.indexes if build is not None else (None,)
    requirements = [*torch_requirements(target, device), *runtime_requirements(target)]
    if packed:
        requirements += requirements_for(LOCKS / "pip.lock", target)
    wanted = [wanted_wheel(requirement, target, indexes=indexes) for requirement in requirements]
    return [*wanted, *(wanted_asset(package, optional=optional) for package, optional in asset_packages())]


@contextlib.contextmanager
def _new_environment(folder: Path) -> Iterator[Path]:
    """A place for an environment, which is removed again where it does not become whole."""
    number = 1 + max(map(number_of, environments_in(folder)), default=0)
    environment = folder / f"{ENVIRONMENT}-{number}"
    try:
        yield environment
    except BaseException:
        shutil.rmtree(environment, ignore_errors=True)
        raise


def _remove_half_done(folder: Path, kept: Installation | None) -> None:
    """Remove every environment but that of `kept`: a try that was cut short, or one of an older Duologue."""
    for environment in environments_in(folder):
        if kept is None or environment not in kept.python.parents:
            shutil.rmtree(environment, ignore_errors=True)


def _made(environment: Path, plan: Plan, wish: Wish, children: Children, say: Say) -> Path:
    """The interpreter of a new environment with the pinned pip. Raises DuologueError as `install`."""
    base, packages = plan.base, wish.folder / PACKAGES
    packages.mkdir(exist_ok=True)
    say(f"Making an environment with {base.title()}", 0, 1)
    if base.way == "uv":
        base = _brought(base, wish.folder, children, say)
    (pip,) = requirements_for(LOCKS / "pip.lock", plan.target)
    wheel = wheel_in(wish.source, pip, None) if wish.source is not None else _fetched_pip(pip, plan, packages)
    if wheel is None and wish.source is not None:  # it was there a moment ago
        raise lacks(wish.source, [Wanted(pip, None)])
    python = create_environment(environment, base, children.run, with_pip=wheel is None)
    if wheel is not None:
        unpack_pip(wheel, environment)
    else:
        children.run(pip_install(python, LOCKS / "pip.lock"), "Fetching pip")
    return python


def _fetched_pip(pip: Requirement, plan: Plan, packages: Path) -> Path | None:
    """Pip's wheel, which spares Python's own way to pip; None where only pip itself reaches an index that has it.

    Raises DuologueError as `install` where the Python brings no pip either.
    """
    try:
        return fetch_wheel(pip, plan.target, packages)
    except DuologueError as error:
        if plan.base.way != "venv" or error.code not in (ExitCode.DOWNLOAD_FAILED, ExitCode.PACKAGES_MISSING):
            raise
        return None


def _brought(base: Base, folder: Path, children: Children, say: Say) -> Base:
    """The Python that uv fetches into the backend's folder. Raises DuologueError as `install`."""
    (uv,) = requirements_for(LOCKS / "uv.lock", this_target(base.python))
    say("Fetching uv, which brings a Python", 0, 1)
    wheel = fetch_wheel(uv, this_target(base.python), folder / PACKAGES)
    tool = folder / PACKAGES / ("uv.exe" if sys.platform == "win32" else "uv")
    with zipfile.ZipFile(wheel) as opened:
        inside = next(name for name in opened.namelist() if name.endswith(f".data/scripts/{tool.name}"))
        tool.write_bytes(opened.read(inside))
    tool.chmod(0o755)
    say(f"Fetching Python {base.python}", 0, 1)
    into = folder / BROUGHT
    words: list[str | Path] = [tool, "python", "install", base.python, "--install-dir", into, "--no-bin"]
    words += ["--no-progress", "--cache-dir", folder / PACKAGES / "uv-cache"]
    try:
        children.run(words, f"Fetching Python {base.python}")
    except DuologueError as error:
        if error.code != ExitCode.INSTALLATION_FAILED:
            raise
        raise DuologueError(
            ExitCode.PYTHON_NOT_FOUND,
            f"No Python on this computer can carry the backend, and uv could not bring one ({error.message})",
            f"Install Python {base.python}, then press Install backend again.",
        ) from error
    inside_of = "cpython-*/python.exe" if sys.platform == "win32" else f"cpython-*/bin/python{base.python}"
    found = next((brought for path in sorted(into.glob(inside_of)) if (brought := asked(str(path)))), None)
    if found is None:
        raise DuologueError(
            ExitCode.PYTHON_NOT_FOUND,
            f"The Python that uv brought to {into} does not run.",
            f"Install Python {base.python}, then press Install backend again.",
        )
    return found


def _fill(
    python: Path,
    target: Target,
    device: str,
    source: Path | None,
    folder: Path,
    children: Children,
    say: Say,
    warn: Callable[[str], None],
) -> None:
    """Bring and install all packages, and derive the assets. Raises DuologueError as `install`."""
    wanted = _wanted(target, device, packed=source is not None)
    packages = folder / PACKAGES if source is None else source
    if source is None:
        lacking = fetch(python, wanted, packages, children, say)
    else:
        lacking = lacking_in(source, wanted, by_name=True)  # hashes were compared before anything was made
    for each in lacking:
        warn(f"{each.requirement.name} could not be had; Duologue works without it.")
    requirements = [*torch_requirements(target, device), *runtime_requirements(target)]
    install_packages(python, requirements, packages, folder, children, say)
    with compiling_beside(python, children, say):
        _derive(python, packages, folder, children, say, warn)


def _derive(
    python: Path, packages: Path, folder: Path, children: Children, say: Say, warn: Callable[[str], None]
) -> None:
    arguments = {"assets": str(folder / ASSETS), "packages": str(packages)}
    _command(python, "prepare-assets", arguments, folder, children, say, warn)


def _try(python: Path, folder: Path, children: Children, say: Say) -> None:
    """Have the new backend look at itself. Raises DuologueError with the first problem it finds."""
    done = _command(python, "check", {"assets": str(folder / ASSETS)}, folder, children, say, lambda _: None)
    problems = done["report"]["problems"]
    if problems:
        raise DuologueError(
            ExitCode(problems[0]["code"]),
            " ".join(problem["message"] for problem in problems),
            "Press Install backend again.",
        )


def _command(
    python: Path,
    command: str,
    arguments: dict[str, Any],
    folder: Path,
    children: Children,
    say: Say,
    warn: Callable[[str], None],
) -> dict[str, Any]:
    """The event “done” of a command of the new backend. Raises DuologueError with the command's own failure."""
    job = folder / PACKAGES / f"job-{command}"
    shutil.rmtree(job, ignore_errors=True)
    job.mkdir(parents=True)
    write_command_request(job, command, arguments)
    offset, done, failure = 0, None, None

    def hear() -> None:
        nonlocal offset, done, failure
        events, offset = read_events(job, offset)
        for event in events:
            if event["event"] == "progress":
                say(str(event["stage"]), int(event["done"]), int(event["total"]))
            elif event["event"] == "warning":
                warn(str(event["message"]))
            elif event["event"] == "done":
                done = event
            elif event["event"] == "error":
                failure = DuologueError(ExitCode(event["code"]), str(event["message"]), str(event["fix"]))

    try:
        children.run([python, "-m", "backend", command, "--job", job], f"The command {command}", hear)
    except DuologueError:
        hear()
        if failure is not None:
            raise failure from None
        raise
    hear()
    if done is None:
        raise DuologueError(
            ExitCode.INSTALLATION_FAILED,
            f"The new backend's command {command} said nothing.",
            "Press Install backend again; if it stays so, the log says more.",
        )
    return done
