"""What tests share: made sound and motion, damaged files, rigs of vendors, stand-ins for the worker and its models."""
