"""Synthesized speech with the times of its phones."""
