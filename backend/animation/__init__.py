"""Motion rules of faces: phones, coarticulation, lips, blinks, gaze, head swings, noise."""
