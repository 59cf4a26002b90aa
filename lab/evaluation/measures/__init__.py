"""Numbers computed from motion alone, or from motion and what is known of the sound."""
