"""Speech features: Whisper-base's first four encoder layers at 50 Hz, for audio of any length."""
