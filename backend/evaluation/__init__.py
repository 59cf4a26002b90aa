"""How well an engine's motion fits real speech and real conversation, in numbers."""
