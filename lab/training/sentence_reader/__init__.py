"""Training the network that reads sentences (`backend.staging.prompt.model`) on the labelled ones of `lab.sentences`.

`command` is `train sentences`, `model` the network in torch, `examples` sentences as its inputs and targets, `task` the
loss and the batches, `calibration` what its numbers mean as probabilities.
"""

from __future__ import annotations
