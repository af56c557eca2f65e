"""What is true of a simulated trial and nobody in it could know, and how a reading of it is scored."""
