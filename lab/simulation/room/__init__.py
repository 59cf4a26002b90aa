"""The sound of a room: reverberation, noise, bystanders, microphones."""
