"""Two people in one room, trial by trial."""
