"""What people do while they speak and listen, and how they answer each other."""
