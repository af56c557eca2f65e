"""Results by mRECIST."""
