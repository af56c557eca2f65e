"""Tables to files that other programs read."""
