"""Responses that a reader stated, beside the derived ones."""
