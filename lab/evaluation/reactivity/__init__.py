"""Whether the listener follows the partner in time."""
