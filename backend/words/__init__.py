"""Words that are known: from a transcript to phones on the clock, and from those to sharper lips."""
