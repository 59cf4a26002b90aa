"""`python -m backend …`: the worker's command line."""

import faulthandler
import sys

from .command.entry import main
from .contract.console import forgive_printing, set_process_environment

set_process_environment()
forgive_printing()
faulthandler.enable(2)  # a crash inside a library leaves its place in the log
code = main(sys.argv[1:])
sys.stdout.flush()
sys.exit(code)
