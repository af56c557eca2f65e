"""Lesions treated locally (R-100 to R-110)."""
