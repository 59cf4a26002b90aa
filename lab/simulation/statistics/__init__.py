"""Statistics of simulated dialogues beside published numbers."""
