"""What the add-on and the worker agree on: files, units, events and exit codes.

Standard library and numpy only, because this is the one part of `backend` that runs inside Blender.
"""
