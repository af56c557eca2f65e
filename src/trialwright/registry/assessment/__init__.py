"""When and how subjects are assessed, as the record says it."""
