import bpy

scene = bpy.context.scene
settings = [scene.duologue, *scene.duologue_more][min(scene.duologue_active, len(scene.duologue_more))]

settings.prompt = "two friends across a café table"
settings.staging.used = False
