"""Where the lab keeps what it fetched or made; never committed."""

from __future__ import annotations

from pathlib import Path
from typing import Final

CACHE: Final = Path(__file__).resolve().parents[1] / ".cache"
EVALUATION_CACHE: Final = CACHE / "evaluation"
TRAINING_CACHE: Final = CACHE / "training"
