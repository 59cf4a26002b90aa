"""One performance: what is known of its dialogue, every measure of it, and its report."""
