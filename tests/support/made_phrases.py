"""Phrases with accents at known times."""

from backend.prosody.phrases import Accent, Phrase


def phrase(start, end, *accents, strength=0.6, tail=-2.0, lively=0.0):
    """A phrase from `start` to `end` seconds that stresses the vowels at the seconds `accents`."""
    return Phrase(start, end, tuple(Accent(time, strength) for time in accents), tail, lively)
