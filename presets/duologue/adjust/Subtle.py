import bpy

scene = bpy.context.scene
settings = [scene.duologue, *scene.duologue_more][min(scene.duologue_active, len(scene.duologue_more))]

for sliders in (settings.adjust.first, settings.adjust.second):
    sliders.lips = 0.9
    sliders.jaw = 1.0
    sliders.upper_face = 0.7
    sliders.head = 0.7
    sliders.blink_rate = 1.0
    sliders.blink_strength = 1.0
    sliders.gaze = 1.0
    sliders.eye_contact = 1.0
    sliders.liveliness = 0.6
    sliders.smooth_mouth = 0.0
    sliders.smooth_brows = 0.2
    sliders.smooth_head = 0.0
    sliders.smooth_eyes = 0.0
