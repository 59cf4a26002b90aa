"""The synthesizers that speak the rehearsals, each a file, all telling when every phone sounds."""
