"""Results by iRECIST."""
