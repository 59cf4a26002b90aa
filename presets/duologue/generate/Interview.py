import bpy

scene = bpy.context.scene
settings = [scene.duologue, *scene.duologue_more][min(scene.duologue_active, len(scene.duologue_more))]

settings.prompt = "an interview across a table, she leans in, he sits back"
settings.staging.used = False
