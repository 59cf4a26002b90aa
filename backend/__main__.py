"""`python -m backend …`: the worker's command line."""

import os
import sys

os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1", DO_NOT_TRACK="1")

# Threads that spin while they wait cost ten times the processor time as soon as anything, such as Blender, runs beside.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from .command.entry import main
from .contract.console import forgive_printing

forgive_printing()
code = main(sys.argv[1:])
sys.stdout.flush()
sys.exit(code)
