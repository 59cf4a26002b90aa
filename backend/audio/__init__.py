"""Recordings in, two mono tracks at the worker's sample rate out."""
