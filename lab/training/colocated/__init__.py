"""Training of the colocated engine."""
