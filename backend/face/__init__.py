"""Faces: the open head, FLAME's skinning, and everything that depends on the shape of a head."""
