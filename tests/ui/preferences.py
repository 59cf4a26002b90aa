"""Duologue in Blender's Preferences: a window that is closed while something runs."""

from __future__ import annotations

import sys

import bpy

from tests.ui.file_browser import choose
from tests.ui.parts import MODULE, wheelhouse
from tests.ui.window import Story, Window, check, until, wait

_AREA = "PREFERENCES"
_PLACE = {"kind": "WINDOW", "area": _AREA}


def installation():
    """The class that knows of the installation that runs."""
    return sys.modules[f"{MODULE}.addon.interface.operators.install_backend"].RunningInstallation


def backend_is_ready() -> bool:
    """Whether the panel would say so."""
    return bool(sys.modules[f"{MODULE}.addon.worker.preferences"].backend_state(bpy.context).ready)


def open_preferences(window: Window) -> Story:
    """As *Open preferences* in the panel does."""
    with window.context("WINDOW"):
        bpy.ops.preferences.addon_show(module=MODULE)
    yield from until(lambda: window.window_with(_AREA) is not None, "the preferences open")
    yield from wait(2)


def close_preferences(window: Window) -> Story:
    """By the window manager, as the cross on its frame does."""
    yield from window.close(_AREA)
    yield from until(lambda: window.window_with(_AREA) is None, "the preferences close")


def install_from_preferences(window: Window) -> Story:
    """From a folder, without a network; the window that it began in is closed, and it goes on in the panel."""
    yield from open_preferences(window)
    yield from window.click("duologue.install_backend_from_folder", **_PLACE)
    yield from choose(window, wheelhouse())
    yield from until(lambda: installation().plan is not None, "the computer was looked at", 30)
    yield from wait(2)
    window.picture("install-question")
    yield from window.activate(_AREA)
    window.key("Return")
    yield from until(lambda: installation().worker is not None, "it installs", 30)
    yield from wait(2)
    window.picture("installing-in-preferences")
    yield from close_preferences(window)
    worker, before = installation().worker, installation().shown()
    check(worker is not None, "it goes on without the window that it began in")
    yield from until(lambda: installation().shown() != before, "its progress goes on", 60)
    yield from window.find("duologue.cancel_installation")
    window.picture("installing")
    yield from until(backend_is_ready, "the backend is there", 240)
    yield from wait(2)
    window.picture("installed")
