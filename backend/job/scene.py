"""Where the two are and how they carry themselves, by what of the request decides it."""

from __future__ import annotations

from pathlib import Path

from ..contract.job import JobRequest
from ..contract.performance import Performance
from ..staging import stage_prompt
from ..staging.prompt import StagedPrompt
from ..staging.values import checked_staging
from .kept import staging_around


def choose_staging(request: JobRequest, names: tuple[str, str], take: Performance | None) -> StagedPrompt:
    """The request's own values, else the sentence's staging with its warnings; or that in which a kept `take` is.

    Raises DuologueError (BAD_REQUEST: values that are none or out of their ranges; ASSET_CORRUPT).
    """
    if request.staging is not None:
        wanted = StagedPrompt(checked_staging(request.staging), ())
    else:
        wanted = stage_prompt(request.prompt, names, None if request.assets is None else Path(request.assets))
    if request.keep is None or take is None:
        return wanted
    asked_for = request.staging is not None or request.prompt != take.meta.get("prompt")
    return StagedPrompt(staging_around(take, request.keep, wanted.staging, asked_for=asked_for), wanted.warnings)
