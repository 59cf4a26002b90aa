"""A performance becomes curves for one rig, whoever built it."""
