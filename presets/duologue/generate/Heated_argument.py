import bpy

scene = bpy.context.scene
settings = [scene.duologue, *scene.duologue_more][min(scene.duologue_active, len(scene.duologue_more))]

settings.prompt = "an angry argument, standing 0.9 m apart"
settings.staging.used = False
