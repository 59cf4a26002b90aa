"""The buttons: each operator says why it is disabled, and does everything in `execute`."""
