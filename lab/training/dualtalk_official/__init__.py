"""Training of DualTalk as published, on data in its authors' layout."""
