"""Heads are looked at in a scene of its own, which plays as many moments as there is time once it is built."""

from contextlib import contextmanager
from types import SimpleNamespace

import numpy as np
import pytest
from duologue.addon.keys import probing, sampling
from duologue.addon.steps import at_once

_SECONDS_TO_BUILD = 5.0


@pytest.fixture
def built(monkeypatch):
    """Frames or bones that were looked at, in one list for each scene; time goes by while a scene is built alone."""
    found, clock = [], [100.0]

    def go_on(*_, **__):
        clock[0] += _SECONDS_TO_BUILD if len(found[-1]) == 0 else 0.0

    @contextmanager
    def stage_for(*_):
        found.append([])
        yield SimpleNamespace(frame_set=go_on, view_layers=[SimpleNamespace(depsgraph=None)])

    for module in (sampling, probing):
        monkeypatch.setattr(module, "stage_for", stage_for)
        monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    return found


def test_a_character_that_takes_long_to_build_is_not_built_for_each_frame(built):
    steps = sampling.looked_at(None, None, (), np.arange(6.0), lambda index, _: built[-1].append(index), "Looking")

    at_once(steps)

    assert built == [[0, 1, 2, 3, 4, 5]]


def test_a_character_that_takes_long_to_build_is_not_built_for_each_bone(built, monkeypatch):
    monkeypatch.setattr(probing, "_share_of", lambda _layer, _channels, name, _reach: built[-1].append(name) or 1.0)
    armature = SimpleNamespace(dimensions=(1.0, 1.0, 1.0))
    channels = probing.Channels(armature, (), (), (), turned=("neck", "jaw", "eye"))

    shares = at_once(probing._shares(SimpleNamespace(frame_current=1, frame_subframe=0.0), channels, "Trying"))

    assert built == [["neck", "jaw", "eye"]]
    assert shares == dict.fromkeys(channels.turned, 1.0)
