"""`python -m backend`: one module a command, each loading no more than it needs."""
