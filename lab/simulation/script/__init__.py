"""Who says what, when, and in which voice."""
