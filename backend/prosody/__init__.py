"""What a voice stresses and how its phrases end: pitch, level, phrases and accents, without words."""
