"""Training of the small DualTalk, and of its ablations."""
