"""What a sentence does not say but implies, so that it can be shown and left out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Inference:
    """The `words` of a sentence, quoted, and the `meaning` that was concluded from them, in plain words.

    `key` names the inference in the same sentence for good, such as “posture:0:elevator”: whoever does not want it
    gives the key to `stage_prompt`.
    """

    key: str
    words: str
    meaning: str

    @property
    def sentence(self) -> str:
        """The inference as a message."""
        return f"“{self.words}”: {self.meaning} (inferred)."

    def as_json(self) -> dict[str, str]:
        """Plain texts."""
        return {"key": self.key, "words": self.words, "meaning": self.meaning}
