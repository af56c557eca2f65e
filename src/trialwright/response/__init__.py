"""RECIST 1.1 from lesion measurements."""
