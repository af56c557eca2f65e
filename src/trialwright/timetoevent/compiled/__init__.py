"""Times to event in machine code."""
