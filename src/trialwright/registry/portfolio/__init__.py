"""A portfolio: facts and findings of many records as two tables, one row a record, one a finding.

`rows` makes plain entries of drafts and loads nothing heavy; `write` puts them into files.
"""
