import bpy

scene = bpy.context.scene
settings = [scene.duologue, *scene.duologue_more][min(scene.duologue_active, len(scene.duologue_more))]

settings.prompt = "a sad conversation side by side, he keeps looking away"
settings.staging.used = False
