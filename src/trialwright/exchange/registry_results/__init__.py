"""Results for the public trial registry: JSON modules whose every number is that of a table."""
