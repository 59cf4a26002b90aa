"""Words on the clock for tests, without any sound."""

from backend.words.aligner import AlignedWord
from backend.words.forced_alignment import CheckedWord

PHONE_SECONDS = 0.1


def aligned(index, start, phones, score=-10.0):
    """A word whose phones, separated by spaces, last 0.1 s each."""
    names = phones.split()
    times = [start + k * PHONE_SECONDS for k in range(len(names) + 1)]
    spans = tuple(zip(times[:-1], times[1:], names, strict=True))
    return AlignedWord(index, times[0], times[-1], spans, score)


def fitted(index, start, phones, *, sure=True):
    return CheckedWord(aligned(index, start, phones), sure)
