"""The backend's process: where it is (the preferences), how it is started, what its failures mean."""
