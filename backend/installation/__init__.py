"""The backend's own environment, made from the locks: by *Install backend* in Blender and by `build.py setup`.

The standard library alone: a Python that has nothing yet runs it.
"""
