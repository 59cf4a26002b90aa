"""Pictures of a finished film."""
