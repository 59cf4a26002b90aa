"""FLAME's own files, read safely, and a stand-in that may be shipped."""
