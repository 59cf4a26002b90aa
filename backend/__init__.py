"""The worker side of Duologue: audio and a prompt in, a performance out. Never imports bpy."""
