"""Sound to the mouth: the lip reader and the windows it goes over a dialogue in."""
