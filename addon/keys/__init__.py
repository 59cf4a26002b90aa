"""Takes on disk become keys: actions, frames, files of a take."""
