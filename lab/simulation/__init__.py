"""Synthetic dialogues with known phones, turns, behaviour and staging, to train on and to measure against."""
