"""iRECIST beside RECIST 1.1: unconfirmed and confirmed progression from lesions (R-085 to R-097)."""
