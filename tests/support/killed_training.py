"""A training that ends between two steps, as one whose process was killed."""

import pytest


class KilledError(Exception):
    """What stops a training between two steps here."""


def killed_after(training, steps):
    """Fit until so many steps are done, and stop there without a farewell."""
    inner = training._step

    def step():
        if training.step == steps:
            raise KilledError
        inner()

    training._step = step
    with pytest.raises(KilledError):
        training.fit()
