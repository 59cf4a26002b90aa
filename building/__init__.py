"""What `build.py` does: set up environments, try, test, measure and package. Standard library only."""
