"""How many examples a property test tries."""

import os


def examples(usual):
    """`usual`, or a hundred times as many in a long run (`build.py test --long`)."""
    return 100 * usual if os.environ.get("DUOLOGUE_LONG") else usual
