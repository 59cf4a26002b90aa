"""What a voice stresses and how its phrases end: pitch, loudness, phrases and accents, without words."""
