"""Results of operating characteristics: merged totals to tables, figures and plain data."""
