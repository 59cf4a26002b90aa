"""What the panel edits and the .blend remembers."""
