"""Concordance of evaluators (T-20)."""
