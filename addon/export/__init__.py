"""Takes leave Blender: Live Link Face CSV and JSON."""
