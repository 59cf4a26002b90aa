"""Rehearsals: synthetic dialogues whose phones, turns, gaze and motion are known exactly, to train on."""
