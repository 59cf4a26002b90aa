"""Everything of an open .blend that an operator of Duologue's may change, as plain values that can be compared."""

import hashlib

import bpy
import numpy as np
from duologue.addon.keys.actions import fingerprint

_VOLATILE = {
    "rna_type",
    "session_uid",
    "is_evaluated",
    "tag",
    "users",
    "name_full",
    "is_updated",
    "preview",
    "original",
}
_PLAIN = {"BOOLEAN", "INT", "FLOAT", "STRING", "ENUM"}


def state():
    """Name → value of everything in the file but windows and screens."""
    found = {}
    for kind, read in _READERS.items():
        for one in getattr(bpy.data, kind):
            for path, value in read(one).items():
                found[f"{kind}/{one.name}{path}"] = value
    return found


def changes(before, after):
    """Lines that say what is not the same."""
    return [
        f"{name}: {before.get(name)!r} → {after.get(name)!r}"
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]


def _plain(holder, path=""):
    """The plain properties of `holder`, and the names of the data-blocks that it points to."""
    found = {}
    for one in holder.bl_rna.properties:
        if one.identifier in _VOLATILE or one.type == "COLLECTION":
            continue
        value = getattr(holder, one.identifier)
        if one.type == "POINTER":
            if isinstance(value, bpy.types.ID):
                found[f"{path}.{one.identifier}"] = value.name
        elif one.type in _PLAIN:
            found[f"{path}.{one.identifier}"] = _rounded(value)
    return found


def _rounded(value):
    if isinstance(value, float):
        return round(value, 5)
    if isinstance(value, set):
        return sorted(value)
    return value if isinstance(value, str | int) else tuple(_rounded(one) for one in value)


def _listed(holder, name, path=""):
    found = {}
    for index, one in enumerate(getattr(holder, name)):
        found |= _plain(one, f"{path}.{name}[{index}]")
    return found


def _group(holder, path):
    """A property group of Duologue's, with those in it."""
    found = _plain(holder, path)
    for one in holder.bl_rna.properties:
        if one.identifier == "rna_type":
            continue
        value = getattr(holder, one.identifier)
        if one.type == "COLLECTION":
            for index, item in enumerate(value):
                found |= _group(item, f"{path}.{one.identifier}[{index}]")
        elif one.type == "POINTER" and isinstance(value, bpy.types.PropertyGroup):
            found |= _group(value, f"{path}.{one.identifier}")
    return found


def _animation(one):
    found, data = {}, one.animation_data
    if data is not None:
        found |= _plain(data, ".animation")
        found |= {f".driver {curve.data_path}": curve.driver.expression for curve in data.drivers}
        for track in data.nla_tracks:
            found |= _plain(track, f".track {track.name}") | _listed(track, "strips", f".track {track.name}")
    return found


def _hashed(collection, name, size):
    values = np.empty(len(collection) * size, np.float32)
    collection.foreach_get(name, values)
    return hashlib.blake2b(values, digest_size=8).hexdigest()


def _object(one):
    found = _plain(one) | _animation(one) | _listed(one, "constraints") | _listed(one, "modifiers")
    found[".materials"] = tuple(slot.material.name if slot.material else None for slot in one.material_slots)
    found[".collections"] = tuple(sorted(collection.name for collection in one.users_collection))
    for bone in one.pose.bones if one.pose is not None else ():
        found |= _plain(bone, f".{bone.name}") | _listed(bone, "constraints", f".{bone.name}")
    return found | _group(one.duologue_character, ".character")


def _armature(one):
    found = _plain(one) | _listed(one, "collections")
    for bone in one.bones:
        sets = tuple(collection.name for collection in bone.collections)
        found[f".{bone.name}"] = (_rounded(bone.head_local), _rounded(bone.tail_local), sets)
    return found


def _key(one):
    found = _plain(one) | _listed(one, "key_blocks") | _animation(one)
    return found | {f".points of {block.name}": _hashed(block.data, "co", 3) for block in one.key_blocks}


def _scene(one):
    found = _plain(one) | _group(one.duologue, ".duologue") | _listed(one, "timeline_markers")
    for index, more in enumerate(one.duologue_more):
        found |= _group(more, f".duologue_more[{index}]")
    found[".rate"] = (one.render.fps, one.render.fps_base, one.render.resolution_x, one.render.resolution_y)
    editor = one.sequence_editor
    if editor is not None:
        found |= _listed(editor, "strips_all" if hasattr(editor, "strips_all") else "sequences_all")
    return found


def _collection(one):
    names = (tuple(sorted(each.name for each in members)) for members in (one.objects, one.children))
    return _plain(one) | dict(zip((".objects", ".children"), names, strict=True))


_READERS = {
    "actions": lambda one: _plain(one) | {".keys": fingerprint(one)},
    "armatures": _armature,
    "cameras": _plain,
    "collections": _collection,
    "hair_curves": lambda one: {".points": _hashed(one.points, "position", 3)},
    "lights": _plain,
    "materials": lambda one: _plain(one) | {".nodes": len(one.node_tree.nodes) if one.node_tree else 0},
    "meshes": lambda one: _plain(one) | {".points": _hashed(one.vertices, "co", 3)},
    "objects": _object,
    "scenes": _scene,
    "shape_keys": _key,
    "sounds": _plain,
    "worlds": _plain,
}
