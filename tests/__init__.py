"""Tests; what several of them share is in `support`."""
