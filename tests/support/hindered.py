"""Things that stand in a character's way, and small objects to put beside it."""

import bpy


def block(character, name):
    """The first shape key of that name."""
    keyed = (mesh.data.shape_keys.key_blocks for mesh in character.meshes)
    return next(blocks[name] for blocks in keyed if name in blocks)


def put(name, place, kind="MESH", parent=None, keys=()):
    """A small triangle, or an empty, at `place`."""
    data = None
    if kind == "MESH":
        data = bpy.data.meshes.new(name)
        data.from_pydata([(0, 0, 0), (0.01, 0, 0), (0, 0.01, 0)], [], [(0, 1, 2)])
    made = bpy.data.objects.new(name, data)
    bpy.context.scene.collection.objects.link(made)
    made.parent, made.location = parent, place
    for key in ("Basis", *keys) if keys else ():
        made.shape_key_add(name=key, from_mix=False)
    for key in keys:
        data.shape_keys.key_blocks[key].data[0].co.z += 0.01
    return made


def custom(owner, name, value, **limits):
    """A custom property that drivers see at once."""
    owner[name] = value
    if limits:
        owner.id_properties_ui(name).update(**limits)
    owner.id_data.update_tag()
    bpy.context.view_layer.update()


def drive(key, owner, path, expression="v", owner_kind="OBJECT"):
    """Drive a shape key by the property at `path`, and return the driver's curve."""
    curve = key.id_data.driver_add(f'key_blocks["{key.name}"].value')
    variable = curve.driver.variables.new()
    variable.name = "v"
    variable.targets[0].id_type = owner_kind
    variable.targets[0].id, variable.targets[0].data_path = owner, path
    curve.driver.expression = expression
    bpy.context.view_layer.update()
    return curve


def drive_by_bone(key, armature, bone, channel="LOC_X", expression="v"):
    """The same by a bone's own transform."""
    curve = key.id_data.driver_add(f'key_blocks["{key.name}"].value')
    variable = curve.driver.variables.new()
    variable.name, variable.type = "v", "TRANSFORMS"
    target = variable.targets[0]
    target.id, target.bone_target = armature, bone
    target.transform_type, target.transform_space = channel, "LOCAL_SPACE"
    curve.driver.expression = expression
    bpy.context.view_layer.update()
    return curve
