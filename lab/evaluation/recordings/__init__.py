"""Real recordings: how they are fetched, aligned and animated, and what is measured on them."""
