"""One step of a training: a batch in shares and pieces, its gradients, Adam."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from backend.engines.dualtalk_official.model import OfficialPass

from ..distributed import Crew
from .losses import TERMS, dualtalk_losses
from .windows import Batch, Window

Load = Callable[[Sequence[Window]], Batch]


def take_step(
    model: nn.Module, optimiser: Optimizer, crew: Crew, load: Load, windows: Sequence[Window], at_once: int = 0
) -> Tensor:
    """Learn from the batch `windows`; returns this process's share of the terms of the loss, [4] in order of `TERMS`.

    The shares of all processes add up to the mean over the batch. `at_once` windows are held at a time, 0 being all.
    """
    optimiser.zero_grad(set_to_none=True)
    share = torch.zeros(len(TERMS), device=crew.device)
    for piece, weight in pieces(windows, crew.index, crew.count, at_once):
        terms = weight * losses_of(model, load(piece).to(crew.device))  # [4]
        # The processes' gradients are averaged, not added.
        crew.backward(terms.sum() * crew.count)
        share += terms.detach()
    optimiser.step()
    return share


def losses_of(model: nn.Module, batch: Batch) -> Tensor:
    """The terms of the loss over `batch`, [4] in order of `TERMS`."""
    made: OfficialPass = model(batch.heard, batch.partner_heard, batch.partner_motion, batch.frames)
    return torch.stack(list(dualtalk_losses(made.output, batch.motion).values()))


def pieces(windows: Sequence[Window], index: int, count: int, at_once: int) -> list[tuple[Sequence[Window], float]]:
    """The share of process `index` of `count`, in pieces of at most `at_once` windows, and the weight of each.

    Every process has as many pieces, because each of them waits for the others; where there is nothing left for one it
    takes a window that weighs nothing. The weights of all add up to one.
    """
    largest = -(-len(windows) // count)
    size = min(at_once, largest) if at_once else largest
    own = windows[index::count]
    found = []
    for first in range(0, largest, size):
        piece = own[first : first + size]
        found.append((piece or windows[:1], len(piece) / len(windows)))
    return found
