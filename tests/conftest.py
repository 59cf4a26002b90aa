"""Puts the repository root on the path so that `import backend` is the checkout's own."""

import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings

# Before torch loads: threads that spin while they wait cost a shared machine several times the processor time.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

ROOT = Path(__file__).resolve().parents[1]
SLOW_MODULES = frozenset((ROOT / "tests" / "slow_modules.txt").read_text(encoding="utf-8").split())
"""Those that take more than two seconds."""

if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

# How long an example takes depends on what else the machine does.
settings.register_profile("without deadline", deadline=None)
settings.load_profile("without deadline")


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.relative_to(ROOT).as_posix() in SLOW_MODULES:
            item.add_marker(pytest.mark.slow)
