"""Training of the lip reader."""
