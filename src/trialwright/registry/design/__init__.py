"""Design facts of a record, one module for each question."""
