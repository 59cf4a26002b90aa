"""Contact sheets of films."""
