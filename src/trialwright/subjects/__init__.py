"""Dates of each subject from SDTM, and the reconciliation of records."""
