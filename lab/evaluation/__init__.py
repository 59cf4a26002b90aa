"""Measures on performances, on real recordings and on engines."""
