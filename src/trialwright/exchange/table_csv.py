"""A described table as CSV text."""

from __future__ import annotations

import csv
import io

from trialwright.core.display import Table


def table_csv(table: Table) -> str:
    """The columns and rows of a table: RFC 4180 quoting, LF; title and notes are left out."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if table.columns:
        writer.writerow(table.columns)
    writer.writerows(table.rows)
    return text.getvalue()
