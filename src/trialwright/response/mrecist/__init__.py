"""mRECIST (R-120 to R-126)."""
