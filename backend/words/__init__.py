"""Transcripts: read, aligned with the speech (words and phones with times), and articulated by the lips."""
