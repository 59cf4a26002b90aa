"""Cameras, set, light, sound strips, cuts and films."""
