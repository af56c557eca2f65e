"""The response engine in machine code."""
