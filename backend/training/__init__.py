"""From rehearsals to weights: features, examples, losses, loops, export."""
