"""iRECIST rows of ADRS and ADTTE."""
