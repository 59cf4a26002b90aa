"""One loop for all fits: AdamW, a warm-up, a cosine, clipped gradients."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn

_LOG_EVERY: Final = 50
_LARGEST_GRADIENT: Final = 1.0


@dataclass(frozen=True)
class FitConfig:
    """`steps` of `batch` windows of `frames` frames, at the learning rate `rate`."""

    steps: int
    batch: int
    frames: int
    rate: float
    weight_decay: float


def fit(
    module: nn.Module,
    losses: Callable[[], dict[str, Tensor]],
    log: Callable[[int, dict[str, float]], None],
    config: FitConfig,
) -> None:
    """Minimise the sum of `losses()`, a fresh batch each call; `module` is left in evaluation mode."""
    parameters = [one for one in module.parameters() if one.requires_grad]
    optimiser = torch.optim.AdamW(parameters, config.rate, weight_decay=config.weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, config.rate, config.steps, pct_start=0.15)
    module.train()
    for step in range(config.steps):
        terms = losses()
        total = torch.stack(list(terms.values())).sum()
        optimiser.zero_grad(set_to_none=True)
        total.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(parameters, _LARGEST_GRADIENT)
        optimiser.step()
        schedule.step()
        if step % _LOG_EVERY == 0 or step == config.steps - 1:
            log(step, {name: float(term.detach()) for name, term in terms.items()})
    module.eval()
