"""The keys that are on both heads of a scene."""

import numpy as np
from duologue.addon.heads.rig import head_mesh
from duologue.addon.keys import actions
from duologue.addon.settings.properties import settings_of


def owners(scene):
    """Both heads and their shape keys."""
    settings = settings_of(scene)
    return [owner for head in (settings.head_a, settings.head_b) for owner in (head, head_mesh(head).data.shape_keys)]


def keys_of(scene):
    """Every key's value by owner and curve."""
    found = {}
    for owner in owners(scene):
        for curve in actions.channels_of(owner).fcurves:
            places = np.empty(len(curve.keyframe_points) * 2, np.float32)
            curve.keyframe_points.foreach_get("co", places)
            found[owner.name, curve.data_path, curve.array_index] = places.copy()
    return found


def changed(before, after):
    """Owners and paths of the curves whose keys differ."""
    assert before.keys() == after.keys()
    return {place[:2] for place in before if not np.array_equal(before[place], after[place])}
