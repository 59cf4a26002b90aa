"""What makes weights and measures them; it never ships, and backend never imports it."""
