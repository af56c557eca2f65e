"""Adverse events: treatment emergence, relation, grade, dates."""
