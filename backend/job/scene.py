"""Where the two are and how they carry themselves, by what of the request decides it."""

from __future__ import annotations

from pathlib import Path

from ..contract.job import JobRequest
from ..contract.performance import Performance
from ..staging import StagedPrompt, checked_staging, reach_warnings, stage_prompt
from .kept import staging_around


def choose_staging(request: JobRequest, names: tuple[str, str], take: Performance | None) -> StagedPrompt:
    """The request's own values, else the sentence's staging; or that in which a kept `take` is. With warnings: what of
    the sentence was not understood, and who cannot look at the other from there.

    Raises DuologueError (BAD_REQUEST: values that are none or out of their ranges; ASSET_CORRUPT).
    """
    if request.staging is not None:
        wanted = StagedPrompt(checked_staging(request.staging), ())
    else:
        wanted = stage_prompt(request.prompt, names, None if request.assets is None else Path(request.assets))
    staging = wanted.staging
    if request.keep is not None and take is not None:
        asked_for = request.staging is not None or request.prompt != take.meta.get("prompt")
        staging = staging_around(take, request.keep, staging, asked_for=asked_for)
    return StagedPrompt(staging, (*wanted.warnings, *reach_warnings(staging, names)))
