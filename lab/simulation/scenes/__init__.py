"""Where the two are, and sentences that say so."""
