"""From data to weights: one folder an engine."""
