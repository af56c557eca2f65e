"""The engine asked again: other numbers, other options."""
