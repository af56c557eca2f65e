"""What every stage uses: errors, dates, rounding, tables, figures, random streams."""
