"""Designs, one file each: what a sample size can show."""
