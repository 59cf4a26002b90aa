"""One job from request to performance: its stages, how it reports, when it stops."""
