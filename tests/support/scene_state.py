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
        for block in getattr(bpy.data, kind):
            for path, value in read(block).items():
                found[f"{kind}/{block.name}{path}"] = value
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
    for prop in holder.bl_rna.properties:
        if prop.identifier in _VOLATILE or prop.type == "COLLECTION":
            continue
        value = getattr(holder, prop.identifier)
        if prop.type == "POINTER":
            if isinstance(value, bpy.types.ID):
                found[f"{path}.{prop.identifier}"] = value.name
        elif prop.type in _PLAIN:
            found[f"{path}.{prop.identifier}"] = _rounded(value)
    return found


def _rounded(value):
    if isinstance(value, float):
        return round(value, 5)
    if isinstance(value, set):
        return sorted(value)
    return value if isinstance(value, str | int) else tuple(_rounded(part) for part in value)


def _listed(holder, name, path=""):
    found = {}
    for index, item in enumerate(getattr(holder, name)):
        found |= _plain(item, f"{path}.{name}[{index}]")
    return found


def _group(holder, path):
    """A property group of Duologue's, with those in it."""
    found = _plain(holder, path)
    for prop in holder.bl_rna.properties:
        if prop.identifier == "rna_type":
            continue
        value = getattr(holder, prop.identifier)
        if prop.type == "COLLECTION":
            for index, item in enumerate(value):
                found |= _group(item, f"{path}.{prop.identifier}[{index}]")
        elif prop.type == "POINTER" and isinstance(value, bpy.types.PropertyGroup):
            found |= _group(value, f"{path}.{prop.identifier}")
    return found


def _animation(block):
    found, data = {}, block.animation_data
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


def _object(block):
    found = _plain(block) | _animation(block) | _listed(block, "constraints") | _listed(block, "modifiers")
    found[".materials"] = tuple(slot.material.name if slot.material else None for slot in block.material_slots)
    found[".collections"] = tuple(sorted(collection.name for collection in block.users_collection))
    for bone in block.pose.bones if block.pose is not None else ():
        found |= _plain(bone, f".{bone.name}") | _listed(bone, "constraints", f".{bone.name}")
    return found | _group(block.duologue_character, ".character")


def _armature(block):
    found = _plain(block) | _listed(block, "collections")
    for bone in block.bones:
        sets = tuple(collection.name for collection in bone.collections)
        found[f".{bone.name}"] = (_rounded(bone.head_local), _rounded(bone.tail_local), sets)
    return found


def _key(item):
    found = _plain(item) | _listed(item, "key_blocks") | _animation(item)
    return found | {f".points of {block.name}": _hashed(block.data, "co", 3) for block in item.key_blocks}


def _scene(block):
    found = _plain(block) | _group(block.duologue, ".duologue") | _listed(block, "timeline_markers")
    for index, more in enumerate(block.duologue_more):
        found |= _group(more, f".duologue_more[{index}]")
    found[".rate"] = (block.render.fps, block.render.fps_base, block.render.resolution_x, block.render.resolution_y)
    editor = block.sequence_editor
    if editor is not None:
        found |= _listed(editor, "strips_all" if hasattr(editor, "strips_all") else "sequences_all")
    return found


def _collection(block):
    names = (tuple(sorted(each.name for each in members)) for members in (block.objects, block.children))
    return _plain(block) | dict(zip((".objects", ".children"), names, strict=True))


_READERS = {
    "actions": lambda block: _plain(block) | {".keys": fingerprint(block)},
    "armatures": _armature,
    "cameras": _plain,
    "collections": _collection,
    "hair_curves": lambda block: {".points": _hashed(block.points, "position", 3)},
    "lights": _plain,
    "materials": lambda block: _plain(block) | {".nodes": len(block.node_tree.nodes) if block.node_tree else 0},
    "meshes": lambda block: _plain(block) | {".points": _hashed(block.vertices, "co", 3)},
    "objects": _object,
    "scenes": _scene,
    "shape_keys": _key,
    "sounds": _plain,
    "worlds": _plain,
}
